import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  notifierMemoIn,
  occurrenceMemoIn,
  runMemoIn,
  scheduleMemoIn,
  schedulerMemoIn,
  semaphoreMemoIn,
} from '../../../contract/memos.ts';
import { OCCURRENCE_INPUT } from '../../../contract/schedule-shapes.ts';
import { edit } from '../../../domain/schedule/edit.ts';
import { figuresOf, problemsOf } from '../../../domain/schedule/ended.ts';
import { NotifierState } from '../../../workflows/notifier/notifier-state.ts';
import { Line } from '../../../workflows/occurrences/line.ts';
import { SemaphoreState } from '../../../workflows/pool/semaphore-state.ts';
import { memoOf as semaphoreMemoOf } from '../../../workflows/pool/tell.ts';
import { memoOf as runMemoOf, TaskRun } from '../../../workflows/run-task/task-run.ts';
import { SchedulerState } from '../../../workflows/scheduler/scheduler-state.ts';
import { SAMPLES } from './samples.ts';

// What is kept at the server outlives the version that wrote it. `kept.json` has it as it was written: whoever has to change
// that file changes what running workflows have, and must go on reading the old form, or say so in the changelog.

type Samples = typeof SAMPLES;
const FILE = new URL('./kept.json', import.meta.url);

const KEPT = () => JSON.parse(readFileSync(FILE, 'utf8')) as Samples;

test.each(Object.keys(SAMPLES) as (keyof Samples)[])('%s has the fields that it had', (name) => {
  expect(SAMPLES[name]).toEqual(KEPT()[name]);
});

describe('what was kept is taken up without a loss', () => {
  test('by the next run of the scheduler', () => {
    // The answers are kept beside the state: workflows/sdk/fulfil.ts.
    const { answers: _, ...schedulerInput } = KEPT().schedulerInput;
    const state = new SchedulerState(KEPT().schedulerInput);
    expect(state.successor()).toEqual({ ...schedulerInput, pass: schedulerInput.pass + 1 });
    expect(state.memo()).toEqual(KEPT().schedulerMemo);
  });

  test('by the next run of a semaphore', () => {
    const { semaphoreInput, semaphoreMemo } = KEPT();
    const state = new SemaphoreState(KEPT().semaphoreInput, 0);
    expect(state.carried()).toEqual(semaphoreInput.carried);
    expect(semaphoreMemoOf(state)).toEqual({ semaphore: semaphoreMemo });
  });

  test('by the next run of a schedule', () => {
    const { carried } = KEPT().scheduleInput;
    const { count, badInARow, last } = carried.memo.now;
    expect(figuresOf(carried, [], 0)).toMatchObject({ count, badInARow, last });
    expect(problemsOf(carried).map(({ problem }) => problem)).toEqual([
      'not-kept',
      'did-not-fire',
      'bad-ends',
    ]);
    expect(edit(carried, { definition: carried.memo.schedule.definition, expects: 3 }, 0)).toBe(true);
  });

  test('by the next run of a task', () => {
    const { runInput, runMemo } = KEPT();
    const run = new TaskRun(KEPT().runInput);
    expect(run.successor(runInput.resume)).toEqual(runInput);
    expect(run.memo(runMemo.why)).toEqual({ run: runMemo });
    const { why: _, verdict: __, parkedBefore: ___, ...started } = runMemo;
    expect(runMemoOf(runInput, runInput.past)).toEqual(started);
  });

  test('by the next run of an occurrence, whatever it was started with', () => {
    const { occurrenceInput } = KEPT();
    expect(OCCURRENCE_INPUT(occurrenceInput)).toEqual(occurrenceInput);
    const { resume: _, ...started } = occurrenceInput;
    expect(OCCURRENCE_INPUT(started)).toEqual(started);
  });

  test('by the next run of the admission', () => {
    const { occurrencesInput } = KEPT();
    expect(new Line(occurrencesInput).known).toEqual(occurrencesInput.carried.known);
  });

  test('by the next run of the notifier', () => {
    const { notifierInput, notifierMemo } = KEPT();
    const state = new NotifierState(notifierInput, 'another');
    expect(state.successor()).toEqual(notifierInput);
    expect(state.memo()).toEqual(notifierMemo);
    expect(notifierMemoIn({ ...notifierMemo })).toEqual(notifierMemo.notifier);
    // The one that was tried is tried again, as it was.
    expect(state.due(notifierInput.carried.failing.nextMs)).toEqual({ send: notifierInput.carried.sending });
  });

  test('also where it is of a time before notes and held pools', () => {
    const { stopped: _, deeds: __, ...scheduler } = KEPT().schedulerInput;
    expect(new SchedulerState(scheduler).memo()).not.toHaveProperty('deeds');
    expect(new SchedulerState(scheduler).successor()).not.toHaveProperty('stopped');
    const { deeds: ___, ...semaphore } = KEPT().semaphoreInput;
    const { deeds: ____, ...carried } = semaphore.carried;
    expect(new SemaphoreState({ ...semaphore, carried }, 0).carried()).not.toHaveProperty('deeds');
    const { breaker: _______, ...pool } = carried.pool;
    const before = new SemaphoreState({ ...semaphore, carried: { ...carried, pool } }, 0);
    expect(before.carried().pool).not.toHaveProperty('breaker');
    expect(semaphoreMemoOf(before).semaphore).not.toHaveProperty('hold');
    const { parkedBefore: _____, verdict: ______, ...run } = KEPT().runInput;
    expect(new TaskRun(run).memo().run).not.toHaveProperty('parkedBefore');
  });

  test('also where its runs and agents are of a time before they were packed so', () => {
    const { runs: _, agents: __, agentsMark: ___, ...input } = KEPT().schedulerInput;
    const [kind] = SAMPLES.schedulerInput.agents.kinds;
    const agents = kind === undefined ? [] : [{ name: 'ada', ...kind }];
    const of = { semaphore: 'pool-dev', wants: 'ada', agent: 'ada' };
    const former = [{ ...of, active: [42], 'backing-off': [43], parked: [44] }];
    const state = new SchedulerState({ ...input, runs: former, agents });
    expect(state.status()).toMatchObject({
      agents,
      runs: [
        { ...of, taskId: 42, state: 'active' },
        { ...of, taskId: 43, state: 'backing-off' },
        { ...of, taskId: 44, state: 'parked' },
      ],
    });
    expect(state.surveyInput({ full: true, once: false })).not.toHaveProperty('agentsMark');
  });

  test('by whoever reads a memo', () => {
    const { runMemo, semaphoreMemo, schedulerMemo } = KEPT();
    expect(runMemoIn({ run: runMemo })).toEqual(runMemo);
    const { occurrenceMemo: occurrence } = KEPT();
    expect(occurrenceMemoIn({ occurrence })).toEqual(occurrence);
    expect(semaphoreMemoIn({ semaphore: semaphoreMemo })).toEqual(semaphoreMemo);
    expect(schedulerMemoIn({ ...schedulerMemo })).toEqual(schedulerMemo);
    const { memo } = KEPT().scheduleInput.carried;
    expect(scheduleMemoIn({ ...memo })).toEqual(memo);
  });
});
