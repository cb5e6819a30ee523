import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HandOnTask } from './hands.ts';
import type { Figures, FromObserver, ObserverSettings, ToObserver } from './messages.ts';

const OBSERVER = fileURLToPath(new URL('observer/main.js', import.meta.url));

export interface Goose {
  task: number;
  agent: string;
  pid: number;
  startTime: number;
}

/** The observer, as the driver has it: a process of its own that tells what it sees. */
export class Watch {
  readonly violations: string[] = [];
  readonly #child: ChildProcess;
  readonly #gooses = new Map<string, Goose>();
  readonly #guardians = new Map<number, number>();
  #figures: Figures | undefined;
  #announced = 0;
  readonly #heardBy = new Map<number, () => void>();

  private constructor(settings: ObserverSettings, onRun: (task: number) => void) {
    this.#child = fork(OBSERVER, [JSON.stringify(settings)], { execArgv: [] });
    this.#child.on('message', (message: FromObserver) => {
      if (message.tell === 'run') onRun(message.task);
      this.#hear(message);
    });
    this.#child.once('exit', (code) => {
      for (const heard of this.#heardBy.values()) heard();
      if (this.#figures === undefined) this.violations.push(`the observer ended with code ${code}`);
    });
  }

  static async start(settings: ObserverSettings, onRun: (task: number) => void): Promise<Watch> {
    const watch = new Watch(settings, onRun);
    await once(watch.#child, 'message');
    return watch;
  }

  gooses(): Goose[] {
    return [...this.#gooses.values()];
  }

  /** The newest guardian of a worker. */
  guardianOf(worker: number | undefined): number | undefined {
    return worker === undefined ? undefined : this.#guardians.get(worker);
  }

  tell(message: ToObserver): void {
    if (this.#child.connected) this.#child.send(message);
  }

  /** Resolves when the observer knows that a person is about to do this; see `Hearer`. */
  async announce(on: HandOnTask): Promise<void> {
    this.#announced += 1;
    const number = this.#announced;
    const heard = new Promise<void>((resolve) => this.#heardBy.set(number, resolve));
    this.tell({ tell: 'hand', number, on });
    // One that has ended hears nothing, and that is a violation of its own.
    if (this.#child.connected) await heard;
  }

  done(on: HandOnTask): void {
    this.tell({ tell: 'hand-done', on });
  }

  /** A last look at everything. */
  async finish(): Promise<Figures> {
    this.tell({ tell: 'finish' });
    while (this.#figures === undefined && this.#child.exitCode === null && this.#child.signalCode === null)
      await Promise.race([once(this.#child, 'message'), once(this.#child, 'exit')]);
    if (this.#figures === undefined) throw new Error('the observer did not finish');
    return this.#figures;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #hear(message: FromObserver): void {
    switch (message.tell) {
      case 'heard':
        this.#heardBy.get(message.number)?.();
        this.#heardBy.delete(message.number);
        break;
      case 'run':
        this.#gooses.set(message.token, message);
        break;
      case 'run-ended':
        this.#gooses.delete(message.token);
        break;
      case 'guardian':
        this.#guardians.set(message.worker, message.pid);
        break;
      case 'violation':
        this.violations.push(`rule ${message.rule}: ${message.text}`);
        break;
      case 'final':
        this.#figures = message.figures;
        break;
      case 'ready':
    }
  }
}
