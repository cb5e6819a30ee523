import type { OpenTask, TaskFilter, TaskPhase } from '../contract/listings.ts';
import { TASK_PHASES } from '../contract/listings.ts';
import type { RunLine, Waits } from '../contract/status.ts';
import { compareRank, countWaits, type Rank, rankOf } from '../domain/rank.ts';
import { semaphoreName } from '../domain/semaphore-id.ts';
import type { Task } from '../domain/task.ts';
import type { KnownRun } from '../temporal/runs.ts';
import { schedulerError } from '../words/errors.ts';
import { poolOfTask } from './pool-of-task.ts';
import { readSnapshot, type Snapshot, type SnapshotDeps } from './snapshot.ts';
import { runLines, waitingOf } from './status.ts';

/**
 * Open tasks and where each is: first what runs, then what waits for a slot, in the order in which they get one.
 * @throws `no-such-agent` @throws `no-such-queue` @throws what TinyTask fails with
 */
export async function readOpenTasks(deps: SnapshotDeps, filter: TaskFilter): Promise<OpenTask[]> {
  const snapshot = await readSnapshot(deps);
  const [failed] = snapshot.problems.flatMap((problem) => (problem.what === 'failed' ? [problem] : []));
  if (failed !== undefined) throw schedulerError(failed.failure);
  const all = openTasks(snapshot, deps.config.heartbeatTimeoutMs);
  refuseUnknown(filter, all, snapshot);
  return filtered(all, filter);
}

/** @param silentMs a goose host that was not heard of for so long is gone */
export function openTasks(snapshot: Snapshot, silentMs: number): OpenTask[] {
  const runs = new Map(runLines(snapshot, silentMs).map((run) => [run.taskId, run]));
  const known = new Map(snapshot.runs.map((run) => [run.taskId, run]));
  const reasons = reasonsOf(snapshot);
  const poolOf = poolOfTask(snapshot.agents);
  const queueOfRun = (taskId: number) => {
    const memo = known.get(taskId)?.memo;
    const whose = memo ? semaphoreName(memo.semaphore) : undefined;
    return whose !== undefined && 'queue' in whose ? whose.queue : undefined;
  };
  const ranks = ranksOf(snapshot);
  const rankIn = ({ taskId }: OpenTask) => ranks.get(taskId) as Rank;
  const lines = snapshot.tasks.map((task) => {
    const pool = queueOfRun(task.id) ?? poolOf(task);
    const about = { pool, run: runs.get(task.id), waits: reasons.get(task.id), known: known.get(task.id) };
    return openTask(task, about, snapshot.inForce.blockingDisabled);
  });
  return lines.sort((a, b) => orderOf(a) - orderOf(b) || compareRank(rankIn(a), rankIn(b)));
}

/** Those for which all holds that is named. */
export function filtered(tasks: readonly OpenTask[], filter: TaskFilter): OpenTask[] {
  const { phase, agent, pool, sinceMs } = filter;
  return tasks.filter(
    (task) =>
      (phase === undefined || task.phase === phase) &&
      (agent === undefined || task.agent === agent) &&
      (pool === undefined || task.pool === pool) &&
      (sinceMs === undefined || (task.addedMs !== null && task.addedMs >= sinceMs)),
  );
}

/** What the planner says, by task. */
export function reasonsOf({ planned }: Snapshot): Map<number, Waits> {
  if (planned === undefined) return new Map();
  return new Map(
    [...planned.inLine, ...waitingOf(planned)].map(({ taskId, reason, still }) => [
      taskId,
      { reason, ...(still && { still }) },
    ]),
  );
}

/** Whether it is other tasks that keep a task. */
export function waitsForTasks(waits: Waits | undefined): boolean {
  const why = waits?.reason.why;
  return why === 'blocked' || why === 'cycle' || why === 'open-subtasks';
}

interface About {
  pool: string | null;
  run: RunLine | undefined;
  waits: Waits | undefined;
  known: KnownRun | undefined;
}

function openTask(task: Task, { pool, run, waits, known }: About, blockingDisabled: boolean): OpenTask {
  const { id: taskId, title, queue, assignedTo, priority, createdAt } = task;
  const addedMs = Date.parse(createdAt);
  return {
    ...{ taskId, title, queue, pool, priority },
    agent: run?.agent ?? assignedTo,
    addedMs: Number.isNaN(addedMs) ? null : addedMs,
    phase: run?.state ?? phaseBy(waits),
    run: run ?? null,
    waits: run === undefined ? (waits ?? null) : (run.waits ?? null),
    blockedBy: blockingDisabled ? subtasksIn(waits) : [...blockerOf(task), ...subtasksIn(waits)],
    sinceMs: run === undefined ? sinceAdded(task) : sinceOf(run, known),
  };
}

function blockerOf({ isCurrentlyBlocked, blockedByTaskId }: Task): number[] {
  return isCurrentlyBlocked && blockedByTaskId !== null ? [blockedByTaskId] : [];
}

function subtasksIn(waits: Waits | undefined): number[] {
  return [waits?.reason, waits?.still].flatMap((reason) =>
    reason?.why === 'open-subtasks' ? reason.ids : [],
  );
}

/** Of a task without a run, which waits since it was added only where nothing was changed since then and nothing blocked it. */
function sinceAdded({ createdAt, updatedAt, blockedByTaskId, isCurrentlyBlocked }: Task): number | null {
  const isAsItWas = createdAt === updatedAt && (blockedByTaskId === null || isCurrentlyBlocked);
  const addedMs = Date.parse(createdAt);
  return isAsItWas && !Number.isNaN(addedMs) ? addedMs : null;
}

/** As far as the server tells without asking the run itself. */
function sinceOf(
  { state, attempt: number, parkedBefore, sinceMs }: RunLine,
  known?: KnownRun,
): number | null {
  const attempt = known?.attempt;
  switch (state) {
    case 'running':
      return attempt?.startedAtMs ?? null;
    case 'waiting-for-host':
      return attempt?.sentAtMs ?? null;
    case 'interrupted':
      return attempt?.heardAtMs ?? null;
    case 'waiting-for-slot':
      // One that has run before, or rested, came back into the line at a time that only it knows.
      return number === 0 && parkedBefore === undefined ? sinceMs : null;
    case 'backing-off':
    case 'parked':
      return null;
  }
}

function phaseBy(waits: Waits | undefined): TaskPhase {
  if (waitsForTasks(waits)) return 'blocked';
  return waits?.reason.why === 'working-elsewhere' ? 'working-elsewhere' : 'waiting';
}

/** Those that wait for a slot have one order, whether they have a run already or get one when it is their turn. */
function orderOf({ phase }: OpenTask): number {
  return TASK_PHASES.indexOf(phase === 'waiting' ? 'waiting-for-slot' : phase);
}

/** As the planner has them. */
function ranksOf({ tasks, inForce, planInput }: Snapshot): ReadonlyMap<number, Rank> {
  const waits = countWaits(inForce.blockingDisabled ? [] : tasks);
  const first = new Set(planInput?.first);
  return new Map(tasks.map((task) => [task.id, rankOf(task, waits, first)]));
}

/** A name that nothing has is more likely mistyped than without a task. */
function refuseUnknown({ agent, pool }: TaskFilter, tasks: readonly OpenTask[], { agents }: Snapshot): void {
  const names = agents.map(({ name }) => name);
  if (agent !== undefined && !names.includes(agent) && !tasks.some((task) => task.agent === agent))
    throw schedulerError({ code: 'no-such-agent', agent, known: names.sort() });
  const queues = [...new Set(agents.flatMap(({ queue }) => queue ?? []))];
  if (pool !== undefined && !queues.includes(pool) && !tasks.some((task) => task.pool === pool))
    throw schedulerError({ code: 'no-such-queue', queue: pool, known: queues.sort() });
}
