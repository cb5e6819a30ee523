import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { claim } from '../../../activities/attempt/claim.ts';
import { callOff } from '../../../activities/occurrence/call-off.ts';
import { tidyUp } from '../../../activities/occurrence/task.ts';
import { settleActivities } from '../../../activities/settle/settle.ts';
import { takeBack } from '../../../activities/survey/reclaim.ts';
import { removeTask } from '../../../client/remove-task.ts';
import { retryTask } from '../../../client/retry.ts';
import { loadConfig } from '../../../config/load.ts';
import { occurrenceTag } from '../../../contract/ids.ts';
import { NO_PAST } from '../../../domain/attempt/follow.ts';
import type { TinyTask } from '../../../tinytask/client.ts';
import { AUTHOR } from '../../../tinytask/comment.ts';
import type { NewTask } from '../../../tinytask/task-arguments.ts';
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

const OF_ADA: NewTask = { title: 'a', createdBy: 'test', assignedTo: 'ada' };
const OCCURRENCE = 'occurrence-nightly-2026-11-26T02:00:00Z';
const STRAY: NewTask = { title: 'a', createdBy: AUTHOR, tags: [occurrenceTag(OCCURRENCE)] };

/** A task in this status, and two ways to its TinyTask. */
async function stand(status: 'idle' | 'working', made: NewTask = OF_ADA): Promise<Stand> {
  const { endpoint } = await embeddedTinyTask();
  const proxy = await startHoldingProxy(endpoint);
  const direct = client(endpoint);
  const created = await direct.create(made);
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

interface Writer {
  name: string;
  status: 'idle' | 'working';
  write: (stand: Stand) => Promise<unknown>;
  /** The tool with which it writes. */
  tool: 'update_task' | 'archive_task';
  /** The task, where it is none of ada's. */
  made?: NewTask;
}

const WRITERS: Writer[] = [
  {
    ...{ name: 'the claim', status: 'idle', tool: 'update_task' },
    write: ({ slow, task }) => claim(slow, { task, agent: 'ada', assignee: null }),
  },
  { name: 'the settlement', status: 'working', tool: 'update_task', write: settling },
  { name: 'taking back', status: 'working', tool: 'update_task', write: takingBack },
  { name: 'taking back by hand', status: 'working', tool: 'update_task', write: byHand },
  {
    ...{ name: 'calling off', status: 'working', tool: 'archive_task' },
    write: ({ slow, task }) => callOff({ client: NO_RUNS, tinytask: slow }, task, 'cancelled by hand'),
  },
  {
    ...{ name: 'removing', status: 'idle', tool: 'archive_task' },
    write: ({ slow, task }) => removeTask({ client: NO_RUNS, tinytask: slow }, task.id),
  },
  {
    ...{ name: 'tidying up', status: 'idle', tool: 'archive_task', made: STRAY },
    write: ({ slow }) => tidyUp(slow, OCCURRENCE, { id: 999, createdAt: '' }),
  },
];

// All writers at once, since each has to wait until what it read is too old.
describe('what was read too long ago is not written by', () => {
  test('a writer whose read is answered late', async () => {
    const late = WRITERS.map(async ({ name, status, write, made }) => {
      const it = await stand(status, made);
      const answered = it.proxy.holdAnswer('get_task');
      const writing = write(it).catch((error: Error) => error.message);
      const letGo = await answered;
      // Elsewhere it goes on meanwhile.
      await it.direct.update(it.task.id, { status: 'complete' });
      await sleep(TOO_LONG_MS);
      letGo();
      const said = JSON.stringify(await writing);
      expect(said, name).toMatch(/it was read \d+ s ago/);
      await untouched(it, name);
      expect(it.proxy.passed, name).not.toContain('add_comment');
    });
    await Promise.all(late);
  });

  test('a writer whose write is sent again', async () => {
    const late = WRITERS.map(async ({ name, status, write, tool, made }) => {
      const it = await stand(status, made);
      const sent = it.proxy.holdCall(tool);
      const writing = write(it).catch((error: Error) => error);
      const breakOff = await sent;
      await it.direct.update(it.task.id, { status: 'complete' });
      await sleep(TOO_LONG_MS);
      breakOff();
      await writing;
      await untouched(it, name);
    });
    await Promise.all(late);
  });
});

/** What others have made of the task stands. */
async function untouched({ direct, proxy, task }: Stand, name: string): Promise<void> {
  expect(await direct.get(task.id), name).toMatchObject({ status: 'complete', archivedAt: null });
  for (const tool of ['update_task', 'archive_task']) expect(proxy.passed, name).not.toContain(tool);
}

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
