import type { Task } from '../task.ts';
import type { OpenRun } from './input.ts';

/** Task id -> what the task's run was last told that has become of it, for as long as that is so. */
export type Told = Record<string, string>;

export interface Changes {
  /** Task ids of the runs to tell now. */
  changed: number[];
  told: Told;
  /** More runs are to be told than may be in one go. */
  more: boolean;
}

/** What a look has seen besides the tasks. */
interface Seen {
  /** Everything was looked at. */
  full: boolean;
  /** Tasks whose run is in line where it may not stay. */
  misplaced: ReadonlySet<number>;
  /** Task id -> `created_at` of the task that its run is about; full looks only. */
  createdAt?: ReadonlyMap<number, string> | undefined;
}

const GONE = 'gone';
const MISPLACED = 'misplaced';
/** Known when everything is looked at only; until then it is as it was. */
const UNKNOWN = undefined;

/**
 * Open runs whose task is not as it was when they were told last. Each change is told once: a run decides by itself
 * whether its task is still its business, and what it makes of a change is not known here. While goose runs, its host
 * watches the task itself; a missing task of an active run is looked into on full passes only, since it usually has just
 * been completed.
 *
 * @param most how many may be told in one go; the rest is found again
 */
export function changedTasks(
  tasks: readonly Task[],
  runs: readonly OpenRun[],
  about: Seen & { told: Readonly<Told>; most: number },
): Changes {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const changes: Changes = { changed: [], told: {}, more: false };
  for (const run of runs) {
    const before = about.told[run.taskId] ?? null;
    const now = changeOf(byId.get(run.taskId), run, before, about);
    let known = before;
    if (now !== UNKNOWN && now !== before) {
      if (changes.changed.length === about.most) changes.more = true;
      else {
        changes.changed.push(run.taskId);
        known = now;
      }
    }
    if (known !== null) changes.told[run.taskId] = known;
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
  // TinyTask was reset: another task has the id now.
  const another = `made ${task.createdAt}`;
  if ((createdAt?.get(task.id) ?? task.createdAt) !== task.createdAt) return another;
  // Of which task a run is about only full passes know.
  if (!full && before === another) return another;
  if (run.state === 'active' && task.status !== 'idle') return null;
  if (misplaced.has(task.id)) return MISPLACED;
  if (task.assignedTo === null || task.assignedTo === (run.wants ?? run.agent)) return null;
  return `to ${task.assignedTo}`;
}
