import type { Look } from '../../contract/listings.ts';
import type { NotStarted } from './conditions.ts';

/** The scheduler looks at once when something changes; a claim, a new host or a busy server take some seconds. */
const PATIENCE_MS = 20_000;

/**
 * Remembers since when tasks could start beside free slots. One look cannot tell that: what may start is started a moment
 * later. So it is told only of tasks that several looks have shown so.
 */
export class NotStartedYet {
  #seen = new Map<number, number>();
  #lookedMs = Number.NEGATIVE_INFINITY;

  /** With one more look. Undefined: all that could start has not waited for long, as far as is known. */
  after({ status, tasks, atMs }: Look): NotStarted | undefined {
    // Between two looks that are far apart a task may have run, and be idle again; or the clock was set back.
    const areApart = Math.abs(atMs - this.#lookedMs) > PATIENCE_MS;
    if (areApart) this.#seen.clear();
    // A look that was shared by others may come after a newer one.
    this.#lookedMs = areApart ? atMs : Math.max(atMs, this.#lookedMs);
    const due = (status.scheduler === 'running' ? (tasks ?? []) : []).flatMap(({ taskId, waits }) =>
      waits?.reason.why === 'starting' || waits?.reason.why === 'slot-due' ? [taskId] : [],
    );
    this.#seen = new Map(due.map((taskId) => [taskId, this.#seen.get(taskId) ?? atMs]));
    const late = [...this.#seen.values()].filter((sinceMs) => atMs - sinceMs >= PATIENCE_MS);
    return late.length === 0 ? undefined : { count: late.length, sinceMs: Math.min(...late) };
  }
}
