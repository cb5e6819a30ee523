import type { Task } from '../task.ts';
import { type OpenRun, tasksOf } from './input.ts';

/** Task id -> the change of the task that its run was told of last, for as long as the task is so. */
export type ToldChanges = Record<string, string>;

export interface Changes {
  /** Task ids of the runs to tell now. */
  changed: number[];
  toldChanges: ToldChanges;
  /** More runs are to be told than may be in one go. */
  more: boolean;
}

/** What a survey knows besides the tasks. */
interface Seen {
  /** It is a full pass. */
  full: boolean;
  /** Tasks whose run is in line where it may not stay. */
  misplaced: ReadonlySet<number>;
  /** Task id -> `created_at` of the task that its run is about; full passes only. */
  createdAt?: ReadonlyMap<number, string> | undefined;
}

const GONE = 'gone';
const MISPLACED = 'misplaced';
/** Only a full pass can tell; until then what was known holds. */
const UNKNOWN = undefined;

/**
 * Open runs whose task has changed since they were told last. Each change is told once: whether the task is still its
 * business is for the run to decide. While goose runs, its host watches the task. That the task of an active run is missing
 * counts only on full passes, since mostly it has just been completed.
 *
 * @param about.most how many may be told in one pass; the rest is found again by the next
 */
export function changedTasks(
  tasks: readonly Task[],
  runs: readonly OpenRun[],
  about: Seen & { toldChanges: Readonly<ToldChanges>; most: number },
): Changes {
  const byId = tasksOf(runs, tasks);
  const changes: Changes = { changed: [], toldChanges: {}, more: false };
  for (const run of runs) {
    const before = about.toldChanges[run.taskId] ?? null;
    const now = changeOf(byId.get(run.taskId), run, before, about);
    let known = before;
    if (now !== UNKNOWN && now !== before) {
      if (changes.changed.length === about.most) changes.more = true;
      else {
        changes.changed.push(run.taskId);
        known = now;
      }
    }
    if (known !== null) changes.toldChanges[run.taskId] = known;
  }
  return changes;
}

/** What has become of a run's task, where that may concern it; null: nothing. */
function changeOf(
  task: Task | undefined,
  run: OpenRun,
  before: string | null,
  { full, misplaced, createdAt }: Seen,
): string | null | undefined {
  if (task === undefined) return full || run.state !== 'active' ? GONE : UNKNOWN;
  // TinyTask was reset, and another task has the id now.
  const another = `made ${task.createdAt}`;
  if ((createdAt?.get(task.id) ?? task.createdAt) !== task.createdAt) return another;
  // Only full passes know which task the run is about, so what one has found holds until the next.
  if (!full && before === another) return another;
  if (run.state === 'active' && task.status !== 'idle') return null;
  if (misplaced.has(task.id)) return MISPLACED;
  if (task.assignedTo === null || task.assignedTo === (run.wants ?? run.agent)) return null;
  return `to ${task.assignedTo}`;
}
