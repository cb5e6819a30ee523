import type { SchedulerClient } from '../../client/scheduler-client.ts';
import { type Failure, hasCode } from '../../contract/errors.ts';

/** Where the servers are, and how they are reached. */
export interface Place {
  /** The same text as long as they are where they were. */
  where(): string;
  /** Of Temporal. `named`: by a person. */
  server(): { address: string; named: boolean };
  /** @throws what connectScheduler does */
  connect(): Promise<SchedulerClient>;
}

/** The places are in files, which are read for it. */
const LOOK_EVERY_MS = 1_000;

/**
 * The scheduler's API for a server that lives longer than what it speaks to: connected when it is first needed, and again where
 * the servers have moved. What fails, fails for whoever asked; the next one tries again.
 */
export class SchedulerLink {
  readonly #place: Place;
  #connected: { client: Promise<SchedulerClient>; where: string; isThere: boolean } | undefined;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(place: Place) {
    this.#place = place;
  }

  async use<Answer>(work: (scheduler: SchedulerClient) => Promise<Answer>): Promise<Answer> {
    try {
      // What was met at the usual place before ours was up answers too, and is not what is asked for.
      if (performance.now() - this.#lookedMs > LOOK_EVERY_MS) this.#leaveIfMoved();
      return await work(await this.#client());
    } catch (error) {
      if (hasCode(error, 'temporal-unreachable', 'temporal-failed', 'temporal-stuck', 'tinytask-unreachable'))
        this.#leaveIfMoved();
      throw error;
    }
  }

  /** What who has waited for long enough may say: there is no connection yet. Undefined: there is one. */
  notConnectedYet(): Failure | undefined {
    if (this.#connected?.isThere) return undefined;
    return { code: 'temporal-unreachable', ...this.#place.server(), text: 'it has not answered yet' };
  }

  async close(): Promise<void> {
    const client = await this.#connected?.client.catch(() => undefined);
    this.#connected = undefined;
    await client?.close();
  }

  #client(): Promise<SchedulerClient> {
    if (this.#connected === undefined) {
      const client = this.#place.connect();
      const connected = { client, where: this.#place.where(), isThere: false };
      this.#connected = connected;
      client.then(
        () => {
          connected.isThere = true;
        },
        () => {
          if (this.#connected === connected) this.#connected = undefined;
        },
      );
    }
    return this.#connected.client;
  }

  #leaveIfMoved(): void {
    this.#lookedMs = performance.now();
    if (this.#connected === undefined || this.#connected.where === this.#place.where()) return;
    const { client } = this.#connected;
    this.#connected = undefined;
    client.then(
      (old) => old.close(),
      () => undefined,
    );
  }
}
