import { setTimeout as sleep } from 'node:timers/promises';
import { EventLog } from '../../client/follow/event-log.ts';
import { RefusedError } from '../../contract/api.ts';
import { SchedulerError } from '../../contract/errors.ts';
import type { SharedLook } from '../link/shared-look.ts';
import { Listener } from './listener.ts';
import { asTold, type ToldBytes } from './told.ts';

const MOST_LISTENERS = 500;
/** Between two looks, and at least as long as the last one took. */
const LOOK_MS = 1_000;
const HEARTBEAT_MS = 15_000;
/** Whoever comes back later than this begins anew. */
const KEPT_MS = 300_000;

/**
 * Tells all clients what changes. One look serves all of them, and there is none while nobody listens. Events are a
 * convenience: whoever misses some gets a snapshot, and no event is needed to know how things are.
 */
export class Hub {
  readonly #look: SharedLook;
  readonly #listeners = new Set<Listener>();
  readonly #log = new EventLog<ToldBytes>({ tell: asTold, most: { events: 5_000, size: 4_000_000 } });
  #lookedMs = Number.NEGATIVE_INFINITY;
  #isLooking = false;

  constructor(look: SharedLook) {
    this.#look = look;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /**
   * A stream of events: what came after that id, or a snapshot and what comes then.
   * @param mayStay asked with each heartbeat
   * @throws RefusedError `too-many-streams`
   */
  open(lastId: string | null, mayStay: () => Promise<boolean>): Listener {
    if (this.#listeners.size >= MOST_LISTENERS)
      throw new RefusedError({ code: 'too-many-streams', most: MOST_LISTENERS });
    const beat = setInterval(() => {
      listener.send(Buffer.from(': heartbeat\n\n'));
      mayStay().then(
        (may) => may || listener.end(),
        () => listener.end(),
      );
    }, HEARTBEAT_MS);
    const listener = new Listener(this.#log.numberIn(lastId), () => {
      clearInterval(beat);
      this.#listeners.delete(listener);
    });
    listener.send(Buffer.from('retry: 2000\n\n'));
    this.#listeners.add(listener);
    if (this.#isLooking) this.#catchUp(listener, false);
    void this.#goOn();
    return listener;
  }

  close(): void {
    for (const listener of this.#listeners) listener.end();
  }

  async #goOn(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    if (performance.now() - this.#lookedMs > KEPT_MS) this.#log.forget();
    while (this.#listeners.size > 0) {
      const beganMs = performance.now();
      await this.#lookOnce();
      const tookMs = performance.now() - beganMs;
      await sleep(Math.max(LOOK_MS, tookMs));
    }
    this.#isLooking = false;
  }

  async #lookOnce(): Promise<void> {
    try {
      this.#log.take(await this.#look.within(LOOK_MS / 2));
      this.#lookedMs = performance.now();
      this.#log.noteTrouble(null);
    } catch (error) {
      this.#log.noteTrouble(error instanceof SchedulerError ? error.code : 'internal');
    }
    for (const listener of this.#listeners) this.#catchUp(listener, true);
  }

  /** What it has not been given: the events since its last one, or all there is; where nothing is known, that word. */
  #catchUp(listener: Listener, hasLooked: boolean): void {
    const missed = this.#log.after(listener.last);
    if (missed !== undefined) for (const told of missed) listener.give(told);
    else if (hasLooked) listener.giveOnce(this.#log.firstWord());
  }
}
