import { randomUUID } from 'node:crypto';
import { heartbeat, sleep } from '@temporalio/activity';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { expect, type TestContext, test } from 'vitest';
import { askForPass } from '../../client/ask-for-pass.ts';
import { MAIN_QUEUE, SCHEDULER_ID, taskWorkflowId } from '../../contract/ids.ts';
import type { PassReport, SurveyInput } from '../../contract/pass.ts';
import type { RunInput } from '../../contract/run.ts';
import type { SemaphoreInput } from '../../contract/semaphore-input.ts';
import { NO_PAST } from '../../domain/attempt/follow.ts';
import type { Rank } from '../../domain/rank.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import type { Pool } from '../../domain/slots/pool.ts';
import { eventually } from '../support/eventually.ts';
import { startLimitedServer } from '../support/limited-server.ts';
import { signalsTo, standIns } from '../support/stand-ins.ts';
import { startStubbed, surveyResult } from '../support/stubbed-scheduler.ts';
import { rankOfTask } from '../support/tasks.ts';

/** A server of its own for each test, with other limits, and whoever works for it: they run at the same time. */
function ending({ onTestFinished }: TestContext) {
  const endings: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    for (const end of endings.reverse()) await end();
  });
  return {
    async serverWith(limits: Record<string, number>) {
      const server = await startLimitedServer(limits);
      endings.push(server.stop);
      return server;
    },
    async stubbed(...args: Parameters<typeof startStubbed>): Promise<void> {
      endings.push((await startStubbed(...args)).stop);
    },
  };
}

/** As `run --once` asks. */
async function pass(client: Client): Promise<PassReport> {
  const report = await askForPass(client, { id: randomUUID(), once: true, acceptMs: 20_000 });
  if (report === undefined) throw new Error('nobody is there');
  return report;
}

/** As clients of older versions ask. */
function passByUpdate(client: Client): Promise<PassReport> {
  const startWorkflowOperation = new WithStartWorkflowOperation('scheduler', {
    ...{ workflowId: SCHEDULER_ID, taskQueue: MAIN_QUEUE, workflowIdConflictPolicy: 'USE_EXISTING' },
  });
  startWorkflowOperation.workflowHandle().catch(() => undefined);
  return client.connection.withDeadline(Date.now() + 20_000, () =>
    client.workflow.executeUpdateWithStart('pass', {
      ...{ updateId: randomUUID(), args: [{ once: true }], startWorkflowOperation },
    }),
  ) as Promise<PassReport>;
}

async function untilCancelled(): Promise<never> {
  for (;;) {
    heartbeat();
    await sleep(500);
  }
}

function surveySettings(): RunInput['settings'] {
  const about = { paused: false, first: [], toldChanges: {}, serves: null, last: null };
  const input = { ...about, full: true, once: true, runs: [], assignedByUs: {}, pools: {}, ranks: {} };
  return surveyResult(input).settings;
}

async function runsOf(client: Client, workflowId: string): Promise<number> {
  return (await client.workflow.count(`WorkflowId = "${workflowId}"`)).count;
}

/** A server with its limits divided by 200: as many as 5,000 passes, of which a run of the scheduler takes 2,000. */
test.concurrent('older clients ask for more passes than one run of the scheduler takes', async (context) => {
  const { serverWith, stubbed } = ending(context);
  const { client, address } = await serverWith({ 'history.maxTotalUpdates': 10 });
  const survey = async (input: SurveyInput) => surveyResult(input);
  await stubbed(address, { survey }, { daemon: false });
  for (let n = 1; n <= 25; n++) expect((await passByUpdate(client)).by).toBe('stub');
  await eventually('it has continued as new', async () => (await runsOf(client, SCHEDULER_ID)) >= 3);
});

test.concurrent('without a daemon, passes without end do not fill a history, and each one is answered', async (context) => {
  const { serverWith, stubbed } = ending(context);
  const { client, address } = await serverWith({ 'limit.historyCount.suggestContinueAsNew': 40 });
  let surveys = 0;
  const survey = async (input: SurveyInput) => {
    surveys += 1;
    return surveyResult(input);
  };
  await stubbed(address, { survey }, { daemon: false });
  for (let n = 1; n <= 25; n++) expect((await pass(client)).by).toBe('stub');
  expect(surveys).toBe(25);
  await eventually('it has continued as new', async () => (await runsOf(client, SCHEDULER_ID)) >= 3);
});

test.concurrent('without a daemon, pauses without end do not fill a history', async (context) => {
  const { serverWith, stubbed } = ending(context);
  const suggest = { 'limit.historyCount.suggestContinueAsNew': 60 };
  const { client, address } = await serverWith(suggest);
  const survey = async (input: SurveyInput) => surveyResult(input);
  await stubbed(address, { survey }, { daemon: false });
  await pass(client);
  const scheduler = client.workflow.getHandle(SCHEDULER_ID);
  for (let n = 0; n < 20; n++) {
    await scheduler.signal(n % 2 === 0 ? 'pause' : 'resume');
    const paused = async () => (await scheduler.query<{ paused: boolean }>('status')).paused;
    await eventually('it knows', async () => (await paused()) === (n % 2 === 0));
  }
  await eventually('it has continued as new', async () => (await runsOf(client, SCHEDULER_ID)) >= 2);
});

/** Of 100 that may be under way; a server has 2,000. */
const MANY = 150;
const FEW = { 'limit.numPendingSignals.error': 100 };

test.concurrent('a scheduler that has much to tell tells it: to runs, to many pools of their order, and of a pause', async (context) => {
  const { serverWith, stubbed } = ending(context);
  const { client, address } = await serverWith(FEW);
  const ids = await standIns(client, MANY, taskWorkflowId);
  const pools = [...(await standIns(client, MANY, (id) => poolId(`q${id}`))).keys()].map((id) =>
    poolId(`q${id}`),
  );
  const survey = async (input: SurveyInput) =>
    surveyResult(input, {
      changed: [...ids.keys()],
      misplaced: [...ids.keys()].slice(MANY / 2),
      order: Object.fromEntries(pools.map((pool, at): [string, Rank[]] => [pool, [rankOfTask(at + 1)]])),
      semaphores: pools,
      unawareOfPause: pools,
    });
  await stubbed(address, { survey }, { daemon: false });
  await pass(client);
  const told = (workflowId: string) => signalsTo(client, workflowId);
  expect(await told(taskWorkflowId(1))).toEqual(['look-again']);
  expect(await told(taskWorkflowId(MANY))).toEqual(['withdraw']);
  for (const pool of [pools[0], pools.at(-1)])
    expect(await told(pool as string)).toEqual(['order', 'scheduler-paused']);
  await client.workflow.getHandle(SCHEDULER_ID).signal('pause');
  await eventually('all know', async () => (await told(pools.at(-1) as string)).length === 3);
  await pass(client);
});

test.concurrent('a semaphore that gives a slot to many at once when it is resumed gives each one', async (context) => {
  const { serverWith, stubbed } = ending(context);
  const { client, address } = await serverWith(FEW);
  const runs = await standIns(client, MANY, taskWorkflowId);
  const openRunsOf = async () =>
    [...runs].map(([id, runId]) => ({
      ...{ workflowId: taskWorkflowId(id), runId, phase: 'waiting', agent: null, wants: null },
      ...{ rank: rankOfTask(id), rankedAtMs: 1 },
    }));
  await stubbed(address, { openRunsOf, lookAtRuns: async () => [] }, { daemon: false });
  const policy = {
    agents: ['ada', 'bob'].map((name) => ({ name, limit: MANY / 2, gooseQueue: 'nobody' })),
    ...{ heartbeatTimeoutMs: 1, coolDownMs: 1, coolDownMaxMs: 1, passIntervalMs: 60_000 },
  };
  const semaphore = await client.workflow.start('poolSemaphore', {
    ...{ workflowId: poolId('dev'), taskQueue: MAIN_QUEUE },
    args: [
      { semaphore: poolId('dev'), policy, moved: [], schedulerPaused: true, fresh: false } as SemaphoreInput,
    ],
  });
  const status = () => semaphore.query<Pool>('status');
  await eventually('all are in line', async () => (await status()).waiters.length === MANY);
  await semaphore.signal('scheduler-paused', false);
  await eventually('all have a slot', async () => (await status()).holders.length === MANY);
  const last = [...runs.keys()].map(taskWorkflowId);
  for (const workflowId of [last[0], last[MANY / 2], last.at(-1)] as string[])
    await eventually(
      'it has its grant',
      async () => (await signalsTo(client, workflowId)).join() === 'grant',
    );
  const { status: state, runId } = await semaphore.describe();
  expect([state.name, runId]).toEqual(['RUNNING', semaphore.firstExecutionRunId]);
});

/** Limits of the server divided by 250: as 10,000 refills and 5,000 tasks that change at once would meet the real ones. */
const BY_250 = { 'limit.historyCount.error': 205, 'limit.historyCount.suggestContinueAsNew': 16 };

test.concurrent('refills without end, and a change of many tasks, do not fill a history', async (context) => {
  const { serverWith, stubbed } = ending(context);
  const { client, address } = await serverWith(BY_250);
  const runs = await standIns(client, 20, taskWorkflowId);
  const left = [...runs.keys()];
  let surveys = 0;
  const survey = async (input: SurveyInput) => {
    surveys += 1;
    const changed = surveys < 5 ? [] : left.splice(0, 2);
    return surveyResult(input, { changed, moreChanged: changed.length > 0 && left.length > 0 });
  };
  await stubbed(address, { survey, watch: untilCancelled }, { daemon: true });
  await client.workflow.signalWithStart('scheduler', {
    ...{ workflowId: SCHEDULER_ID, taskQueue: MAIN_QUEUE, signal: 'daemon-started' },
  });
  const scheduler = client.workflow.getHandle(SCHEDULER_ID);
  const { raw } = await scheduler.describe();
  while (surveys < 40) {
    const before = surveys;
    await scheduler.signal('run-changed', { taskId: 1, state: 'ended', agent: null });
    await eventually('it looks', async () => surveys > before);
  }
  for (const id of runs.keys()) expect(await signalsTo(client, taskWorkflowId(id))).toEqual(['look-again']);
  const now = await scheduler.describe();
  expect(now.status.name).toBe('RUNNING');
  expect(now.raw.workflowExecutionInfo?.firstRunId).toBe(raw.workflowExecutionInfo?.firstRunId);
  expect(now.runId).not.toBe(now.raw.workflowExecutionInfo?.firstRunId);
});

/** Limits of the server divided by 100: as a year in which its task changes each hour would meet the real ones. */
test.concurrent('a run that is parked for a year, and told of each change, does not fill a history', async (context) => {
  const { serverWith, stubbed } = ending(context);
  const limits = { 'limit.historyCount.error': 512, 'limit.historyCount.suggestContinueAsNew': 41 };
  const { client, address } = await serverWith(limits);
  let looks = 0;
  let asks = 0;
  const lookAtTask = async () => {
    looks += 1;
    return { task: 'untouched' };
  };
  const askForSlot = async () => {
    asks += 1;
  };
  await stubbed(address, { lookAtTask, askForSlot }, { daemon: false });
  const input: RunInput = {
    task: { id: 7, createdAt: '2026-01-01T00:00:00Z' },
    ...{
      semaphore: poolId('dev'),
      wants: null,
      queue: 'dev',
      pool: 'dev',
      assignee: null,
      assignedByUs: false,
    },
    ...{ rank: rankOfTask(7), rankedAtMs: 1, past: NO_PAST, notBeforeMs: 0, settings: surveySettings() },
    resume: { phase: 'parked', reason: 'cancelled by hand', retried: false },
  };
  const run = await client.workflow.start('runTask', {
    ...{ workflowId: taskWorkflowId(7), taskQueue: MAIN_QUEUE, args: [input] },
  });
  const now = client.workflow.getHandle(taskWorkflowId(7));
  for (let told = 1; told <= 88; told += 1) {
    await now.signal('look-again');
    await eventually('it has looked', async () => looks >= told);
  }
  const { status, raw, runId } = await now.describe();
  expect([status.name, raw.workflowExecutionInfo?.firstRunId]).toEqual(['RUNNING', run.firstExecutionRunId]);
  expect(runId).not.toBe(run.firstExecutionRunId);
  expect(await now.query('status')).toMatchObject({
    phase: 'parked',
    says: expect.stringContaining('by hand'),
  });
  await now.signal('retry');
  await eventually('it asks for a slot', async () => asks === 1);
});

test.concurrent('a pass whose result cannot be carried is made again, and one that cannot be made is refused', async (context) => {
  const { serverWith, stubbed } = ending(context);
  const { client, address } = await serverWith({});
  const answers = [
    (input: SurveyInput) => surveyResult(input, { registry: 'x'.repeat(3_000_000) }),
    surveyResult,
    () => {
      throw ApplicationFailure.nonRetryable('no such thing');
    },
  ];
  const survey = async (input: SurveyInput) => (answers.shift() ?? surveyResult)(input);
  await stubbed(address, { survey }, { daemon: false });
  expect((await pass(client)).by).toBe('stub');
  await expect(pass(client)).rejects.toMatchObject({
    failure: { code: 'pass-failed', text: 'The pass failed, and is tried again: no such thing' },
  });
  expect((await pass(client)).by).toBe('stub');
});
