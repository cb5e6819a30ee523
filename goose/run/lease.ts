import type { Stop } from '../../domain/attempt/judge.ts';
import { beatEveryMs, graceLeftMs, holds, type LeasePolicy, leaseMs } from '../../domain/attempt/lease.ts';
import { startStopwatch } from '../../os/stopwatch.ts';

/** How often it is looked whether the lease still holds: a timer alone would stand still with a sleeping laptop. */
const CHECK_EVERY_MS = 100;

/** What the server answered to a heartbeat. `gone`: it no longer knows the activity. */
export type BeatAnswer = 'acknowledged' | 'cancel-requested' | 'gone';

export interface LeaseOptions {
  policy: LeasePolicy;
  /** Interval of heartbeats; shorter where the lease is short. */
  everyMs: number;
  /** Sends one; rejects when no answer came, at the latest at `deadlineMs` (since 1970). */
  beat: (deadlineMs: number) => Promise<BeatAnswer>;
  /** Called once: the run must be stopped for this reason. */
  onStop: (stop: Stop) => void;
  /** Called with each new moment, in milliseconds since 1970, at which the lease would end. Must not throw. */
  onRenewed?: (deadlineAt: number) => void;
}

/**
 * The right to let a goose run, as long as the server acknowledges heartbeats. When none has been acknowledged for so
 * long that the server may soon give the task away, or it says that it has, the run is stopped: see domain/attempt/lease.ts.
 */
export class Lease {
  readonly #options: LeaseOptions;
  #sinceAcknowledged: (() => number) | undefined;
  #deadlineAt = 0;
  #stop: Stop | undefined;
  #ended = false;
  #beating: NodeJS.Timeout | undefined;
  #checking: NodeJS.Timeout | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Resolves when the first heartbeat was answered or the lease is lost: then see `obstacle`. */
  async begin(): Promise<void> {
    const { policy, everyMs } = this.#options;
    // Nothing runs yet, so there is time until an answer would be too old to start with.
    const tried = startStopwatch();
    for (;;) {
      await this.#beat();
      if (this.#ended || this.#stop !== undefined || this.#sinceAcknowledged !== undefined) break;
      if (tried() >= leaseMs(policy)) return this.#lose('the server did not answer');
      await new Promise((resolve) => setTimeout(resolve, CHECK_EVERY_MS));
    }
    if (this.#ended || this.#stop !== undefined) return;
    this.#beating = setInterval(() => void this.#beat(), beatEveryMs(policy, everyMs));
    this.#checking = setInterval(() => this.#check(), CHECK_EVERY_MS);
  }

  /** When the lease ends unless it is renewed, in milliseconds since 1970. */
  get deadlineAt(): number {
    return this.#deadlineAt;
  }

  /** Why goose must not be started or go on, or undefined. To be asked in the tick of the spawn. */
  obstacle(): Stop | undefined {
    this.#check();
    return this.#stop;
  }

  /** How long a stopped goose may take to end by itself now. */
  graceLeftMs(): number {
    return graceLeftMs(this.#options.policy.graceMs, this.#deadlineAt, Date.now());
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#beating);
    clearInterval(this.#checking);
  }

  async #beat(): Promise<void> {
    const { policy, beat } = this.#options;
    const sentAt = Date.now();
    const sinceSent = startStopwatch();
    let answer: BeatAnswer;
    try {
      answer = await beat(sentAt + leaseMs(policy));
    } catch {
      // The next one may arrive; if none does, the lease ends by itself.
      return;
    }
    if (this.#ended) return;
    if (answer === 'gone') return this.#lose('the server gave the run up');
    // Answers may overtake each other, and a later heartbeat counts for longer.
    if (this.#sinceAcknowledged === undefined || sinceSent() < this.#sinceAcknowledged()) {
      this.#sinceAcknowledged = sinceSent;
      this.#deadlineAt = sentAt + leaseMs(policy);
      this.#options.onRenewed?.(this.#deadlineAt);
    }
    if (answer === 'cancel-requested') this.#stopFor({ why: 'cancelled', detail: 'cancelled by hand' });
  }

  #check(): void {
    if (holds(this.#options.policy, this.#sinceAcknowledged?.())) return;
    this.#lose('the server was not heard of for too long');
  }

  #lose(detail: string): void {
    this.#stopFor({ why: 'lease-lost', detail });
  }

  #stopFor(stop: Stop): void {
    if (this.#stop !== undefined || this.#ended) return;
    this.#stop = stop;
    this.#options.onStop(stop);
  }
}
