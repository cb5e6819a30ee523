import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { claim } from '../../../activities/attempt/claim.ts';
import { settleActivities } from '../../../activities/settle/settle.ts';
import { takeBack } from '../../../activities/survey/reclaim.ts';
import { retryTask } from '../../../client/retry.ts';
import { loadConfig } from '../../../config/load.ts';
import { NO_PAST } from '../../../domain/attempt/follow.ts';
import type { TinyTask } from '../../../tinytask/client.ts';
import { callTinyTask } from '../../chaos/tinytask-calls.ts';
import { startHoldingProxy } from '../../support/holding-proxy.ts';
import { client, embeddedTinyTask } from '../../support/tinytask.ts';

/** Longer than what was read is acted on. */
const TOO_LONG_MS = 5_200;

interface Stand {
  endpoint: string;
  /** As the writer knows it: its answers can be kept back. */
  slow: TinyTask;
  /** The same TinyTask, as others use it. */
  direct: TinyTask;
  proxy: Awaited<ReturnType<typeof startHoldingProxy>>;
  task: { id: number; createdAt: string };
}

/** A task of ada's in this status, and two ways to its TinyTask. */
async function stand(status: 'idle' | 'working'): Promise<Stand> {
  const { endpoint } = await embeddedTinyTask();
  const proxy = await startHoldingProxy(endpoint);
  const direct = client(endpoint);
  const created = await direct.create({ title: 'a', createdBy: 'test', assignedTo: 'ada' });
  if (status === 'working') await direct.update(created.id, { status });
  const { id, createdAt } = created;
  return { endpoint, slow: client(proxy.endpoint), direct, proxy, task: { id, createdAt } };
}

/** A server that knows no run. */
const NO_RUNS = {
  workflow: {
    getHandle: (id: string) => ({
      describe: () => Promise.reject(new WorkflowNotFoundError('none', id, undefined)),
    }),
    signalWithStart: async () => {},
  },
} as unknown as Client;

const settling = ({ slow, task }: Stand) =>
  settleActivities({
    client: NO_RUNS,
    tinytask: slow,
    config: loadConfig({ env: {}, cwd: '/' }).config,
    tell: () => {},
  }).settle({
    task,
    agent: 'ada',
    number: 1,
    runId: 'run',
    ended: { taskId: task.id, state: 'ended', agent: 'ada' },
    decided: { past: NO_PAST, follow: { next: 'again' } },
    policy: { maxAttempts: 3, backOffMs: 1, backOffMaxMs: 1, maxWorkerLosses: 5, maxRunsInARow: 20 },
    result: {
      verdict: { kind: 'cancelled', reason: 'the worker was shut down' },
      ...{ claimed: true, log: null, host: 'box', seconds: 1, turns: 1, tokens: null },
    },
  });

const takingBack = ({ slow, task }: Stand) =>
  takeBack(
    slow,
    task.id,
    {
      ...{ runId: 'run', agent: 'ada', createdAt: task.createdAt, inOrder: false, mayHaveClaimed: true },
      closedAtMs: Date.now(),
      heartbeatTimeoutMs: 3_600_000,
    },
    Date.now() + 3_600_000,
  );

const byHand = ({ slow, task }: Stand) => retryTask({ client: NO_RUNS, tinytask: slow }, task.id);

/** With the tool whose answer is kept back. */
const WRITERS: [
  name: string,
  status: 'idle' | 'working',
  tool: string,
  write: (stand: Stand) => Promise<unknown>,
][] = [
  ['the claim', 'idle', 'get_task', ({ slow, task }) => claim(slow, { task, agent: 'ada', assignee: null })],
  ['the settlement', 'working', 'get_task', settling],
  ['taking back', 'working', 'get_task', takingBack],
  ['taking back by hand', 'working', 'get_task', byHand],
];

// All writers at once, since each has to wait until what it read is too old.
describe('what was read too long ago is not written by', () => {
  test('a writer whose read is answered late', async () => {
    const late = WRITERS.map(async ([name, status, firstAnswer, write]) => {
      const it = await stand(status);
      const answered = it.proxy.holdAnswer(firstAnswer);
      const writing = write(it).catch((error: Error) => error.message);
      const letGo = await answered;
      // Elsewhere it goes on meanwhile.
      await it.direct.update(it.task.id, { status: 'complete' });
      await sleep(TOO_LONG_MS);
      letGo();
      const said = JSON.stringify(await writing);
      expect(said, name).toMatch(/it was read \d+ s ago/);
      expect((await it.direct.get(it.task.id))?.status, name).toBe('complete');
      expect(it.proxy.passed, name).not.toContain('update_task');
    });
    await Promise.all(late);
  });

  test('a writer whose write is sent again', async () => {
    const late = WRITERS.map(async ([name, status, , write]) => {
      const it = await stand(status);
      const sent = it.proxy.holdCall('update_task');
      const writing = write(it).catch((error: Error) => error);
      const breakOff = await sent;
      await it.direct.update(it.task.id, { status: 'complete' });
      await sleep(TOO_LONG_MS);
      breakOff();
      await writing;
      expect((await it.direct.get(it.task.id))?.status, name).toBe('complete');
      expect(it.proxy.passed, name).not.toContain('update_task');
    });
    await Promise.all(late);
  });
});

describe('a claim without a TinyTask', () => {
  test('that is down is its trouble, and nothing was claimed', async () => {
    const { direct, task } = await stand('idle');
    const nobody = client('http://127.0.0.1:9');
    expect(await claim(nobody, { task, agent: 'ada', assignee: null })).toEqual({
      verdict: { kind: 'tinytask-unavailable', reason: expect.stringContaining('does not answer') },
      claimed: false,
    });
    expect((await direct.get(task.id))?.status).toBe('idle');
  });

  test('that takes the write and does not answer: it may be claimed', async () => {
    const { proxy, task } = await stand('idle');
    const hasty = client(proxy.endpoint, 500);
    const answered = proxy.holdAnswer('update_task');
    const claiming = claim(hasty, { task, agent: 'ada', assignee: null });
    await answered;
    expect(await claiming).toMatchObject({ verdict: { kind: 'tinytask-unavailable' }, claimed: true });
  });

  test('that has the task no more: it was deleted between the read and the write', async () => {
    const { slow, endpoint, proxy, task } = await stand('idle');
    const answered = proxy.holdAnswer('get_task');
    const claiming = claim(slow, { task, agent: 'ada', assignee: null });
    const letGo = await answered;
    await callTinyTask(endpoint, 'delete_task', { id: task.id });
    letGo();
    expect(await claiming).toMatchObject({
      verdict: { kind: 'not-ours', reason: expect.stringContaining('deleted') },
    });
  });
});
