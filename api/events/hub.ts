import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isoTime } from '../../client/json/iso-time.ts';
import { statusJson } from '../../client/json/status.ts';
import { taskLineJson } from '../../client/json/tasks.ts';
import { RefusedError } from '../../contract/api.ts';
import { SchedulerError } from '../../contract/errors.ts';
import type { Look } from '../../contract/listings.ts';
import type { SharedLook } from '../link/shared-look.ts';
import { Listener } from './listener.ts';
import { type Change, changesBetween, type Seen, seenIn } from './seen.ts';
import { asTold, Backlog, type EventName, numberIn, type Told } from './told.ts';

const MOST_LISTENERS = 500;
/** More changes in one look are one snapshot. */
const MOST_CHANGES = 1_000;
/** Of the tasks in a snapshot: those with a run come first. */
const TASKS_SHOWN = 500;
/**
 * `lookMs`: between two looks, and at least as long as the last one took. `keptMs`: whoever comes back later than this begins
 * anew.
 */
const TIMES = { lookMs: 1_000, heartbeatMs: 15_000, keptMs: 300_000 };

/**
 * Tells all clients what changes. One look serves all of them, and there is none while nobody listens. Events are a
 * convenience: whoever misses some gets a snapshot, and no event is needed to know how things are.
 */
export class Hub {
  readonly #look: SharedLook;
  readonly #times: typeof TIMES;
  readonly #listeners = new Set<Listener>();
  readonly #backlog = new Backlog({ mostEvents: 5_000, mostBytes: 4_000_000 });
  #epoch = newEpoch();
  #last = 0;
  #seen: Seen | undefined;
  #current: { look: Look; told?: Told } | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #trouble: string | null = null;
  #isLooking = false;

  constructor(look: SharedLook, times: Partial<typeof TIMES> = {}) {
    this.#look = look;
    this.#times = { ...TIMES, ...times };
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
    // Before its id is read: an id of what is forgotten is a stranger's.
    if (!this.#isLooking && performance.now() - this.#lookedMs > this.#times.keptMs) this.#forget();
    const beat = setInterval(() => {
      if (listener.hasRoom) listener.send(Buffer.from(': heartbeat\n\n'));
      mayStay().then(
        (may) => may || listener.end(),
        () => listener.end(),
      );
    }, this.#times.heartbeatMs);
    const listener = new Listener(numberIn(this.#epoch, lastId), {
      read: () => listener.last !== undefined && this.#catchUp(listener),
      end: () => {
        clearInterval(beat);
        this.#listeners.delete(listener);
      },
    });
    listener.send(Buffer.from('retry: 2000\n\n'));
    this.#listeners.add(listener);
    if (this.#isLooking && this.#current !== undefined) this.#catchUp(listener);
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
    try {
      this.#take(await this.#look.within(this.#times.lookMs / 2));
      this.#noteTrouble(null);
    } catch (error) {
      this.#noteTrouble(error instanceof SchedulerError ? error.code : 'internal');
    }
    for (const listener of this.#listeners) this.#catchUp(listener);
  }

  #take(look: Look): void {
    const now = seenIn(look, this.#seen);
    const changes = this.#seen === undefined ? [] : changesBetween(this.#seen, now);
    this.#seen = now;
    this.#current = { look };
    this.#lookedMs = performance.now();
    if (changes.length > MOST_CHANGES) this.#add(this.#snapshot(this.#last + 1));
    else for (const { event, data } of changes) this.#tell(event, data);
  }

  #tell(event: EventName, data: Change['data']): void {
    this.#add(asTold(this.#epoch, this.#last + 1, event, data));
  }

  #add(told: Told): void {
    this.#last = told.number;
    this.#backlog.add(told);
  }

  /** That it is not known how things are, and that it is known again: once each. */
  #noteTrouble(code: string | null): void {
    if (code === this.#trouble) return;
    this.#trouble = code;
    this.#tell('connection', { ok: code === null, code });
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
    const missed = listener.last === undefined ? undefined : this.#backlog.after(listener.last, this.#last);
    if (missed !== undefined) {
      for (const told of missed) if (listener.hasRoom) listener.give(told);
      // What it has not read, and what it would read next, are too far apart: it may come back.
    } else if (!listener.hasRoom) listener.end();
    else if (this.#current !== undefined) {
      this.#current.told ??= this.#snapshot(this.#last);
      listener.give(this.#current.told);
    } else
      listener.giveOnce(asTold(this.#epoch, this.#last, 'connection', { ok: false, code: this.#trouble }));
  }

  #snapshot(number: number): Told {
    if (this.#current === undefined) throw new Error('there is no look to make a snapshot of');
    return asTold(this.#epoch, number, 'snapshot', snapshotJson(this.#current.look));
  }

  #forget(): void {
    this.#epoch = newEpoch();
    this.#backlog.clear();
    this.#seen = undefined;
    this.#current = undefined;
  }
}

function newEpoch(): string {
  return randomBytes(4).toString('hex');
}

/** The open tasks of which there are more than these are listed by GET /api/tasks. */
function snapshotJson({ atMs, status, tasks }: Look): object {
  return {
    at: isoTime(atMs),
    state: statusJson(status),
    tasks: tasks?.slice(0, TASKS_SHOWN).map(taskLineJson) ?? null,
    tasks_total: tasks?.length ?? null,
  };
}
