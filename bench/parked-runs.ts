import type { Client } from '@temporalio/client';
import { AGENT, PHASE, POOL, QUEUE, TASK_ID } from '../contract/attributes.ts';
import { MAIN_QUEUE, taskWorkflowId } from '../contract/ids.ts';
import type { Memos } from '../contract/memos.ts';
import type { RunInput } from '../contract/run.ts';
import { RUN_TASK, type Workflows } from '../contract/workflows.ts';
import { poolId } from '../domain/semaphore-id.ts';
import type { Task } from '../domain/task.ts';

const AT_A_TIME = 50;
const PAST = { number: 3, used: 3, lost: 0, unfinished: 0, outages: 0 };
const REASON = 'goose ended with exit code 1: the model refused the request';
const RESTS = { phase: 'parked', reason: REASON, retried: false } as const;

/** Starts runs as they go on after they have parked and continued as new: each is parked, with three attempts behind it. */
export async function startParked(client: Client, tasks: readonly Task[]): Promise<void> {
  for (let at = 0; at < tasks.length; at += AT_A_TIME)
    await Promise.all(tasks.slice(at, at + AT_A_TIME).map((task) => startOne(client, task)));
}

async function startOne(client: Client, task: Task): Promise<void> {
  const semaphore = poolId(task.queue ?? '');
  const { id, createdAt, priority } = task;
  const rank = { first: false, dependents: 0, priority, createdAt, id };
  const known = { semaphore, wants: null, rank, rankedAtMs: Date.now(), past: PAST };
  const input: RunInput = {
    ...{ ...known, task: { id, createdAt }, queue: task.queue, pool: task.queue },
    ...{ assignee: task.assignedTo, assignedByUs: true, notBeforeMs: 0, settings: SETTINGS },
    verdict: 'agent-failed',
    resume: { ...RESTS, ...(task.assignedTo !== null && { agent: task.assignedTo }) },
  };
  const memo: Memos['runTask'] = {
    run: { ...known, createdAt, heartbeatTimeoutMs: 45_000, why: REASON, verdict: 'agent-failed' },
  };
  await client.workflow.start<Workflows['runTask']>(RUN_TASK, {
    ...{ workflowId: taskWorkflowId(id), taskQueue: MAIN_QUEUE, args: [input], memo },
    typedSearchAttributes: [
      { key: POOL, value: semaphore },
      { key: TASK_ID, value: String(id) },
      { key: PHASE, value: 'parked' },
      { key: AGENT, value: task.assignedTo ?? '' },
      { key: QUEUE, value: task.queue ?? '' },
    ],
  });
}

const SETTINGS: RunInput['settings'] = {
  ...{ maxRuntimeMs: 3_600_000, killGraceMs: 10_000, heartbeatTimeoutMs: 45_000 },
  ...{ maxAttempts: 3, backOffMs: 60_000, backOffMaxMs: 3_600_000, maxWorkerLosses: 3, maxRunsInARow: 5 },
};
