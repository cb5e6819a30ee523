import type { Client } from '@temporalio/client';
import type { ClosedRun, ToldByHistory } from '../contract/attempts.ts';
import { readHistory } from './attempts.ts';

/** About 1 kB each. */
const MOST_KEPT = 10_000;
const AT_A_TIME = 50;

type Told = ToldByHistory | undefined;

/**
 * What the histories of closed runs tell. A closed run never changes, so each history is read once as long as it is among the
 * last that were asked for.
 */
export class KeptHistories {
  readonly #read: (run: ClosedRun) => Promise<Told>;
  readonly #most: number;
  /** Those that were asked for longest ago come first. */
  readonly #kept = new Map<string, Promise<Told>>();

  constructor(read: (run: ClosedRun) => Promise<Told>, most = MOST_KEPT) {
    this.#read = read;
    this.#most = most;
  }

  static of(client: Client): KeptHistories {
    return new KeptHistories((run) =>
      readHistory(client, { ...run, closedAtMs: run.endedAtMs, attempt: null }),
    );
  }

  /**
   * In the order of the runs; undefined where the server has it no more. What there is no time for is left out at the end, and
   * something is always read.
   *
   * @param withinMs absent: as long as it takes
   */
  async of(runs: readonly ClosedRun[], withinMs = Number.POSITIVE_INFINITY): Promise<Told[]> {
    const untilMs = performance.now() + withinMs;
    const told: Told[] = [];
    for (let at = 0; at < runs.length && (at === 0 || performance.now() < untilMs); at += AT_A_TIME)
      told.push(...(await Promise.all(runs.slice(at, at + AT_A_TIME).map((run) => this.#one(run)))));
    return told;
  }

  #one(run: ClosedRun): Promise<Told> {
    const kept = this.#kept.get(run.runId) ?? this.#begin(run);
    this.#kept.delete(run.runId);
    this.#kept.set(run.runId, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }

  #begin(run: ClosedRun): Promise<Told> {
    const reading = this.#read(run);
    const forget = () => {
      if (this.#kept.get(run.runId) === reading) this.#kept.delete(run.runId);
    };
    reading.then((told) => {
      if (told === undefined) forget();
    }, forget);
    return reading;
  }
}
