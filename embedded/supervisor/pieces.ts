import { StoppedError } from '../servers/dev-server.ts';
import type { Piece } from '../servers/piece.ts';
import { type KeepUpOptions, keepUp } from './keep-up.ts';

const SERVER_GRACE_MS = 2_000;
/** What is kept of the time for the servers. */
const SERVERS_MS = 1_200;
const LEAST_GRACE_MS = 300;

/** Everything that runs because of one supervisor, from its first moment, so that nothing of it is forgotten. */
export class Pieces {
  readonly #running = new Map<Piece, 'daemon' | 'server'>();
  readonly #releases: (() => void)[] = [];
  readonly #stopping = new AbortController();

  /** Aborted once everything is being stopped. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Throws StoppedError once everything is being stopped. */
  goOn(): void {
    if (this.stopping.aborted) throw new StoppedError('stopped while starting');
  }

  track(piece: Piece, kind: 'daemon' | 'server'): void {
    this.#running.set(piece, kind);
    void piece.ended.then(() => this.#running.delete(piece));
    // Started by somebody who did not know yet.
    if (this.stopping.aborted) piece.kill();
  }

  keepUp(options: KeepUpOptions): void {
    this.#releases.push(keepUp(options));
  }

  /** The daemon, which stops its agents and writes that back, and only then the servers, which it needs for that. */
  async stop(untilMs: number): Promise<void> {
    this.#noMoreStarts();
    await this.#stopAll('daemon', untilMs - SERVERS_MS - performance.now());
    await this.#stopAll('server', Math.min(SERVER_GRACE_MS, untilMs - performance.now()));
  }

  /** SIGKILL to all; returns when they have ended. */
  async kill(): Promise<void> {
    this.#noMoreStarts();
    const ones = [...this.#running.keys()];
    for (const piece of ones) piece.kill();
    await Promise.all(ones.map(({ ended }) => ended));
  }

  #noMoreStarts(): void {
    this.#stopping.abort();
    for (const release of this.#releases) release();
  }

  async #stopAll(kind: 'daemon' | 'server', graceMs: number): Promise<void> {
    const ones = [...this.#running].filter(([, each]) => each === kind).map(([piece]) => piece);
    await Promise.all(ones.map((piece) => piece.stop(Math.max(LEAST_GRACE_MS, graceMs))));
  }
}
