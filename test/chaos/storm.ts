import { setTimeout as sleep } from 'node:timers/promises';
import type { ByHand } from './by-hand.ts';
import { lives } from './observer/processes.ts';
import type { Piece } from './pieces.ts';
import type { Random } from './random.ts';
import { STOPPED_MS } from './rules.ts';
import type { Watch } from './watch.ts';

/** How often each is done, in comparison. */
const WEIGHTS = {
  worker: 5,
  guardian: 4,
  both: 4,
  'all of ours': 2,
  temporal: 2,
  tinytask: 3,
  goose: 5,
  'stop worker': 2,
  'stop guardian': 2,
  terminate: 3,
  reset: 3,
  cancel: 1,
  'terminate semaphore': 1,
};
type Action = keyof typeof WEIGHTS;

export interface StormParts {
  workers: Piece[];
  temporal: Piece;
  tinytask: Piece;
  byHand: ByHand;
  watch: Watch;
  random: Random;
  note: (text: string) => void;
}

/** Disturbs the system at random, and puts back what it took away. */
export class Storm {
  kills = 0;
  readonly done: Record<string, number> = {};
  readonly #parts: StormParts;
  /** What is brought back or let go on later. */
  readonly #pending = new Set<Promise<void>>();
  readonly #stopped = new Set<number>();
  #failed: Error | undefined;

  constructor(parts: StormParts) {
    this.#parts = parts;
  }

  /** One action after the other until the time, in ms since 1970; then everything is put back. */
  async rage(untilMs: number, goOn: () => boolean): Promise<void> {
    const { random } = this.#parts;
    while (Date.now() < untilMs && goOn()) {
      await sleep(random.between(200, 2_500));
      const action = random.weighted(WEIGHTS);
      await this.#act(action).catch((error: Error) => this.#parts.note(`${action}: ${error.message}`));
      if (this.#failed) throw this.#failed;
    }
    for (const pid of [...this.#stopped]) this.#goOn(pid);
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    if (this.#failed) throw this.#failed;
  }

  async #act(action: Action): Promise<void> {
    const { random, watch, workers, byHand } = this.#parts;
    const worker = random.pick(workers) as Piece;
    const ofWorker = watch.guardianOf(worker.pid);
    switch (action) {
      case 'worker':
        return await this.#killPieces([worker]);
      case 'guardian':
        return this.#killGuardian(ofWorker);
      case 'both':
        this.#killGuardian(ofWorker);
        return await this.#killPieces([worker]);
      case 'all of ours':
        for (const each of workers) this.#killGuardian(watch.guardianOf(each.pid));
        return await this.#killPieces(workers);
      case 'temporal':
      case 'tinytask':
        return await this.#killPieces([this.#parts[action]]);
      case 'goose': {
        const goose = random.pick(watch.gooses());
        if (goose && lives(goose.pid, goose.startTime)) this.#kill(goose.pid, `goose of task ${goose.task}`);
        return;
      }
      case 'stop worker':
        return this.#stop(worker.pid, worker.name);
      case 'stop guardian':
        return this.#stop(ofWorker, `guardian of ${worker.name}`);
      case 'terminate':
        return this.#sayDone(action, await byHand.terminate());
      case 'reset':
        return this.#sayDone(action, await byHand.reset());
      case 'cancel':
        return this.#sayDone(action, await byHand.cancel());
      case 'terminate semaphore':
        return this.#sayDone(action, await byHand.terminateSemaphore());
    }
  }

  #sayDone(action: string, what: string | undefined): void {
    if (what === undefined) return;
    this.done[action] = (this.done[action] ?? 0) + 1;
    this.#parts.note(what);
  }

  #kill(pid: number, what: string): void {
    process.kill(pid, 'SIGKILL');
    this.kills += 1;
    this.#sayDone(`kill ${what.split(' ')[0]?.replace(/-\d$/, '')}`, `SIGKILL ${what} (${pid})`);
  }

  #killGuardian(pid: number | undefined): void {
    // A worker that is stopped has not noticed yet that it was killed before.
    if (pid !== undefined && lives(pid)) this.#kill(pid, 'guardian');
  }

  async #killPieces(pieces: Piece[]): Promise<void> {
    const { random } = this.#parts;
    const up = pieces.filter((piece) => piece.pid !== undefined);
    for (const piece of up) {
      this.kills += 1;
      this.#sayDone(`kill ${piece.name.replace(/-\d$/, '')}`, `SIGKILL ${piece.name} (${piece.pid})`);
    }
    // All at once: none of them sees another one die first.
    await Promise.all(up.map((piece) => piece.kill()));
    for (const piece of up) this.#later(random.between(200, 3_000), () => this.#bringBack(piece));
  }

  async #bringBack(piece: Piece): Promise<void> {
    await piece.start();
    this.#parts.note(`${piece.name} is back (${piece.pid})`);
  }

  #stop(pid: number | undefined, what: string): void {
    if (pid === undefined || this.#stopped.has(pid)) return;
    process.kill(pid, 'SIGSTOP');
    this.#stopped.add(pid);
    this.#sayDone(`stop ${what.split(' ')[0]?.replace(/-\d$/, '')}`, `SIGSTOP ${what} (${pid})`);
    const untilMs = Date.now() + STOPPED_MS;
    this.#later(0, async () => {
      while (this.#stopped.has(pid) && Date.now() < untilMs) await sleep(100);
      this.#goOn(pid);
    });
  }

  #goOn(pid: number): void {
    if (!this.#stopped.delete(pid)) return;
    try {
      process.kill(pid, 'SIGCONT');
      this.#parts.note(`SIGCONT ${pid}`);
    } catch {
      // Killed while it was stopped.
    }
  }

  #later(ms: number, act: () => Promise<void>): void {
    const pending: Promise<void> = sleep(ms)
      .then(act)
      .catch((error: Error) => {
        this.#failed ??= error;
      })
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }
}
