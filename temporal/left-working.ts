import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import { inBatches } from '../contract/in-batches.ts';
import type { RunResult } from '../contract/run.ts';
import { decideReclaim, type LastRun, type ReclaimDecision } from '../domain/attempt/reclaim.ts';
import type { OpenRun } from '../domain/plan/input.ts';
import type { Task } from '../domain/task.ts';
import { type KnownRun, lastRunOf, lingersMs } from './runs.ts';
import { runBefore, wasReset } from './was-reset.ts';

/** Tasks whose last run is read at the same time. */
export const AT_A_TIME = 25;

export type LookupDeps = { client: Client; config: Pick<Config, 'heartbeatTimeoutMs'> };

export interface Left {
  decision: ReclaimDecision;
  /** Undefined where there was none. */
  last: (LastRun & { runId: string }) | undefined;
}

/** What is to be done with a `working` task that no open run of ours has, and its last run. `nowMs`: by the server's clock. */
export async function lookAtLeft({ client, config }: LookupDeps, task: Task, nowMs: number): Promise<Left> {
  const run = await lastRunOf(client, task.id);
  if (run === undefined || run.closedAtMs === null) return { decision: { do: 'leave' }, last: undefined };
  let asked: Promise<boolean> | undefined;
  const isReset = () => {
    asked ??= wasReset(client, run);
    return asked;
  };
  const isOwnClaim = run.agent === task.assignedTo;
  // A reset run does not know whom the run before it had a slot of.
  const before = !isOwnClaim && (await isReset()) ? await runBefore(client, run) : undefined;
  const last = {
    ...claimOf(run, config),
    agent: before?.agent === task.assignedTo ? task.assignedTo : run.agent,
    inOrder: run.inOrder && !((await isReset()) && (await leftUndone(client, run))),
    mayHaveClaimed: run.inOrder || run.phase === 'running' || (await isReset()),
  };
  return { decision: decideReclaim(task, last, nowMs), last };
}

/** What is known of the claim of a run, as decideReclaim asks. */
export function claimOf(run: KnownRun, config: LookupDeps['config']) {
  const { runId, agent, closedAtMs, memo } = run;
  const heartbeatTimeoutMs = lingersMs(run, config.heartbeatTimeoutMs);
  return { runId, agent, closedAtMs, createdAt: memo?.createdAt ?? null, heartbeatTimeoutMs };
}

/**
 * Task id -> when the next full pass may take it back, in milliseconds since the epoch, for the tasks that a run of ours
 * left `working`. Changes nothing.
 */
export async function toBeTakenBack(
  look: LookupDeps,
  tasks: readonly Task[],
  runs: readonly OpenRun[],
): Promise<Record<string, number>> {
  const decisions = await inBatches(
    mayBeLeft(tasks, runs),
    async (task) => [task.id, (await lookAtLeft(look, task, Date.now())).decision] as const,
    AT_A_TIME,
  );
  return Object.fromEntries(
    decisions.flatMap(([id, decision]) => {
      if (decision.do === 'leave') return [];
      return [[id, decision.do === 'wait' ? decision.untilMs : Date.now()]];
    }),
  );
}

/** The tasks that are `working` and have no open run of ours. One that is nobody's was left by no run: these assign theirs. */
export function mayBeLeft(tasks: readonly Task[], runs: readonly OpenRun[]): Task[] {
  const withRun = new Set(runs.map((run) => run.taskId));
  return tasks.filter(
    ({ id, status, assignedTo }) => status === 'working' && assignedTo !== null && !withRun.has(id),
  );
}

/** A reset run that did nothing to its task leaves it as it was: claimed by the run before it. */
async function leftUndone(client: Client, { workflowId, runId }: KnownRun): Promise<boolean> {
  const { end } = (await client.workflow.getHandle(workflowId, runId).result()) as RunResult;
  return end === 'left-line' || end === 'untouched';
}
