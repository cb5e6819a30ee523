import type { Standing } from './decision.ts';
import type { Reason } from './reason.ts';

/** A task for which another one waits, and what it waits for in turn. */
export interface HangsOn {
  taskId: number;
  as: 'blocker' | 'subtask';
  /** Its reasons, the one that decides first; null: it is not among the open tasks. */
  reasons: readonly Reason[] | null;
  /** `told`: it was told of already, with what it hangs on. `loop`: it waits for the task that waits for it. */
  again?: 'told' | 'loop';
  on: HangsOn[];
  /** How many more it waits for, that are not told. */
  more?: number;
}

/** Deeper and wider than this nobody reads; a chain may be of 10,000 tasks. */
const DEPTH = 8;
const WIDTH = 5;
const MOST = 40;

/** The tasks that keep a task from starting, each told once. */
export function hangsOn(
  standings: ReadonlyMap<number, Standing>,
  taskId: number,
): Pick<HangsOn, 'on' | 'more'> {
  const told = new Set([taskId]);
  return below(taskId, [taskId]);

  function below(id: number, path: readonly number[]): Pick<HangsOn, 'on' | 'more'> {
    const waitsFor = waitedFor(standings.get(id)?.reasons ?? []);
    const on: HangsOn[] = [];
    for (const each of waitsFor.tasks) {
      const isNew = !told.has(each.taskId);
      if (on.length === WIDTH || path.length > DEPTH || (isNew && told.size > MOST)) break;
      const reasons = standings.get(each.taskId)?.reasons ?? null;
      if (isNew) {
        told.add(each.taskId);
        on.push({ ...each, reasons, ...below(each.taskId, [...path, each.taskId]) });
      } else on.push({ ...each, reasons, again: path.includes(each.taskId) ? 'loop' : 'told', on: [] });
    }
    const more = waitsFor.total - on.length;
    return { on, ...(more > 0 && { more }) };
  }
}

function waitedFor(reasons: readonly Reason[]): { tasks: Pick<HangsOn, 'taskId' | 'as'>[]; total: number } {
  // What a running task waits for does not keep it.
  if (reasons[0]?.why === 'running') return { tasks: [], total: 0 };
  const tasks: Pick<HangsOn, 'taskId' | 'as'>[] = [];
  let more = 0;
  for (const reason of reasons) {
    if (reason.why === 'blocked' && reason.by > 0) tasks.push({ taskId: reason.by, as: 'blocker' });
    if (reason.why !== 'open-subtasks') continue;
    tasks.push(...reason.ids.map((taskId) => ({ taskId, as: 'subtask' as const })));
    more += reason.more ?? 0;
  }
  return { tasks, total: tasks.length + more };
}
