import { setMaxListeners } from 'node:events';
import { SchedulerError } from '../../contract/errors.ts';
import type { AllSchedules } from '../../contract/schedule.ts';
import { abortable, pause } from '../../os/abortable.ts';
import type { SchedulerClient } from '../scheduler-client.ts';
import type { SchedulesClient } from '../schedules-client.ts';
import type { Told } from './backlog.ts';
import { EventLog, type Happening } from './event-log.ts';
import { NowAndThen, SCHEDULES_MS } from './now-and-then.ts';

/** Something that happened. `id`: `after` goes on behind it. */
export type SchedulerEvent = { id: string } & Happening;

export interface FollowOptions {
  /** Id of the last event that was read: what came after it is told, where that is still known; else a snapshot. */
  after?: string;
  /** Ends the following, with the reason of the signal. */
  signal?: AbortSignal;
}

/** Between two looks, and at least as long as the last one took. */
const LOOK_MS = 1_000;

/** What it takes to follow. */
export type Followed = Pick<SchedulerClient, 'look'> & { schedules: Pick<SchedulesClient, 'all'> };

interface ToldEvent extends Told {
  event: SchedulerEvent;
}

/** What happens, for one who asks or several: looks are shared, and there are none while nobody waits for an event. */
export class Events {
  readonly #scheduler: Followed;
  readonly #closing: AbortSignal;
  readonly #log = new EventLog<ToldEvent>({
    tell: (id, number, happening) => ({ number, size: 1, event: { id, ...happening } }),
    most: { events: 5_000, size: 5_000 },
  });
  readonly #schedules: NowAndThen<AllSchedules>;
  #looking: Promise<void> | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(scheduler: Followed, closing: AbortSignal) {
    this.#scheduler = scheduler;
    this.#schedules = new NowAndThen(
      () => scheduler.schedules.all(),
      SCHEDULES_MS,
      (all) => this.#log.takeSchedules(all),
    );
    // As many may wait for it as want.
    setMaxListeners(0, closing);
    this.#closing = closing;
  }

  /**
   * A snapshot, and then what changes, for as long as somebody reads on. That a server does not answer is an event, and what
   * changed meanwhile is told when it does again. What is undone between two looks is not told.
   */
  async *follow(options: FollowOptions = {}): AsyncGenerator<SchedulerEvent, void, undefined> {
    try {
      yield* this.#follow(options);
    } catch (error) {
      // Whoever closes the connection wants no more of it, and that is no failure.
      if (!this.#closing.aborted) throw error;
    }
  }

  async *#follow({ after, signal }: FollowOptions): AsyncGenerator<SchedulerEvent, void, undefined> {
    const stop = signal === undefined ? this.#closing : AbortSignal.any([signal, this.#closing]);
    let last = this.#log.numberIn(after ?? null);
    if (performance.now() - this.#lookedMs > LOOK_MS) await abortable(this.#look(), stop);
    let isTold = false;
    for (;;) {
      const news = this.#log.missedSince(last) ?? this.#beginning();
      if (!this.#log.hasSeen && !isTold) yield this.#log.firstWord().event;
      isTold = true;
      for (const { number, event } of news) {
        last = number;
        yield event;
      }
      await pause(Math.max(this.#dueMs - performance.now(), 0), stop);
      // Another one who follows may have looked just now.
      if (performance.now() >= this.#dueMs) await abortable(this.#look(), stop);
    }
  }

  #beginning(): ToldEvent[] {
    if (!this.#log.hasSeen) return [];
    const snapshot = this.#log.snapshot();
    return this.#log.hasTrouble ? [snapshot, this.#log.firstWord()] : [snapshot];
  }

  /** One for all who want one now. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const beganMs = performance.now();
    this.#schedules.touch();
    try {
      this.#log.take(await this.#scheduler.look());
      this.#lookedMs = performance.now();
    } catch (error) {
      if (!(error instanceof SchedulerError)) throw error;
      this.#log.noteTrouble(error.code);
    }
    const endedMs = performance.now();
    this.#dueMs = endedMs + Math.max(LOOK_MS, endedMs - beganMs);
  }
}
