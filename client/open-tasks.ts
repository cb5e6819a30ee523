import type { OpenTask, TaskFilter, TaskPhase } from '../contract/listings.ts';
import { TASK_PHASES } from '../contract/listings.ts';
import type { RunLine, Waits } from '../contract/status.ts';
import { semaphoreName } from '../domain/semaphore-id.ts';
import type { Task } from '../domain/task.ts';
import { schedulerError } from '../words/errors.ts';
import { poolOfTask } from './pool-of-task.ts';
import { readSnapshot, type Snapshot, type SnapshotDeps } from './snapshot.ts';
import { runLines, waitingOf } from './status.ts';

/**
 * Open tasks and where each is: first what runs, then what waits, the next one first.
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
  const memos = new Map(snapshot.runs.map(({ taskId, memo }) => [taskId, memo]));
  const reasons = reasonsOf(snapshot);
  const poolOf = poolOfTask(snapshot.agents);
  const queueOfRun = (taskId: number) => {
    const memo = memos.get(taskId);
    const whose = memo ? semaphoreName(memo.semaphore) : undefined;
    return whose !== undefined && 'queue' in whose ? whose.queue : undefined;
  };
  const places = new Map([...reasons.keys()].map((taskId, place) => [taskId, place]));
  const placeOf = ({ taskId }: OpenTask) => places.get(taskId) ?? -1;
  const lines = snapshot.tasks.map((task) => {
    const pool = queueOfRun(task.id) ?? poolOf(task);
    return openTask(task, { pool, run: runs.get(task.id), waits: reasons.get(task.id) });
  });
  return lines.sort(
    (a, b) => orderOf(a.phase) - orderOf(b.phase) || placeOf(a) - placeOf(b) || a.taskId - b.taskId,
  );
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

/** What the planner says, by task, in the order in which they would go. */
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
}

function openTask(task: Task, { pool, run, waits }: About): OpenTask {
  const { id: taskId, title, queue, assignedTo, priority, createdAt } = task;
  const addedMs = Date.parse(createdAt);
  return {
    ...{ taskId, title, queue, pool, priority },
    agent: run?.agent ?? assignedTo,
    addedMs: Number.isNaN(addedMs) ? null : addedMs,
    phase: run?.state ?? phaseBy(waits),
    run: run ?? null,
    waits: run === undefined ? (waits ?? null) : (run.waits ?? null),
  };
}

function phaseBy(waits: Waits | undefined): TaskPhase {
  if (waitsForTasks(waits)) return 'blocked';
  return waits?.reason.why === 'working-elsewhere' ? 'working-elsewhere' : 'waiting';
}

function orderOf(phase: TaskPhase): number {
  return TASK_PHASES.indexOf(phase);
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
