import { setTimeout as sleep } from 'node:timers/promises';
import { EventLog } from '../../client/follow/event-log.ts';
import { NowAndThen, SCHEDULES_MS } from '../../client/follow/now-and-then.ts';
import { RefusedError } from '../../contract/api.ts';
import { SchedulerError } from '../../contract/errors.ts';
import type { AllSchedules } from '../../contract/schedule.ts';
import type { SharedLook } from '../link/shared-look.ts';
import { Listener } from './listener.ts';
import { asTold, TASKS_SHOWN, type ToldBytes } from './told.ts';

const MOST_LISTENERS = 500;
/** A snapshot of each is made once for all who want it; one for each number that somebody thinks of would be made for each. */
const SNAPSHOT_TASKS = [0, TASKS_SHOWN, 2_000, 10_000];
/**
 * `lookMs`: between two looks, and at least as long as the last one took. `keptMs`: whoever comes back later than this begins
 * anew.
 */
const TIMES = { lookMs: 1_000, heartbeatMs: 15_000, keptMs: 300_000, schedulesMs: SCHEDULES_MS };

/**
 * Tells all clients what changes. One look serves all of them, and there is none while nobody listens. Events are a
 * convenience: whoever misses some gets a snapshot, and no event is needed to know how things are.
 */
export class Hub {
  readonly #look: SharedLook;
  readonly #times: typeof TIMES;
  readonly #listeners = new Set<Listener>();
  readonly #log = new EventLog<ToldBytes>({ tell: asTold, most: { events: 5_000, size: 4_000_000 } });
  #schedules: NowAndThen<AllSchedules> | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #isLooking = false;

  /** @param schedules absent: none are told of */
  constructor(
    look: SharedLook,
    schedules?: { within(maxAgeMs: number): Promise<AllSchedules> },
    times: Partial<typeof TIMES> = {},
  ) {
    this.#look = look;
    this.#times = { ...TIMES, ...times };
    const { schedulesMs } = this.#times;
    if (schedules !== undefined)
      this.#schedules = new NowAndThen(
        () => schedules.within(schedulesMs),
        schedulesMs,
        (all) => {
          this.#log.takeSchedules(all);
          this.#tellAll();
        },
      );
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /**
   * A stream of events: what came after that id, or a snapshot and what comes then.
   * @param mayStay asked with each heartbeat
   * @param tasks a snapshot has at least so many, if there are; undefined: as usual
   * @throws RefusedError `too-many-streams`
   */
  open(lastId: string | null, mayStay: () => Promise<boolean>, tasks?: number): Listener {
    if (this.#listeners.size >= MOST_LISTENERS)
      throw new RefusedError({ code: 'too-many-streams', most: MOST_LISTENERS });
    // Before its id is read: an id of what is forgotten is a stranger's.
    if (!this.#isLooking && performance.now() - this.#lookedMs > this.#times.keptMs) this.#log.forget();
    const beat = setInterval(() => {
      if (listener.hasRoom) listener.send(Buffer.from(': heartbeat\n\n'));
      mayStay().then(
        (may) => may || listener.end(),
        () => listener.end(),
      );
    }, this.#times.heartbeatMs);
    const on = {
      read: () => listener.last !== undefined && this.#catchUp(listener),
      end: () => {
        clearInterval(beat);
        this.#listeners.delete(listener);
      },
    };
    const listener = new Listener(this.#log.numberIn(lastId), on, snapshotTasks(tasks));
    listener.send(Buffer.from('retry: 2000\n\n'));
    this.#listeners.add(listener);
    if (this.#isLooking && this.#log.hasSeen) this.#catchUp(listener);
    void this.#goOn();
    return listener;
  }

  close(): void {
    for (const listener of this.#listeners) listener.end();
  }

  async #goOn(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#listeners.size > 0) {
      const beganMs = performance.now();
      await this.#lookOnce();
      const tookMs = performance.now() - beganMs;
      await sleep(Math.max(this.#times.lookMs, tookMs));
    }
    this.#isLooking = false;
  }

  async #lookOnce(): Promise<void> {
    this.#schedules?.touch();
    try {
      this.#log.take(await this.#look.within(this.#times.lookMs / 2));
      this.#lookedMs = performance.now();
    } catch (error) {
      this.#log.noteTrouble(error instanceof SchedulerError ? error.code : 'internal');
    }
    this.#tellAll();
  }

  #tellAll(): void {
    for (const listener of this.#listeners) this.#catchUp(listener);
  }

  /** What it has not been given: the events since its last one, or all there is. What cannot be told ends that stream only. */
  #catchUp(listener: Listener): void {
    try {
      this.#give(listener);
    } catch {
      listener.end();
    }
  }

  #give(listener: Listener): void {
    const missed = this.#log.missedSince(listener.last);
    // One among the events is as usual.
    const isOther = listener.tasks !== undefined && missed?.some(({ isSnapshot }) => isSnapshot);
    if (missed !== undefined && !isOther) {
      for (const told of missed) if (listener.hasRoom) listener.give(told);
      // What it has not read, and what it would read next, are too far apart: it may come back.
    } else if (!listener.hasRoom) listener.end();
    else if (this.#log.hasSeen) {
      listener.give(this.#log.snapshot(listener.tasks));
      if (this.#log.hasTrouble) listener.give(this.#log.firstWord());
    } else listener.giveOnce(this.#log.firstWord());
  }
}

/** In few steps. Undefined: as usual. */
function snapshotTasks(wanted: number | undefined): number | undefined {
  if (wanted === undefined) return undefined;
  const step = SNAPSHOT_TASKS.find((each) => each >= wanted) ?? SNAPSHOT_TASKS.at(-1);
  return step === TASKS_SHOWN ? undefined : step;
}
