import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiledFile, NODE_FLAGS, ownProcessEnvironment } from '../../config/own-process.ts';
import type { TemporalAccess } from '../host/lost-activity.ts';
import { identify, lifeOf, type ProcessId } from '../host/process-table.ts';
import type { FromGuardian, ToGuardian } from './guardian-messages.ts';

const ENTRY = compiledFile('goose/guardian/guardian-main.js');
const PING_EVERY_MS = 400;
/** While no run is there: one that hangs has nothing to look after, and each start of a run asks for an answer first. */
const IDLE_PING_EVERY_MS = 5_000;
/** A run that is about to start is on disk and known here by then. */
const NEEDED_MS = 10_000;
/** One that is stopped is replaced after this time. */
const ANSWER_MS = 1_000;
/** And one that hangs after this. Before that it may load the client of Temporal on a busy machine, and another one would have to, too. */
const HANGS_MS = 6_000;
/** Between two starts of one that does not stay. */
const START_AGAIN_MS = 500;
/** Enough for another one, where one hangs. */
const READY_MS = 15_000;
const LEAVE_MS = 1_000;

export interface GuardianOptions {
  runningDir: string;
  graceMs: number;
  /** This process. */
  worker: ProcessId;
  /** Absent: nobody is told of runs that were ended. */
  access?: TemporalAccess;
  /** Whether there are runs to look after, on this host; absent: it is not known. */
  hasRuns?: () => boolean;
  /** Says in its environment which state directory it was started for; see helper-mark.ts. */
  mark?: Record<string, string>;
  /** Path of the compiled guardian-main.ts, where another one than that of the build is meant. */
  entry?: string;
  /** Called with a sentence about what went wrong, and with the pid of each guardian. */
  onProblem?: (problem: string) => void;
  onStarted?: (pid: number) => void;
}

/**
 * Keeps one guardian process at this worker's side: a new one when it ends, is killed, or does not answer. Its channel
 * closes when this process ends, however that happens.
 */
export class Guardian {
  readonly #options: GuardianOptions;
  #child: ChildProcess | undefined;
  /** Of the child; undefined: it is not known. */
  #identity: ProcessId | undefined;
  #asked = 0;
  #answered = 0;
  /** When the oldest unanswered question was asked. */
  #waitingSinceMs: number | undefined;
  #answer: (() => void)[] = [];
  #leaving = false;
  #timer: NodeJS.Timeout | undefined;
  #isResting = false;
  /** When a run was last about to start. */
  #neededMs = performance.now();

  private constructor(options: GuardianOptions) {
    this.#options = options;
    this.#pingLater();
  }

  /** Resolves when a guardian is there and watches. Throws if none can be started. */
  static async start(options: GuardianOptions): Promise<Guardian> {
    const entry = options.entry ?? ENTRY;
    if (!existsSync(entry)) throw new Error(`there is no guardian at ${entry}: build it with npm run build`);
    const guardian = new Guardian({ ...options, entry });
    guardian.#startChild();
    try {
      await guardian.ready();
    } catch (error) {
      await guardian.leave();
      throw error;
    }
    return guardian;
  }

  /** Resolves when a guardian knows all records that are on disk now. Throws if none does within 15 s. */
  async ready(): Promise<void> {
    this.#neededMs = performance.now();
    const asked = this.#ask();
    const untilMs = performance.now() + READY_MS;
    while (this.#answered < asked) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0 || this.#leaving)
        throw new Error('no guardian process could be started: see the log of the worker');
      await Promise.race([
        new Promise<void>((resolve) => this.#answer.push(resolve)),
        sleep(Math.min(leftMs, 100), undefined, { ref: false }),
      ]);
    }
  }

  /** For a worker that ends in order, when none of its runs is left. */
  async leave(): Promise<void> {
    this.#leaving = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || hasEnded(child)) return;
    const ended = once(child, 'exit');
    this.#send({ leave: true });
    if (child.connected) child.disconnect();
    await Promise.race([ended, sleep(LEAVE_MS, undefined, { ref: false })]);
  }

  #startChild(): void {
    const { runningDir, graceMs, worker, access, mark, entry = ENTRY, onStarted } = this.#options;
    // In a session of its own: a terminal's signals must not reach it.
    const child = spawn(
      process.execPath,
      [...NODE_FLAGS, entry, runningDir, String(graceMs), String(worker.pid), String(worker.startTime)],
      {
        detached: true,
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        serialization: 'advanced',
        env: { ...ownProcessEnvironment(), ...mark },
      },
    );
    this.#child = child;
    this.#identity = undefined;
    this.#waitingSinceMs = undefined;
    child.on('message', (message: FromGuardian) => this.#hear(child, message));
    child.on('error', (error) => this.#options.onProblem?.(`the guardian: ${error.message}`));
    child.once('exit', (code, signal) => this.#hasEnded(child, code, signal));
    if (child.pid === undefined) return void this.#hasEnded(child, null, null);
    void identify(child.pid).then(
      (identity) => {
        if (child === this.#child) this.#identity = identity;
      },
      () => undefined,
    );
    if (access !== undefined) this.#send({ access });
    // What was asked of one that is no more is asked again of this one.
    if (this.#asked > this.#answered) this.#ask();
    child.unref();
    child.channel?.unref();
    onStarted?.(child.pid);
  }

  #pingLater(): void {
    clearTimeout(this.#timer);
    if (this.#leaving) return;
    const isQuiet = performance.now() - this.#neededMs >= NEEDED_MS && this.#options.hasRuns?.() === false;
    this.#isResting = this.#waitingSinceMs === undefined && isQuiet;
    const everyMs = this.#isResting ? IDLE_PING_EVERY_MS : PING_EVERY_MS;
    // After the answers that have arrived while this process was busy were read.
    this.#timer = setTimeout(() => setImmediate(() => this.#ping()), everyMs).unref();
  }

  #ping(): void {
    if (this.#leaving) return;
    const waitedMs = this.#waitingSinceMs === undefined ? 0 : performance.now() - this.#waitingSinceMs;
    if (waitedMs < ANSWER_MS || (waitedMs < HANGS_MS && !this.#isStopped())) this.#ask();
    else {
      this.#options.onProblem?.('the guardian does not answer, so it is replaced');
      // Killed first: it ends by a closed channel alone, but not while it is stopped.
      this.#child?.kill('SIGKILL');
    }
    this.#pingLater();
  }

  #isStopped(): boolean {
    try {
      return this.#identity !== undefined && lifeOf(this.#identity) === 'stopped';
    } catch {
      return false;
    }
  }

  #ask(): number {
    this.#asked += 1;
    this.#waitingSinceMs ??= performance.now();
    this.#send({ look: this.#asked });
    if (this.#isResting) this.#pingLater();
    return this.#asked;
  }

  #hear(child: ChildProcess, message: FromGuardian): void {
    if ('problem' in message) {
      this.#options.onProblem?.(`the guardian: ${message.problem}`);
      return;
    }
    if (child !== this.#child) return;
    if ('unseen' in message) {
      // It is asked again, and not replaced: another one would know less.
      this.#waitingSinceMs = performance.now();
      return;
    }
    this.#answered = Math.max(this.#answered, message.looked);
    this.#waitingSinceMs = this.#answered < this.#asked ? performance.now() : undefined;
    for (const resolve of this.#answer.splice(0)) resolve();
    if (this.#waitingSinceMs === undefined) this.#pingLater();
  }

  #hasEnded(child: ChildProcess, code: number | null, signal: string | null): void {
    if (this.#leaving || child !== this.#child) return;
    this.#child = undefined;
    this.#options.onProblem?.(`the guardian has ended (${signal ?? `code ${code}`}); a new one is started`);
    // At once after a kill; one that ends by itself would end again.
    if (signal !== null) this.#startChild();
    else setTimeout(() => !this.#leaving && this.#startChild(), START_AGAIN_MS).unref();
  }

  #send(message: ToGuardian): void {
    // Its end is noticed by its exit.
    if (this.#child?.connected) this.#child.send(message, () => {});
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}
