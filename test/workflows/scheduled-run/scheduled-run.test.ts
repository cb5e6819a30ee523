import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { MAIN_QUEUE } from '../../../contract/ids.ts';
import { askToEnter, makeWay, note, runChanged } from '../../../contract/messages.ts';
import type { Entered, NotBegun } from '../../../contract/occurrence.ts';
import { SCHEDULED_RUN } from '../../../contract/workflows.ts';
import { eventually } from '../../support/eventually.ts';
import {
  begunOf,
  definitionOf,
  lookOf,
  occurrencesOnStubs,
  PLANNED_MS,
} from '../../support/played-occurrences.ts';
import { MADE_AT } from '../../support/tasks.ts';

const stubs = occurrencesOnStubs();

const waits = (untilMs = Date.now() + 60_000): Entered => ({
  ...{ enter: 'wait', untilMs },
  waits: { for: 'job-key', jobKey: 'k', limit: 1, with: ['occurrence-other-1'] },
});
const refuses = (message: string) => () => {
  throw ApplicationFailure.nonRetryable(message, 'refused');
};

describe.concurrent('an occurrence', () => {
  test('asks its schedule, enters, makes its task, gives it away, follows it, and tells of its end', async () => {
    const it = stubs.newOccurrence();
    const definition = definitionOf(it.schedule, {
      jobKey: 'k',
      maxPerJob: 2,
      maxGlobal: 3,
      priority: 5,
      overlap: 'buffer',
    });
    it.begins = { begun: begunOf(definition, { recipeHash: 'ab' }) };
    await it.start();
    const task = { id: expect.any(Number), createdAt: MADE_AT };
    const done = { end: 'done', task, verdict: null, attempts: 1, tokens: 7, log: 'a.log', agent: 'ada' };
    expect(await it.ended()).toEqual(done);
    expect(it.names).toEqual(['begin', 'enter', 'createTask', 'releaseTask', 'lookAtTaskOfOccurrence']);
    const { runId } = await it.handle.describe();
    const ref = { workflowId: it.workflowId, runId };
    expect(it.called[0]?.[1]).toEqual({
      ...ref,
      schedule: it.schedule,
      trigger: 'plan',
      plannedMs: PLANNED_MS,
    });
    expect(it.called[1]?.[1]).toEqual({
      ...{ ...ref, schedule: it.schedule, plannedMs: PLANNED_MS, force: false },
      ...{ jobKey: 'k', maxPerJob: 2, maxGlobal: 3, priority: 5, overlap: 'buffer' },
    });
    expect(it.called[2]?.[1]).toMatchObject({ occurrence: it.workflowId, mayBeThere: false });
    expect(await it.toAdmission()).toEqual([{ name: 'left', content: ref }]);
    expect(await it.toSchedule()).toEqual([
      {
        name: 'occurrence-ended',
        content: {
          ...{ ...ref, plannedMs: PLANNED_MS, enteredMs: expect.any(Number), endedMs: expect.any(Number) },
          ...{ recipeHash: 'ab', ended: done },
        },
      },
    ]);
    expect(await it.memo()).toEqual({
      ...{ schedule: it.schedule, plannedMs: PLANNED_MS, phase: 'over', task, ended: done },
      begun: begunOf(definition, { recipeHash: 'ab' }),
    });
  });

  test.each<NotBegun>([{ why: 'paused' }, { why: 'no-such-schedule' }, { why: 'too-late', catchUpMs: 1 }])(
    'that may not begin ($why) does nothing and ends well',
    async (not) => {
      const it = stubs.newOccurrence();
      it.begins = { not };
      await it.start();
      expect(await it.ended()).toEqual({ end: 'left-out', because: not });
      expect(it.names).toEqual(['begin']);
      expect([await it.toAdmission(), await it.toSchedule()]).toEqual([[], []]);
    },
  );

  test('that the schedule refuses fails, and says so', async () => {
    const it = stubs.newOccurrence();
    it.begins = refuses('the schedule refused it: no');
    await it.start();
    expect(await it.ended()).toMatchObject({
      failedAs: 'occurrence-failed',
      says: 'the schedule refused it: no',
    });
    expect(await it.toSchedule()).toMatchObject([{ content: { ended: { end: 'failed', task: null } } }]);
  });

  test('that waits says for what, and asks again when it is told, or when its time has come', async () => {
    const it = stubs.newOccurrence();
    it.enters = [waits(), () => waits(Date.now() + 300)];
    await it.start();
    const memo = await it.reaches('waiting');
    expect(memo.waits).toEqual({ for: 'job-key', jobKey: 'k', limit: 1, with: ['occurrence-other-1'] });
    const { searchAttributes } = await it.handle.describe();
    expect(searchAttributes).toMatchObject({ Phase: ['waiting'] });
    await it.signal(askToEnter);
    expect(await it.ended()).toMatchObject({ end: 'done' });
    expect(it.names.filter((name) => name === 'enter')).toHaveLength(3);
    expect(await it.toSchedule()).toMatchObject([{ content: { waited: { for: 'job-key' } } }]);
    expect(await it.memo()).not.toHaveProperty('waits');
  });

  test('that is left out by the overlap policy ends well, and tells both', async () => {
    const it = stubs.newOccurrence();
    const because = { why: 'overlap' as const, with: 'occurrence-other-1', sinceMs: 1 };
    it.enters = [{ enter: 'not', because }];
    await it.start();
    expect(await it.ended()).toEqual({ end: 'left-out', because });
    expect(await it.toAdmission()).toMatchObject([{ name: 'left' }]);
    expect(await it.toSchedule()).toMatchObject([{ content: { ended: { end: 'left-out', because } } }]);
  });

  test('whose task is parked fails as it did', async () => {
    const it = stubs.newOccurrence();
    const verdict = { kind: 'agent-failed' as const, reason: 'boom' };
    it.looks = [lookOf('parked', { verdict, reason: 'attempt 3 of 3 failed: boom', attempts: 3 })];
    await it.start();
    expect(await it.ended()).toMatchObject({
      ...{ end: 'failed', verdict: 'agent-failed', attempts: 3 },
      ...{ failedAs: 'occurrence-failed', says: 'attempt 3 of 3 failed: boom' },
    });
    expect((await it.handle.describe()).status.name).toBe('FAILED');
  });

  test.each([
    ['gone', { reason: 'its task was deleted' }, 'failed'],
    [
      'parked',
      { verdict: { kind: 'cancelled' as const, reason: 'x' }, reason: 'cancelled by hand' },
      'cancelled',
    ],
    ['parked', {}, 'failed'],
  ] as const)('whose task is %s (%o) is %s', async (state, change, end) => {
    const it = stubs.newOccurrence();
    it.looks = [lookOf(state, change)];
    await it.start();
    expect(await it.ended()).toMatchObject({ end, failedAs: `occurrence-${end}` });
  });

  test('looks again when the run of its task has changed, and not for that of another task', async () => {
    const it = stubs.newOccurrence();
    it.looks = [lookOf('open'), lookOf('open')];
    await it.start();
    await it.asked('lookAtTaskOfOccurrence');
    const { task } = await it.reaches('working');
    await it.signal(runChanged, { taskId: 9_999, state: 'ended', agent: null });
    await it.signal(runChanged, { taskId: task?.id ?? 0, state: 'backing-off', agent: null });
    await it.asked('lookAtTaskOfOccurrence', 2);
    await it.signal(runChanged, { taskId: task?.id ?? 0, state: 'ended', agent: null });
    expect(await it.ended()).toMatchObject({ end: 'done' });
    expect(it.names.filter((name) => name.startsWith('look'))).toHaveLength(3);
  });

  test('whose task may have been made twice tidies up', async () => {
    const it = stubs.newOccurrence();
    it.creates = { ...(it.creates as { id: number; createdAt: string }), again: true };
    await it.start();
    await it.ended();
    expect(it.names).toContain('tidyUp');
    const { task } = (await it.memo()) ?? {};
    expect(task).not.toHaveProperty('again');
  });

  test('whose task TinyTask refuses fails, and gives its place back', async () => {
    const it = stubs.newOccurrence();
    it.begins = { begun: begunOf(definitionOf(it.schedule)) };
    it.creates = refuses('TinyTask refused create_task: "no"');
    await it.start();
    expect(await it.ended()).toMatchObject({
      end: 'failed',
      task: null,
      says: 'TinyTask refused create_task: "no"',
    });
    expect(await it.toAdmission()).toMatchObject([{ name: 'left' }]);
  });
});

test.concurrent('a task that TinyTask gives to nobody is called off, and its occurrence fails with why', async () => {
  const it = stubs.newOccurrence();
  it.released = refuses('TinyTask has no queues');
  await it.start();
  expect(await it.ended()).toMatchObject({
    end: 'failed',
    says: 'TinyTask has no queues',
    task: { id: it.taskId },
  });
  expect(it.called.at(-1)).toMatchObject([
    'callOff',
    { why: 'it could not be given away: TinyTask has no queues' },
  ]);
  expect(await it.toAdmission()).toMatchObject([{ name: 'left' }]);
});

describe.concurrent('an occurrence that is stopped', () => {
  test('by hand calls its task off, and says who did it and why', async () => {
    const it = stubs.newOccurrence();
    it.looks = [lookOf('open')];
    await it.start();
    await it.asked('lookAtTaskOfOccurrence');
    await it.signal(note, { by: 'ann@h', note: 'wrong day' });
    await it.handle.cancel();
    const why = 'cancelled by hand by ann@h (wrong day)';
    expect(await it.ended()).toMatchObject({
      end: 'cancelled',
      reason: why,
      failedAs: 'occurrence-cancelled',
    });
    expect(it.called.at(-1)).toMatchObject(['callOff', { why }]);
    expect(await it.toAdmission()).toMatchObject([{ name: 'left' }]);
  });

  test('for a later one of its schedule says so; a task that was complete by then stays done', async () => {
    const it = stubs.newOccurrence();
    it.looks = [lookOf('open')];
    it.calledOff = lookOf('complete');
    await it.start();
    await it.asked('lookAtTaskOfOccurrence');
    await it.signal(makeWay, 'occurrence-x-2026-11-26T04:00:00Z');
    expect(await it.ended()).toMatchObject({ end: 'done' });
    expect(it.called.at(-1)?.[1]).toMatchObject({
      why: expect.stringContaining('occurrence-x-2026-11-26T04:00:00Z'),
    });
  });

  test('while it waits makes no task', async () => {
    const it = stubs.newOccurrence();
    it.enters = [waits()];
    await it.start();
    await it.reaches('waiting');
    await it.handle.cancel();
    expect(await it.ended()).toMatchObject({ end: 'cancelled', reason: 'cancelled by hand', task: null });
    expect(it.names).toEqual(['begin', 'enter']);
    expect(await it.toAdmission()).toMatchObject([{ name: 'left' }]);
  });

  test('while its task is made gives it to nobody', async () => {
    const it = stubs.newOccurrence();
    const made = it.creates as { id: number; createdAt: string };
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    it.creates = () => gate.then(() => made);
    await it.start();
    await it.asked('createTask');
    await it.handle.cancel();
    await eventually('it knows', async () => {
      const { events } = await it.handle.fetchHistory();
      return events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes);
    });
    go();
    expect(await it.ended()).toMatchObject({ end: 'cancelled', task: made });
    expect(it.names).toEqual(['begin', 'enter', 'createTask', 'callOff']);
  });
});

describe.concurrent('an occurrence stays the same one', () => {
  test('over a reset: it asks under the same run id, and looks for the task that it may have made', async () => {
    const it = stubs.newOccurrence();
    it.looks = [lookOf('open'), lookOf('open')];
    await it.start();
    await it.asked('lookAtTaskOfOccurrence');
    const { runId } = (await it.asked('begin')) as { runId: string };
    await it.reset('first');
    await it.asked('createTask', 2);
    expect(await it.asked('begin', 2)).toMatchObject({ runId });
    expect(await it.asked('enter', 2)).toMatchObject({ runId });
    expect(await it.asked('createTask', 2)).toMatchObject({ mayBeThere: true });
    await it.asked('tidyUp');
    const { task } = await it.reaches('working');
    await it.signal(runChanged, { taskId: task?.id ?? 0, state: 'ended', agent: null });
    expect(await it.ended()).toMatchObject({ end: 'done' });
    expect(await it.toAdmission()).toMatchObject([{ content: { runId } }]);
  });

  test('over continuing as new, while it waits and while it works', async () => {
    const it = stubs.newOccurrence();
    it.enters = Array.from({ length: 12 }, () => () => waits(Date.now() + 50));
    it.looks = Array.from({ length: 40 }, () => lookOf('open'));
    await it.start();
    const { task } = await it.reaches('working');
    const { runId } = (await it.asked('begin')) as { runId: string };
    const isNew = async () => (await it.handle.describe()).runId;
    const before = await isNew();
    for (let told = 1; it.looks.length > 0; told += 1) {
      await it.signal(runChanged, { taskId: task?.id ?? 0, state: 'backing-off', agent: null });
      await it.asked('lookAtTaskOfOccurrence', told);
    }
    await it.signal(runChanged, { taskId: task?.id ?? 0, state: 'ended', agent: null });
    expect(await it.ended()).toMatchObject({ end: 'done' });
    expect(await isNew()).not.toBe(before);
    expect(before).not.toBe(runId);
    expect(it.names.filter((name) => ['begin', 'createTask', 'releaseTask'].includes(name))).toHaveLength(3);
    expect(await it.toAdmission()).toMatchObject([{ content: { runId } }]);
    expect(await it.toSchedule()).toMatchObject([
      { content: { runId, enteredMs: expect.any(Number), waited: { for: 'job-key' } } },
    ]);
  });
});

describe.concurrent('what somebody starts by hand', () => {
  test.each<[string, string, unknown[], RegExp]>([
    ['nothing', 'occurrence-h1-by-hand', [], /what it was started with must be an object/],
    ['a text', 'occurrence-h2-by-hand', ['nightly'], /must be an object/],
    ['a bad name', 'occurrence-h3-by-hand', [{ schedule: '../x' }], /schedule.* must be a name/],
    ['no time', 'occurrence-h4-by-hand', [{ schedule: 'h4' }], /its time is missing/],
    ['a bad time', 'occurrence-h5-by-hand', [{ schedule: 'h5', plannedMs: 'soon' }], /plannedMs/],
    [
      'another schedule',
      'occurrence-h6-by-hand',
      [{ schedule: 'h7', plannedMs: 1 }],
      /must begin with occurrence-h7-/,
    ],
    ['another id', 'by-hand', [{ schedule: 'h8', plannedMs: 1 }], /must be the workflow id of an occurrence/],
    [
      'a broken past',
      'occurrence-h9-by-hand',
      [{ schedule: 'h9', plannedMs: 1, resume: { begun: 1, startedMs: 1 } }],
      /resume/,
    ],
  ])('with %s fails at once, and says why', async (_, workflowId, args, says) => {
    const started = await stubs.client.workflow.start(SCHEDULED_RUN, {
      ...{ workflowId, taskQueue: MAIN_QUEUE, args },
    });
    await expect(started.result()).rejects.toMatchObject({
      cause: { type: 'not-an-occurrence', message: expect.stringMatching(says) },
    });
  });
});
