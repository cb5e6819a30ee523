import type { Client } from '@temporalio/client';
import { taskWorkflowId } from '../contract/ids.ts';
import { runStatus } from '../contract/messages.ts';
import type { RunResult } from '../contract/run.ts';
import type { TaskOutcome } from '../contract/status.ts';
import { ask } from '../temporal/query.ts';
import { type KnownRun, lastRunOf, lookAtRun } from '../temporal/runs.ts';

/**
 * Where a run of a task stands. What its last attempt came to is the run's own answer: without a worker that serves the
 * workflows there is only what the server knows, which is less.
 */
export async function outcomeOf(client: Client, taskId: number, runId?: string): Promise<TaskOutcome> {
  const run = await follow(client, taskId, runId);
  if (run === undefined) return { ...NOTHING, taskId, agent: null, runId: null, state: 'lost', tookMs: 0 };
  const base = { ...NOTHING, taskId, agent: run.agent, runId: run.runId };
  const tookMs = (run.closedAtMs ?? Date.now()) - run.startedAtMs;
  const isOver = run.closedAtMs !== null || run.phase === 'parked';
  if (!isOver) return { ...base, state: run.phase, attempts: run.memo?.past.number ?? 0, tookMs };

  const handle = client.workflow.getHandle(run.workflowId, run.runId);
  const said = await ask(client, run.workflowId, runStatus, { runId: run.runId });
  const last = {
    verdict: said?.last?.verdict ?? null,
    outcome: said?.last?.outcome ?? null,
    log: said?.last?.log ?? null,
    attempts: said?.attempt ?? run.memo?.past.number ?? 0,
  };
  if (run.closedAtMs === null) {
    return { ...base, ...last, state: 'parked', tookMs: (said?.sinceMs ?? Date.now()) - run.startedAtMs };
  }
  if (!run.inOrder) return { ...base, ...last, state: 'lost', tookMs };
  const { end, verdict, past } = (await handle.result()) as RunResult;
  return { ...base, ...last, state: 'ended', end, verdict, attempts: past.number, tookMs };
}

const NOTHING = { end: null, verdict: null, outcome: null, attempts: 0, log: null };

async function follow(client: Client, taskId: number, runId?: string): Promise<KnownRun | undefined> {
  const run = runId === undefined ? undefined : await lookAtRun(client, taskWorkflowId(taskId), runId);
  return run === undefined || run.continued ? lastRunOf(client, taskId) : run;
}
