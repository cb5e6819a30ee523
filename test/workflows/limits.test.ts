import { randomUUID } from 'node:crypto';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterEach, expect, test, vi } from 'vitest';
import { MAIN_QUEUE, SCHEDULER_ID, semaphoreId } from '../../domain/ids.ts';
import type { PassReport, SurveyInput } from '../../domain/pass.ts';
import type { Slots } from '../../domain/slots.ts';
import type { SemaphoreInput } from '../../workflows/agent-semaphore.ts';
import { startLimitedServer } from '../support/limited-server.ts';
import { startStubbed, surveyResult } from '../support/stubbed-scheduler.ts';
import { eventually } from '../support/system.ts';
import { agentLineOf, rankOfTask } from '../support/tasks.ts';

vi.setConfig({ testTimeout: 120_000 });

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function serverWith(limits: Record<string, number>) {
  const server = await startLimitedServer(limits);
  endings.push(server.stop);
  return server;
}

async function stubbed(...args: Parameters<typeof startStubbed>): Promise<void> {
  endings.push((await startStubbed(...args)).stop);
}

/** As `run --once` asks. */
function pass(client: Client): Promise<PassReport> {
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

async function runsOf(client: Client, workflowId: string): Promise<number> {
  return (await client.workflow.count(`WorkflowId = "${workflowId}"`)).count;
}

test('without a daemon, more passes are made than one run of the scheduler takes', async () => {
  const { client, address } = await serverWith({ 'history.maxTotalUpdates': 10 });
  const survey = async (input: SurveyInput) => surveyResult(input);
  await stubbed(address, { survey }, { daemon: false });
  for (let n = 1; n <= 25; n++) expect((await pass(client)).by).toBe('stub');
  await eventually('it has continued as new', async () => (await runsOf(client, SCHEDULER_ID)) >= 3);
});

test('without a daemon, pauses without end do not fill a history', async () => {
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

/** Of 100 that may be under way. */
const MANY = 300;
const FEW = { 'limit.numPendingSignals.error': 100 };

test('a scheduler that has much to tell tells it', async () => {
  const { client, address } = await serverWith(FEW);
  const ids = Array.from({ length: MANY }, (_, at) => at + 1);
  const agents = ids.map((id) => `agent${id}`);
  const survey = async (input: SurveyInput) =>
    surveyResult(input, {
      changed: ids,
      putFirst: ids.map((taskId) => ({ agent: 'ada', taskId })),
      agents: agents.map(agentLineOf),
      unawareOfPause: agents,
    });
  await stubbed(address, { survey }, { daemon: false });
  await pass(client);
  await client.workflow.getHandle(SCHEDULER_ID).signal('pause');
  await pass(client);
});

test('a semaphore that has many to send home sends them', async () => {
  const { client, address } = await serverWith(FEW);
  const openRunsOf = async () =>
    Array.from({ length: MANY }, (_, at) => ({
      ...{ workflowId: `task-${at + 1}`, runId: randomUUID(), phase: 'waiting', extra: false },
      rank: rankOfTask(at + 1),
    }));
  await stubbed(address, { openRunsOf, lookAtRuns: async () => [] }, { daemon: false });
  const policy = {
    ...{ limit: MANY, waitingPerAgent: 0, heartbeatTimeoutMs: 600_000 },
    ...{ coolDownMs: 1, coolDownMaxMs: 1, passIntervalMs: 60_000 },
  };
  const input: SemaphoreInput = { agent: 'ada', policy, schedulerPaused: false };
  const semaphore = await client.workflow.start('agentSemaphore', {
    ...{ workflowId: semaphoreId('ada'), taskQueue: MAIN_QUEUE, args: [input] },
  });
  const waiting = async () => (await semaphore.query<Slots>('status')).waiters.length;
  await eventually('all are in line', async () => (await waiting()) === MANY);
  await semaphore.signal('pause');
  await eventually('nobody is in line', async () => (await waiting()) === 0);
  const { raw } = await eventually('it is idle', async () => {
    const described = await semaphore.describe();
    return !described.raw.pendingWorkflowTask && described;
  });
  expect(Number(raw.workflowExecutionInfo?.historyLength)).toBeGreaterThan(2 * MANY);
});

test('a pass whose result cannot be carried is made again, and one that cannot be made is refused', async () => {
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
    cause: { message: 'The pass failed, and is tried again: no such thing' },
  });
  expect((await pass(client)).by).toBe('stub');
});
