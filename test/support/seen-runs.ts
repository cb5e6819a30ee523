import { ProcessList } from '../chaos/observer/processes.ts';
import { type Run, Runs } from '../chaos/observer/runs.ts';
import { eventually } from './eventually.ts';

const LOOK_MS = 20;

/** The goose runs of a base path as the operating system shows them, looked at many times a second until `end`. */
export class SeenRuns {
  readonly all: Run[] = [];
  /** Tasks that had more than one run at a time, and how many. */
  readonly most = new Map<number, number>();
  /** Workers whose runs are told apart. */
  readonly workers = new Set<number>();
  readonly #processes = new ProcessList();
  readonly #runs: Runs;
  readonly #timer: NodeJS.Timeout;

  constructor(base: string) {
    this.#runs = new Runs(base);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  living(): Run[] {
    return [...this.#runs.live.values()];
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async killAll(): Promise<void> {
    await eventually('no goose is left', async () => {
      this.#look();
      for (const { members } of this.#runs.live.values())
        for (const { pid } of members) process.kill(pid, 'SIGKILL');
      return this.#runs.live.size === 0;
    });
  }

  #look(): void {
    const nowMs = performance.now();
    const workerOf = (pid: number) => (this.workers.has(pid) ? pid : undefined);
    const { started } = this.#runs.look(this.#processes.look(nowMs), nowMs, workerOf);
    this.all.push(...started);
    for (const { task } of started) {
      const runs = [...this.#runs.live.values()].filter((run) => run.task === task).length;
      if (runs > 1) this.most.set(task, runs);
    }
  }
}
