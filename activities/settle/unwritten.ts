import { setTimeout as sleep } from 'node:timers/promises';
import type { TinyTask } from '../../tinytask/client.ts';

/** Longer than a result ever takes to be written while its worker serves the workflows too. */
const WRITTEN_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Tasks whose goose has ended on this worker a short time ago: their runs may not have written back yet what came of it,
 * for which they need a worker. One that ended of its own accord just before a shutdown needs it as much as one that
 * the shutdown has stopped.
 */
export class Unwritten {
  /** When each ended, by the monotonic clock, by task. */
  readonly #ended = new Map<number, number>();
  #interrupted = false;

  ended(taskId: number, byShutdown: boolean): void {
    const now = performance.now();
    for (const [id, atMs] of this.#ended) if (now - atMs > WRITTEN_WITHIN_MS) this.#ended.delete(id);
    this.#ended.set(taskId, now);
    this.#interrupted ||= byShutdown;
  }

  /**
   * Waits until none of them is `working` any more, or TinyTask does not take it in time. Returns whether a run goes on
   * after that, since its goose was interrupted, or was only now written back.
   */
  async writtenBack(tinytask: TinyTask, withinMs: number): Promise<boolean> {
    const start = performance.now();
    let goesOn = this.#interrupted;
    const left = [...this.#ended].filter(([, atMs]) => start - atMs <= WRITTEN_WITHIN_MS).map(([id]) => id);
    for (let tasks = left; tasks.length > 0 && performance.now() - start < withinMs; ) {
      const states = await Promise.all(tasks.map((id) => tinytask.get(id).catch(() => undefined)));
      tasks = tasks.filter((_, at) => states[at] === undefined || states[at]?.status === 'working');
      if (tasks.length === 0) break;
      goesOn = true;
      await sleep(LOOK_EVERY_MS);
    }
    return goesOn;
  }
}
