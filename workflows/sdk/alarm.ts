import { sleep } from '@temporalio/workflow';

export const NEVER = Number.POSITIVE_INFINITY;

/**
 * Wakes a workflow's loop. A timer is kept when a later moment is set: it wakes the loop for nothing, which costs less than a new
 * timer each time.
 */
export class Alarm {
  #ringsAtMs = NEVER;
  readonly #state: { work: boolean };

  constructor(state: { work: boolean }) {
    this.#state = state;
  }

  /** @param atMs in milliseconds since the epoch */
  set(atMs: number): void {
    if (atMs >= this.#ringsAtMs) return;
    this.#ringsAtMs = atMs;
    void sleep(Math.max(1, atMs - Date.now())).then(() => {
      if (this.#ringsAtMs === atMs) this.#ringsAtMs = NEVER;
      this.#state.work = true;
    });
  }
}
