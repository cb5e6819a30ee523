import { type KeepUpOptions, keepUp } from './keep-up.ts';
import type { Piece } from './piece.ts';

/** Something was to be started while everything is being stopped. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/** Agents get this long to be stopped and written back. */
const DAEMON_GRACE_MS = 9_000;
const SERVER_GRACE_MS = 3_000;
const LEAST_GRACE_MS = 300;

/** Everything that runs because of one supervisor, from its first moment, so that nothing of it is forgotten. */
export class Pieces {
  readonly #running = new Map<Piece, 'daemon' | 'server'>();
  readonly #releases: (() => void)[] = [];
  #stopping = false;

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Throws StoppedError once everything is being stopped. */
  goOn(): void {
    if (this.#stopping) throw new StoppedError('stopped while starting');
  }

  track(piece: Piece, kind: 'daemon' | 'server'): void {
    this.#running.set(piece, kind);
    void piece.ended.then(() => this.#running.delete(piece));
    // Started by somebody who did not know yet.
    if (this.#stopping) piece.kill();
  }

  keepUp(options: KeepUpOptions): void {
    this.#releases.push(keepUp(options));
  }

  /** The daemon, which stops its agents and writes that back, and only then the servers, which it needs for that. */
  async stop(untilMs: number): Promise<void> {
    this.#noMoreStarts();
    await this.#stopAll('daemon', Math.min(DAEMON_GRACE_MS, untilMs - performance.now()));
    await this.#stopAll('server', Math.min(SERVER_GRACE_MS, untilMs - performance.now()));
  }

  /** SIGKILL to all. */
  kill(): void {
    this.#noMoreStarts();
    for (const piece of this.#running.keys()) piece.kill();
  }

  #noMoreStarts(): void {
    this.#stopping = true;
    for (const release of this.#releases) release();
  }

  async #stopAll(kind: 'daemon' | 'server', graceMs: number): Promise<void> {
    const ones = [...this.#running].filter(([, each]) => each === kind).map(([piece]) => piece);
    await Promise.all(ones.map((piece) => piece.stop(Math.max(LEAST_GRACE_MS, graceMs))));
  }
}
