import { randomUUID } from 'node:crypto';
import { Context, heartbeat, sleep } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { WatchInput } from '../../../contract/activities.ts';
import { MAIN_QUEUE, taskWorkflowId } from '../../../contract/ids.ts';
import { makePass, passUpdate, type SchedulerStatus } from '../../../contract/messages.ts';
import {
  type DueStart,
  openRunOf,
  type PassReport,
  packAgents,
  packRuns,
  type SurveyInput,
  type SurveyResult,
  unpackRuns,
} from '../../../contract/pass.ts';
import type { SchedulerInput } from '../../../contract/scheduler-input.ts';
import { SCHEDULER } from '../../../contract/workflows.ts';
import { NO_PAST } from '../../../domain/attempt/follow.ts';
import { poolId } from '../../../domain/semaphore-id.ts';
import { fulfilled } from '../../../temporal/fulfilled.ts';
import { eventually } from '../../support/eventually.ts';
import { startLimitedServer } from '../../support/limited-server.ts';
import { type RawPayload, sendRaw, UNREADABLE } from '../../support/raw-messages.ts';
import { received, signalsTo, standIn } from '../../support/stand-ins.ts';
import { startStubbed, surveyResult } from '../../support/stubbed-scheduler.ts';
import { agentLineOf, MADE_AT, rankOfTask, runOf } from '../../support/tasks.ts';
import { wished } from '../../support/wished.ts';

// Many cases at a time share two processors.
vi.setConfig({ maxConcurrency: 40 });

const LONG_HISTORY = 200;

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startStubbed>>;
beforeAll(async () => {
  server = await startLimitedServer({ 'limit.historyCount.suggestContinueAsNew': LONG_HISTORY });
  worker = await startStubbed(
    server.address,
    {
      survey: (input: SurveyInput) => own().survey(input),
      watch: (input: WatchInput) => own().watch(input),
      // Runs that are started stay in line.
      askForSlot: async () => {},
    },
    { daemon: true },
  );
});
afterAll(async () => {
  await worker?.stop();
  await server?.stop();
});

const schedulers = new Map<string, TestScheduler>();
/** Whose activity this is. */
const own = () => schedulers.get(Context.current().info.workflowExecution?.workflowId ?? '') as TestScheduler;

let lastTask = 0;
const newTaskId = () => (lastTask += 1);

type Answer = (input: SurveyInput) => SurveyResult | Promise<SurveyResult>;

/** A scheduler whose surveys and watch the test plays. */
class TestScheduler {
  readonly id = `scheduler-${schedulers.size + 1}`;
  readonly surveys: SurveyInput[] = [];
  readonly watches: WatchInput[] = [];
  /** Answers of the surveys, in order; with none left there is nothing to do, and the runs are as they were. */
  answers: Answer[] = [];
  #endWatch: (seen: 'changed' | 'over') => void = () => {};

  constructor() {
    schedulers.set(this.id, this);
  }

  get handle(): WorkflowHandle {
    return server.client.workflow.getHandle(this.id);
  }

  async start(input: SchedulerInput = {}): Promise<this> {
    await server.client.workflow.start(SCHEDULER, {
      ...{ workflowId: this.id, taskQueue: MAIN_QUEUE, args: [input] },
    });
    return this;
  }

  async survey(input: SurveyInput): Promise<SurveyResult> {
    const answer = this.answers[this.surveys.length];
    this.surveys.push(input);
    return answer === undefined ? surveyResult(input) : answer(input);
  }

  async watch(input: WatchInput): Promise<'changed' | 'over'> {
    this.watches.push(input);
    let seen: 'changed' | 'over' | undefined;
    this.#endWatch = (what) => {
      seen = what;
    };
    // Throws when the watch is cancelled.
    for (; seen === undefined; await sleep(20)) heartbeat();
    return seen;
  }

  /** The watch that is under way ends with this. */
  async sees(what: 'changed' | 'over'): Promise<void> {
    const { length } = this.watches;
    if (length === 0) await eventually('it watches', () => this.watches.length > 0);
    this.#endWatch(what);
  }

  /** Its nth survey has begun. */
  async surveyed(times: number): Promise<SurveyInput> {
    await eventually(`survey ${times} of ${this.id}`, () => this.surveys.length >= times);
    return this.surveys[times - 1] as SurveyInput;
  }

  /** It has nothing to do but to watch. */
  async watching(times = 1): Promise<WatchInput> {
    await eventually(`watch ${times} of ${this.id}`, () => this.watches.length >= times);
    return this.watches[times - 1] as WatchInput;
  }

  status(): Promise<SchedulerStatus> {
    return this.handle.query<SchedulerStatus>('status');
  }

  pass(): Promise<PassReport> {
    return wished(this.handle, makePass, { once: true });
  }

  memo = async () => (await this.handle.describe()).memo;
}

const newScheduler = (...answers: Answer[]) => {
  const it = new TestScheduler();
  it.answers = answers;
  return it;
};

/** A start of a task of its own. */
function dueStart(change: Partial<DueStart> = {}): DueStart {
  const id = newTaskId();
  return {
    ...{ task: { id, createdAt: MADE_AT }, semaphore: poolId(`p${id}`), wants: null, queue: 'dev' },
    ...{
      pool: 'dev',
      rank: rankOfTask(id),
      assignee: null,
      assignedByUs: false,
      past: NO_PAST,
      notBeforeMs: 0,
    },
    ...change,
  };
}

const starting =
  (...starts: DueStart[]): Answer =>
  (input) =>
    surveyResult(input, { starts });

/** A survey that lasts until the test lets it go. */
function slowly(answer: Answer): { answer: Answer; letGo(): void } {
  let isLetGo = false;
  return {
    letGo: () => {
      isLetGo = true;
    },
    answer: async (input) => {
      // Throws when the survey is cancelled.
      for (; !isLetGo; await sleep(20)) heartbeat();
      return answer(input);
    },
  };
}

const changed = (taskId: number, state: string, more: object = {}) => ({
  taskId,
  state,
  agent: null,
  ...more,
});

describe.concurrent('a pass', () => {
  test('starts what the survey decided, with all that the run has to know, and tells it in its report', async () => {
    const past = { ...NO_PAST, number: 3, used: 1 };
    const start = dueStart({ wants: 'ada', pool: null, assignee: 'ada', past });
    const it = newScheduler(surveyResult, starting(start));
    await it.start();
    await it.watching();
    const report = await it.pass();
    const { id } = start.task;
    const run = await server.client.workflow.getHandle(taskWorkflowId(id)).describe();
    expect(run.searchAttributes).toMatchObject({ TaskId: [String(id)], Agent: ['ada'], Queue: ['dev'] });
    expect(run.memo).toMatchObject({
      run: { createdAt: MADE_AT, past: { ...NO_PAST, number: 4 }, wants: 'ada' },
    });
    const { lastPass, runs } = await it.status();
    expect(lastPass).toEqual(report);
    expect(it.surveys[0]).toMatchObject({ keepsKnown: true });
    expect(report.started).toEqual([{ taskId: id, agent: 'ada', queue: 'dev' }]);
    expect(report.figures).toMatchObject({ tasksSpawned: 1, assignedSpawned: 1, unassignedMatched: 0 });
    expect(runs).toEqual([openRunOf(start)]);
  });

  test('starts nothing whose run goes on already, and says so', async () => {
    const start = dueStart();
    const { id: taskId } = start.task;
    await standIn(server.client, taskWorkflowId(taskId));
    const it = newScheduler(surveyResult, starting(start));
    await it.start();
    await it.watching();
    expect(await it.pass()).toMatchObject({ started: [], waiting: [{ taskId, reason: { why: 'running' } }] });
  });

  test('whose start was refused knows nothing of a run, and is followed by one that finds out whether it goes on', async () => {
    const start = dueStart({ assignee: 'ada', assignedByUs: true });
    const { id } = start.task;
    const goesOn = await standIn(server.client, taskWorkflowId(id));
    const ended: Answer = async (input) => {
      await server.client.workflow.getHandle(taskWorkflowId(id), goesOn).terminate();
      return surveyResult(input, { starts: [start], assignedByUs: {} });
    };
    const first: Answer = (input) => surveyResult(input, { starts: [start], assignedByUs: {} });
    const it = newScheduler(first, ended);
    await it.start({ assignedByUs: { [id]: { pool: 'dev', agent: 'ada' } } });
    const second = await it.surveyed(2);
    expect(second).toMatchObject({ full: false, assignedByUs: { [id]: { pool: 'dev', agent: 'ada' } } });
    expect(second.ranks).toEqual({});
    expect(unpackRuns(second.runs)).toEqual([]);
    await eventually('it is started', async () => (await it.status()).lastPass?.started.length === 1);
    expect((await it.status()).runs).toEqual([openRunOf(start)]);
  });

  test('tells pools the order, runs to look or to leave, and pools of the pause that they do not know', async () => {
    const [stays, leaves] = [newTaskId(), newTaskId()];
    for (const id of [stays, leaves]) await standIn(server.client, taskWorkflowId(id));
    const pool = poolId(`told-${randomUUID()}`);
    await standIn(server.client, pool);
    const ranks = [rankOfTask(stays)];
    const it = newScheduler((input) =>
      surveyResult(input, {
        ...{ changed: [stays, leaves], misplaced: [leaves], order: { [pool]: ranks }, semaphores: [pool] },
        unawareOfPause: [pool],
      }),
    );
    await it.start();
    await it.watching();
    expect(await signalsTo(server.client, taskWorkflowId(stays))).toEqual(['look-again']);
    expect(await signalsTo(server.client, taskWorkflowId(leaves))).toEqual(['withdraw']);
    expect(await received(server.client, pool)).toMatchObject([
      { name: 'order', content: { ranks, expected: [] } },
      { name: 'scheduler-paused', content: false },
    ]);
  });

  test('tells a pool which runs to expect where several are started for it at once, before any of them can ask', async () => {
    const pool = poolId(`coming-${randomUUID()}`);
    await standIn(server.client, pool);
    const starts = [dueStart({ semaphore: pool }), dueStart({ semaphore: pool, wants: 'ada' })];
    const it = newScheduler(starting(...starts));
    await it.start();
    await it.watching();
    const expected = starts.map(({ rank, wants }) => ({ rank, wants }));
    expect(await received(server.client, pool)).toMatchObject([
      { name: 'order', content: { ranks: [], expected } },
    ]);
    const { events } = await it.handle.fetchHistory();
    const told = events?.findIndex((event) => event.externalWorkflowExecutionSignaledEventAttributes);
    const started = events?.findIndex((event) => event.startChildWorkflowExecutionInitiatedEventAttributes);
    expect(told).toBeGreaterThan(0);
    expect(started).toBeGreaterThan(told as number);
  });

  test('tells it, too, which of them were not started after all', async () => {
    const pool = poolId(`stays-${randomUUID()}`);
    await standIn(server.client, pool);
    const [goesOn, comes] = [dueStart({ semaphore: pool }), dueStart({ semaphore: pool })];
    await standIn(server.client, taskWorkflowId(goesOn.task.id));
    const it = newScheduler(starting(goesOn, comes));
    await it.start();
    await it.watching();
    expect(await received(server.client, pool)).toMatchObject([
      { name: 'order', content: { expected: [{ rank: goesOn.rank }, { rank: comes.rank }] } },
      { name: 'order', content: { expected: [], notComing: [goesOn.task.id] } },
    ]);
  });

  test('whose order a pool cannot be told is followed by a full one, which tells all of it', async () => {
    const rank = rankOfTask(newTaskId());
    const run = runOf(rank.id, 'ada', 'active', { semaphore: 'pool-missing' });
    const it = newScheduler((input) =>
      surveyResult(input, {
        ...{ order: { 'pool-missing': [rank] }, ranks: { [rank.id]: 'known' }, runs: packRuns([run]) },
      }),
    );
    await it.start();
    const second = await it.surveyed(2);
    expect(second.full).toBe(true);
    expect(second.ranks).toEqual({});
  });

  test('that fails is told, and made again when somebody asks', async () => {
    const it = newScheduler(() => {
      throw ApplicationFailure.nonRetryable('the file is gone');
    });
    await it.start();
    await it.surveyed(1);
    expect((await it.pass()).by).toBe('stub');
    expect((await it.status()).lastPass?.by).toBe('stub');
  });
});

describe.concurrent('a refill follows', () => {
  const full = (it: TestScheduler) => it.surveys.map((input) => input.full);

  test('when a run says that it ended, and it is not counted any more', async () => {
    const start = dueStart();
    const it = newScheduler(starting(start));
    await it.start();
    await it.watching();
    const { id } = start.task;
    const pool = { pool: 'dev', agent: 'ada' };
    await it.handle.signal('run-changed', changed(id, 'ended', { agent: 'ada', pool }));
    const second = await it.surveyed(2);
    expect(second).toMatchObject({ full: false, runs: [], assignedByUs: { [id]: pool } });
    expect(full(it)).toEqual([true, false]);
  });

  test('when a pool says how it is', async () => {
    const it = newScheduler();
    await it.start();
    await it.watching();
    await it.handle.signal('pool-changed', { semaphore: 'pool-dev', paused: true, agents: [] });
    expect(await it.surveyed(2)).toMatchObject({ full: false, pools: { 'pool-dev': { paused: true } } });
    await it.handle.signal('pool-changed', { semaphore: 'pool-dev', paused: false, agents: [] });
    expect((await it.surveyed(3)).pools).toEqual({});
  });

  test('when the watch sees a change; it watches on from what that survey saw', async () => {
    const it = newScheduler(
      (input) => surveyResult(input, { fingerprint: 'first' }),
      (input) => surveyResult(input, { fingerprint: 'second' }),
    );
    await it.start();
    expect(await it.watching()).toMatchObject({ fingerprint: 'first', by: 'stub' });
    await it.sees('changed');
    expect(await it.watching(2)).toMatchObject({ fingerprint: 'second' });
    expect(full(it)).toEqual([true, false]);
  });

  test('when more is to be told or to be started than one survey may', async () => {
    const it = newScheduler((input) => surveyResult(input, { moreChanged: true }));
    await it.start();
    expect(await it.surveyed(2)).toMatchObject({ full: false });
  });

  test('when a run closes that had said that it ended', async () => {
    const it = newScheduler((input) => surveyResult(input, { closing: [newTaskId()] }));
    await it.start();
    expect(await it.surveyed(2)).toMatchObject({ full: false });
  });

  test('run-now, with the task put first until a survey has seen it run', async () => {
    const it = newScheduler(surveyResult, (input) => surveyResult(input, { first: input.first }));
    await it.start();
    await it.watching();
    await it.handle.signal('run-now', '42');
    expect((await it.surveyed(2)).first).toEqual([42]);
    await it.handle.signal('run-now');
    expect((await it.surveyed(3)).first).toEqual([42]);
    await eventually('it runs', async () => (await it.status()).first.length === 0);
  });

  test('once for whatever comes in a moment', async () => {
    const it = newScheduler();
    await it.start();
    await it.watching();
    await Promise.all(
      Array.from({ length: 20 }, () => it.handle.signal('run-changed', changed(newTaskId(), 'parked'))),
    );
    await it.surveyed(2);
    await it.pass();
    // The first may have been under way before the last had come.
    expect(it.surveys.length).toBeLessThan(6);
  });
});

describe.concurrent('after a survey that was dear', () => {
  const dear = { costMs: 60_000 };
  const DEV = { ...agentLineOf('ada'), queue: 'dev' };
  const ofDev = (...ids: number[]): Partial<SurveyResult> => ({
    agents: packAgents([DEV]),
    runs: packRuns(ids.map((id) => runOf(id, 'ada'))),
  });

  /** Timers of its history, in order, with the number of the event that ended each. */
  async function rests(it: TestScheduler): Promise<{ ms: number; firedAt: number | undefined }[]> {
    const { events } = await it.handle.fetchHistory();
    return (events ?? []).flatMap(({ eventId, timerStartedEventAttributes: started }) => {
      if (!started) return [];
      const fired = events?.find(({ timerFiredEventAttributes: by }) => by?.startedEventId?.eq(eventId ?? 0));
      const firedAt = fired && Number(fired.eventId);
      return [{ ms: tsToMs(started.startToFireTimeout), firedAt }];
    });
  }
  const longest = async (it: TestScheduler) => Math.max(...(await rests(it)).map(({ ms }) => ms));
  const isLong = ({ ms }: { ms: number }) => ms > 250;

  /** A scheduler whose first survey was dear, and was made while this run changed: on a slow machine its rest is over soon. */
  async function changedMeanwhile(found: Partial<SurveyResult>, ...run: Parameters<typeof changed>) {
    const slow = slowly((input) => surveyResult(input, { ...dear, ...found }));
    const it = newScheduler(slow.answer);
    await it.start();
    await it.surveyed(1);
    await it.handle.signal('run-changed', changed(...run));
    slow.letGo();
    return it;
  }

  test('a refill that can wait rests, though never for long', async () => {
    const it = await changedMeanwhile({}, newTaskId(), 'parked');
    await eventually('it rests', async () => (await rests(it)).some(isLong));
    expect(await longest(it)).toBeLessThanOrEqual(10_000);
  });

  test('it does not keep the full pass waiting, of which nobody tells once the watch has ended', async () => {
    const it = newScheduler((input) => surveyResult(input, { ...dear, loopIntervalMs: 1_000 }));
    await it.start();
    await it.sees('changed');
    await it.surveyed(2);
    expect(await longest(it)).toBeLessThanOrEqual(1_000);
  });

  test.each<[string, Partial<SurveyResult>, (it: TestScheduler) => Promise<unknown>]>([
    ['a task that is put first', {}, (it) => it.handle.signal('run-now', '42')],
    [
      'what a pool tells',
      {},
      (it) => it.handle.signal('pool-changed', { semaphore: 'pool-dev', paused: false, agents: [] }),
    ],
    ['more starts', { starts: Array.from({ length: 50 }, () => dueStart()) }, async () => {}],
    ['more to tell', { moreChanged: true }, async () => {}],
    ['a run that closes', { closing: [newTaskId()] }, async () => {}],
    [
      'a slot that nobody is in line for',
      ofDev(1),
      (it) => it.handle.signal('run-changed', changed(1, 'ended')),
    ],
  ])('%s does not rest longer than after any other', async (_, found, happens) => {
    const it = newScheduler((input) => surveyResult(input, { ...dear, ...found }));
    await it.start();
    await it.watching();
    await happens(it);
    await it.surveyed(2);
    expect((await rests(it)).filter(isLong)).toEqual([]);
  });

  test('a run that ends while another one is in line for its slot can wait', async () => {
    const it = await changedMeanwhile(ofDev(1, 2), 1, 'ended');
    await eventually('it rests', async () => (await rests(it)).some(isLong));
  });

  test('a task that is put first ends a rest that has begun', async () => {
    const it = await changedMeanwhile({}, newTaskId(), 'parked');
    await eventually('it rests', async () => (await rests(it)).some(isLong));
    await it.handle.signal('run-now', '42');
    await eventually('it is put first', () => it.surveys.some(({ first }) => first.includes(42)));
    const { events } = await it.handle.fetchHistory();
    const told = events?.findIndex(
      ({ workflowExecutionSignaledEventAttributes: by }) => by?.signalName === 'run-now',
    );
    const heeded = events?.slice(told).find((event) => event.workflowTaskStartedEventAttributes);
    const [rest] = (await rests(it)).filter(isLong);
    // On a slow machine it may have been over before the scheduler could heed that.
    expect(rest?.firedAt ?? 0).toBeLessThan(Number(heeded?.eventId));
  });
});

describe.concurrent('a full pass follows', () => {
  test('when the loop interval is over, in another run that knows all that this one knew', async () => {
    const start = dueStart();
    const serves = {
      host: 'h',
      basePath: '/b',
      stateDir: '/s',
      tinytask: 't',
      mark: { id: 1, createdAt: MADE_AT },
    };
    const toldChanges = { 5: 'told' };
    const pool = { paused: true, agents: [] };
    const keeping: Answer = (input) =>
      surveyResult(input, {
        ...{
          starts: [start],
          serves,
          toldChanges,
          ranks: { 9: 'mark' },
          first: [9],
          registry: 'r',
          semaphores: ['pool-a'],
        },
        ...{ pools: { 'pool-a': pool }, assignedByUs: { 7: { pool: 'dev', agent: 'ada' } } },
        counts: { idle: 1, working: 2, waiting: 3 },
      } as Partial<SurveyResult>);
    const slow = slowly(keeping);
    const it = newScheduler(keeping, slow.answer);
    await it.start();
    await it.watching();
    await it.handle.signal('run-now', { not: 'a number' });
    const before = await it.status();
    const { runId } = await it.handle.describe();
    await it.sees('over');
    const second = await it.surveyed(2);
    expect(second).toMatchObject({
      ...{ full: true, serves, toldChanges, first: [9], pools: { 'pool-a': pool } },
      ...{ runs: packRuns([openRunOf(start)]), assignedByUs: { 7: { pool: 'dev', agent: 'ada' } } },
      ...{ ranks: { 9: 'mark' }, last: { by: 'stub', config: '' } },
    });
    const { runId: now, memo } = await it.handle.describe();
    expect(now).not.toBe(runId);
    expect(memo).toMatchObject({ paused: false, enabled: true, serves, complaints: [{ signal: 'run-now' }] });
    const after = await it.status();
    slow.letGo();
    expect(after.pass).toBe(before.pass + 1);
    expect(after).toMatchObject({ runs: before.runs, counts: before.counts, inForce: before.inForce });
  });

  test.each(['daemon-started', 'resume'])('when it is sent %s', async (name) => {
    const it = newScheduler();
    await it.start({ paused: name === 'resume' });
    await it.watching();
    const { length } = it.surveys;
    await it.handle.signal(name);
    expect((await it.surveyed(length + 1)).full).toBe(true);
  });
});

describe.concurrent('a pass that is asked for', () => {
  test('is answered with its report; those who ask at the same time share one', async () => {
    const slow = slowly(surveyResult);
    const it = newScheduler(surveyResult, slow.answer);
    await it.start();
    await it.watching();
    const first = it.pass();
    await it.surveyed(2);
    const others = [it.pass(), it.pass()];
    slow.letGo();
    const reports = await Promise.all([first, ...others]);
    expect(reports.map(({ by }) => by)).toEqual(['stub', 'stub', 'stub']);
    expect(it.surveys.slice(1)).toMatchObject([
      { full: true, once: true },
      { full: true, once: true },
    ]);
  });

  test.each([[undefined], [{}], [{ once: 'now' }]])(
    'with %j is refused, and nothing happens',
    async (content) => {
      const it = newScheduler();
      await it.start();
      await it.watching();
      await expect(wished(it.handle, makePass, content as { once: boolean })).rejects.toMatchObject({
        message: expect.stringContaining('pass was asked with a wrong content: it '),
      });
      await expect(
        it.handle.executeUpdate<PassReport, [unknown]>(passUpdate.name, { args: [content] }),
      ).rejects.toMatchObject({
        cause: { message: expect.stringContaining('pass wants {"once": true}') },
      });
      expect(it.surveys).toHaveLength(1);
    },
  );

  test('twice with the same id is the same one, also when the scheduler has gone on as new in between', async () => {
    const slow = slowly(surveyResult);
    const it = newScheduler(surveyResult, slow.answer);
    await it.start();
    await it.watching();
    const { runId } = await it.handle.describe();
    const ask = (id: string) =>
      fulfilled(
        server.client,
        { workflowId: it.id, wish: makePass, args: [{ once: true }] },
        { withinMs: 30_000, id },
      );
    const asked = [ask('same'), ask('same')];
    await it.surveyed(2);
    slow.letGo();
    const [report, again] = await Promise.all(asked);
    expect(again).toEqual(report);
    expect(it.surveys).toHaveLength(2);
    await it.sees('over');
    await eventually('it goes on as new', async () => (await it.handle.describe()).runId !== runId);
    expect(await ask('same')).toEqual(report);
    const full = it.surveys.length;
    expect(await ask('another')).not.toEqual(report);
    expect(it.surveys.length).toBeGreaterThan(full);
  });

  test('keeps the scheduler from going on as new until it is answered', async () => {
    const slow = slowly(surveyResult);
    const it = newScheduler(surveyResult, slow.answer);
    await it.start();
    await it.watching();
    const asked = it.pass();
    await it.surveyed(2);
    const { runId } = await it.handle.describe();
    await it.sees('over');
    slow.letGo();
    expect((await asked).by).toBe('stub');
    await eventually('it goes on as new', async () => (await it.handle.describe()).runId !== runId);
  });

  test('that fails leaves what a refill was due for to that refill', async () => {
    const slow = slowly(surveyResult);
    const it = newScheduler(surveyResult, slow.answer, () => {
      throw ApplicationFailure.nonRetryable('the file is gone');
    });
    await it.start();
    await it.watching();
    const first = it.pass();
    await it.surveyed(2);
    // Both come while that one is made.
    await it.handle.signal('run-changed', changed(newTaskId(), 'parked'));
    const failing = it.pass();
    failing.catch(() => {});
    await eventually('both have asked', async () => {
      const { events = [] } = await it.handle.fetchHistory();
      const names = events?.map((event) => event.workflowExecutionSignaledEventAttributes?.signalName);
      return names?.filter((name) => name === makePass.name).length === 2;
    });
    slow.letGo();
    await first;
    await expect(failing).rejects.toThrow('the file is gone');
    expect(await it.surveyed(4)).toMatchObject({ full: false });
    expect(it.surveys.slice(0, 3).map(({ full }) => full)).toEqual([true, true, true]);
  });

  test('by hand, without an id, is made, and nobody is answered', async () => {
    const it = newScheduler();
    await it.start();
    await it.watching();
    await it.handle.signal('pass', { once: false });
    expect(await it.surveyed(2)).toMatchObject({ full: true, once: false });
  });

  test('is answered to older clients, who ask by Update', async () => {
    const it = newScheduler();
    await it.start();
    await it.watching();
    const report = await it.handle.executeUpdate<PassReport, [unknown]>(passUpdate.name, {
      args: [{ once: true }],
    });
    expect(report.by).toBe('stub');
  });

  test('does not wait for a daemon that surveys of its own accord', async () => {
    const slow = slowly(surveyResult);
    const it = newScheduler(slow.answer);
    await it.start();
    await it.surveyed(1);
    expect((await it.pass()).by).toBe('stub');
    slow.letGo();
  });
});

describe.concurrent('a survey that saw no tasks', () => {
  const unseen: Answer = (input) =>
    surveyResult(input, input.heedsUnseen ? { fingerprint: '', sawTasks: false } : { fingerprint: '' });
  const seen: Answer = (input) => surveyResult(input, { fingerprint: 'seen' });
  /** What is scheduled until another watch has taken the place of the first. */
  const REPLACED = ['survey', 'watch', 'survey', 'watch', 'cancelled'];
  /** Activities of its history that were scheduled, by name, in order; cancelled watches among them. */
  async function scheduled(it: TestScheduler): Promise<string[]> {
    const { events } = await it.handle.fetchHistory();
    return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: of, ...event }) => {
      if (event.activityTaskCancelRequestedEventAttributes) return ['cancelled'];
      return of ? [of.activityType?.name ?? ''] : [];
    });
  }

  test.each<[string, (it: TestScheduler) => Promise<unknown>, { full: boolean }]>([
    ['run-now', (it) => it.handle.signal('run-now', 42), { full: false }],
    ['daemon-started, and it is full', (it) => it.handle.signal('daemon-started'), { full: true }],
    ['a pass that is asked for', (it) => it.pass(), { full: false }],
  ])('is made again as soon as the watch sees some: after %s', async (_, happens, again) => {
    const it = newScheduler(seen, unseen, seen);
    await it.start();
    const first = await it.watching();
    await happens(it);
    // The one that ran has seen them, and would not tell.
    const { fingerprint, untilMs } = await it.watching(2);
    expect(fingerprint).toBe('');
    expect(untilMs > first.untilMs).toBe(again.full);
    await it.sees('changed');
    expect(await it.surveyed(3)).toMatchObject(again);
    expect(await it.watching(3)).toMatchObject({ fingerprint: 'seen' });
    expect(await scheduled(it)).toEqual([...REPLACED, 'survey', 'watch']);
  });

  test('is followed by one watch that waits for TinyTask, however many of them there are', async () => {
    const it = newScheduler(seen, unseen, unseen, unseen, seen);
    await it.start();
    await it.watching();
    await it.handle.signal('run-now', 1);
    await it.watching(2);
    await it.handle.signal('run-now', 2);
    await it.surveyed(3);
    await eventually('that is over', async () => (await it.status()).first.length === 0);
    await it.pass();
    await it.sees('changed');
    expect(await it.watching(3)).toMatchObject({ fingerprint: 'seen' });
    expect(await scheduled(it)).toEqual([...REPLACED, 'survey', 'survey', 'survey', 'watch']);
  });
});

describe.concurrent('a pause', () => {
  /** Its second survey is asked for, and it is paused before that ends. The report. */
  async function pausedMeanwhile(it: TestScheduler, slow: ReturnType<typeof slowly>): Promise<PassReport> {
    const asked = it.pass();
    await it.surveyed(2);
    await it.handle.signal('pause');
    await eventually('it knows', async () => (await it.status()).paused);
    slow.letGo();
    return asked;
  }

  test('while a survey that was asked for runs keeps its starts back, and the report says why', async () => {
    const start = dueStart();
    const slow = slowly(starting(start));
    const it = newScheduler(surveyResult, slow.answer);
    await it.start();
    await it.watching();
    expect(await pausedMeanwhile(it, slow)).toMatchObject({
      started: [],
      waiting: [{ taskId: start.task.id, reason: { why: 'scheduler-paused' } }],
      figures: { tasksSpawned: 0 },
    });
    expect((await it.status()).runs).toEqual([]);
  });

  test('and who keeps their starts back loses nothing of whom their tasks were assigned to by us', async () => {
    const start = dueStart({ assignee: 'ada', assignedByUs: true });
    const assignedByUs = { [start.task.id]: { pool: 'dev', agent: 'ada' } };
    const slow = slowly((input) => surveyResult(input, { starts: [start], assignedByUs: {} }));
    const it = newScheduler(surveyResult, slow.answer);
    await it.start({ assignedByUs });
    await it.watching();
    await pausedMeanwhile(it, slow);
    await it.handle.signal('resume');
    expect(await it.surveyed(3)).toMatchObject({ paused: false, assignedByUs });
  });

  test('ends a survey of its own accord, which is made again', async () => {
    const start = dueStart();
    const slow = slowly(starting(start));
    const it = newScheduler(slow.answer);
    await it.start();
    await it.surveyed(1);
    await it.handle.signal('pause');
    expect(await it.surveyed(2)).toMatchObject({ full: true, paused: true });
    slow.letGo();
    await it.watching();
    expect((await it.status()).runs).toEqual([]);
  });

  test('what it is no more, and who did what is not known any more, is gone from the memo at once', async () => {
    const it = newScheduler();
    await it.start();
    await it.watching();
    await it.handle.signal('stop-agents', { by: 'ann', note: 'fire' });
    await eventually('it is stopped', async () => (await it.status()).paused);
    expect(await it.memo()).toMatchObject({ stopped: true, deeds: [{ did: 'stop-agents', by: 'ann' }] });
    // From Temporal's own tools, without a note.
    await it.handle.signal('start-agents');
    await eventually('it goes on', async () => !(await it.status()).paused);
    const memo = await it.memo();
    expect([memo?.stopped ?? null, memo?.deeds ?? null]).toEqual([null, null]);
  });

  test('and what ends it are told to every pool, once, and stand in the memo at once', async () => {
    const pool = poolId(`paused-${randomUUID()}`);
    await standIn(server.client, pool);
    const it = newScheduler((input) => surveyResult(input, { semaphores: [pool] }));
    await it.start();
    await it.watching();
    await it.handle.signal('pause');
    await it.handle.signal('pause');
    await eventually('the pool is told', async () => (await received(server.client, pool)).length > 0);
    expect(await it.memo()).toMatchObject({ paused: true });
    await it.handle.signal('resume');
    await eventually('the pool is told', async () => (await received(server.client, pool)).length > 1);
    expect(await it.memo()).toMatchObject({ paused: false });
    expect((await received(server.client, pool)).map(({ content }) => content)).toEqual([true, false]);
  });

  test('that all agents are stopped does not stay in the memo once they are started again', async () => {
    const it = newScheduler();
    await it.start();
    await it.watching();
    await it.handle.signal('stop-agents');
    await eventually('they are stopped', async () => (await it.memo())?.stopped === true);
    await it.handle.signal('start-agents');
    // The next run would begin without it, after the loop interval.
    const soonMs = 20_000;
    await eventually('they are started', async () => (await it.memo())?.stopped === undefined, soonMs);
  });

  test.each<[string, string[], boolean]>([
    ['disabled', ['disable'], true],
    ['paused and disabled, and then enabled only', ['pause', 'disable', 'enable'], true],
    ['disabled, and enabled again', ['disable', 'enable'], false],
  ])('%s', async (_, signals, held) => {
    const pool = poolId(`held-${randomUUID()}`);
    await standIn(server.client, pool);
    const it = newScheduler((input) => surveyResult(input, { semaphores: [pool] }));
    await it.start();
    await it.watching();
    for (const name of signals) await it.handle.signal(name);
    await eventually('it has them all', async () => {
      const memo = (await it.memo()) as { paused: boolean; enabled: boolean };
      return memo.paused === signals.includes('pause') && memo.enabled === (signals.at(-1) !== 'disable');
    });
    await eventually('the pool knows', async () => {
      const last = (await received(server.client, pool)).at(-1);
      return (last?.content ?? false) === held;
    });
  });
});

describe.concurrent('what comes while a survey runs is newer than what it found', () => {
  test('a run that ended, a task put first, a pool that was paused', async () => {
    const start = dueStart();
    const { id } = start.task;
    const slow = slowly((input) => surveyResult(input, { runs: packRuns([openRunOf(start)]), pools: {} }));
    const it = newScheduler(starting(start), slow.answer);
    await it.start();
    await it.watching();
    const asked = it.pass();
    await it.surveyed(2);
    await it.handle.signal('run-changed', changed(id, 'ended'));
    await it.handle.signal('run-now', 17);
    await it.handle.signal('pool-changed', { semaphore: 'pool-dev', paused: true, agents: [] });
    slow.letGo();
    await asked;
    expect(await it.surveyed(3)).toMatchObject({
      ...{ full: false, runs: [], first: [17], pools: { 'pool-dev': { paused: true } } },
    });
  });
});

describe.concurrent('messages that cannot be read', () => {
  test('change nothing, and keep it from nothing', async () => {
    const it = newScheduler();
    await it.start();
    await it.watching();
    await it.handle.signal('run-changed', { taskId: 'seven' });
    await it.handle.signal('pool-changed', null);
    await it.handle.signal('pause', 'with what it does not need');
    for (const name of ['run-changed', 'run-now'])
      await sendRaw(server.client, it.id, name, UNREADABLE['broken JSON'] as RawPayload);
    await eventually('it is told', async () => {
      const { complaints } = (await it.memo()) as { complaints: { says: string }[] };
      return complaints.some(({ says }) => says.includes('cannot be read'));
    });
    expect((await it.status()).paused).toBe(true);
    expect((await it.pass()).by).toBe('stub');
    // Said right, it is not told any more.
    await it.handle.signal('run-now', 3);
    await eventually('nothing is told', async () => {
      const { complaints = [] } = (await it.memo()) as { complaints?: unknown[] };
      return complaints.length === 0;
    });
  });
});

test.concurrent('a long history is left behind in the middle of messages, and none of them is lost', async () => {
  const it = newScheduler();
  await it.start();
  await it.watching();
  const { runId } = await it.handle.describe();
  const ids = Array.from({ length: LONG_HISTORY + 50 }, newTaskId);
  await Promise.all(ids.map((id) => it.handle.signal('run-now', id)));
  await eventually('it goes on as new', async () => (await it.handle.describe()).runId !== runId);
  const put = await eventually('all are put first', async () => {
    const seen = new Set(it.surveys.flatMap(({ first }) => first));
    return ids.every((id) => seen.has(id)) && seen;
  });
  expect(put.size).toBe(ids.length);
  expect((await it.pass()).by).toBe('stub');
});
