import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import { inBatches } from '../../contract/in-batches.ts';
import type { RunResult } from '../../contract/run.ts';
import { decideReclaim, type LastRun, type ReclaimDecision } from '../../domain/attempt/reclaim.ts';
import type { OpenRun } from '../../domain/plan/plan.ts';
import type { Task, TaskRef } from '../../domain/task.ts';
import { type KnownRun, lastRunOf, lingersMs } from '../../temporal/runs.ts';
import { runBefore, wasReset } from '../../temporal/was-reset.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { commentOnce } from '../../tinytask/comment.ts';
import { beginReading } from '../../tinytask/reading.ts';
import type { Tell } from '../events.ts';

/** Tasks whose last run is read at the same time. */
const AT_A_TIME = 25;

type Look = { client: Client; config: Pick<Config, 'heartbeatTimeoutMs'> };

interface Left {
  decision: ReclaimDecision;
  /** Undefined where there was none. */
  last: (LastRun & { runId: string }) | undefined;
}

/** What is to be done with a `working` task that no open run of ours has, and its last run. `nowMs`: by the server's clock. */
async function lookAtLeft({ client, config }: Look, task: Task, nowMs: number): Promise<Left> {
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
function claimOf(run: KnownRun, config: Look['config']) {
  const { runId, agent, closedAtMs, memo } = run;
  const heartbeatTimeoutMs = lingersMs(run, config.heartbeatTimeoutMs);
  return { runId, agent, closedAtMs, createdAt: memo?.createdAt ?? null, heartbeatTimeoutMs };
}

/**
 * Task id -> when the next full pass may take it back, in milliseconds since the epoch, for the tasks that a run of ours
 * left `working`. Changes nothing.
 */
export async function toBeTakenBack(
  look: Look,
  tasks: readonly Task[],
  runs: readonly OpenRun[],
): Promise<Record<string, number>> {
  const withRun = new Set(runs.map((run) => run.taskId));
  const left = tasks.filter((task) => task.status === 'working' && !withRun.has(task.id));
  const decisions = await inBatches(
    left,
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

/** Takes back the tasks that a run of ours left `working` when it was ended from outside. `now`: the server's clock. */
export async function reclaim(
  deps: { client: Client; tinytask: TinyTask; config: Config; tell: Tell },
  tasks: readonly Task[],
  runs: readonly OpenRun[],
  errors: string[],
  now: () => number,
): Promise<{ tasks: Task[]; reclaimed: number; ending: Record<string, number> }> {
  const withRun = new Set(runs.map((run) => run.taskId));
  const ending: Record<string, number> = {};
  let reclaimed = 0;
  const after: Task[] = [];
  for (const task of tasks) {
    after.push(task);
    if (task.status !== 'working' || withRun.has(task.id)) continue;
    const { decision, last } = await lookAtLeft(deps, task, now());
    if (decision.do === 'wait') ending[String(task.id)] = decision.untilMs;
    if (decision.do !== 'reclaim' || last === undefined) continue;
    try {
      const taken = await takeBack(deps.tinytask, task.id, last, now());
      if (taken === undefined) continue;
      after[after.length - 1] = taken;
      reclaimed += 1;
      deps.tell({ what: 'reclaimed', taskId: task.id, agent: last.agent ?? '', runId: last.runId });
    } catch (error) {
      errors.push(
        `task ${task.id} could not be reclaimed: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
  return { tasks: after, reclaimed, ending };
}

/** A reset run that did nothing to its task leaves it as it was: claimed by the run before it. */
async function leftUndone(client: Client, { workflowId, runId }: KnownRun): Promise<boolean> {
  const { end } = (await client.workflow.getHandle(workflowId, runId).result()) as RunResult;
  return end === 'left-line' || end === 'untouched';
}

/**
 * Takes back the task of a reset run, where the run before it, which was at an attempt, has left it `working`, and nothing
 * of that one can live any more.
 */
export async function takeBackAfterReset(
  { tinytask, config }: { tinytask: TinyTask; config: Look['config'] },
  ref: TaskRef,
  before: KnownRun,
  nowMs: number,
): Promise<void> {
  const { createdAt } = ref;
  const last = { ...claimOf(before, config), createdAt, inOrder: false, mayHaveClaimed: true };
  await takeBack(tinytask, ref.id, last, nowMs);
}

export async function takeBack(
  tinytask: TinyTask,
  taskId: number,
  last: LastRun & { runId: string },
  nowMs: number,
): Promise<Task | undefined> {
  const mayWrite = beginReading();
  const task = await tinytask.get(taskId);
  if (task === undefined || decideReclaim(task, last, nowMs).do !== 'reclaim') return undefined;
  await commentOnce(
    tinytask,
    task.id,
    `${last.runId}/reclaimed`,
    'Its run was ended from outside before it could write back. The task is idle again; part of the work may be done.',
  );
  return tinytask.update(task.id, { status: 'idle' }, mayWrite);
}
