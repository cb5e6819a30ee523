import { judge, type RunFacts, type Stop } from '../../domain/attempt/judge.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import { identify, type ProcessId } from '../host/process-table.ts';
import { ProcessesLeftError, ProcessFamily } from '../host/processes.ts';
import { removeCgroup } from '../start/cgroup.ts';
import type { GooseCommand } from '../start/command-line.ts';
import { type Containment, containment, recordedContainment } from '../start/containment.ts';
import { spawnGoose, startReason } from '../start/start.ts';
import { AttemptLog, type AttemptLogOptions } from './attempt-log.ts';
import { Output } from './output.ts';
import { type RunLimits, stopOf } from './stop-reason.ts';
import { StreamReader, type Tokens } from './stream-reader.ts';
import { untilItEnds } from './watch-run.ts';

export interface GooseRunSpec extends RunLimits {
  command: GooseCommand;
  /** The whole environment, the run's token included. */
  env: Record<string, string>;
  cwd: string;
  /** The run's token, as in `env`. */
  token: string;
  log: AttemptLogOptions;
  /** Between SIGTERM and SIGKILL. A function is asked when the run is stopped. */
  graceMs: number | (() => number);
  /** How goose knows our TinyTask. */
  ownExtension?: { name: string; url: string };
  taskRecipe?: RunFacts['taskRecipe'];
  /** How its processes are held together; as `containment` says where absent. */
  held?: Containment;
  /** Names of the recipe's extensions, which a reason may tell. */
  extensions?: readonly string[];
}

export interface GooseRunOptions {
  /** Aborting stops the run. A reason of the form `Stop` says why; anything else is a cancellation. */
  signal: AbortSignal;
  /** Asked in the tick of the spawn: why goose must not be started, if so. */
  obstacle?: () => Stop | undefined;
  /** Called once goose is there. If it throws, goose is ended and the run rejects with that. */
  onStarted?: (goose: ProcessId) => void | Promise<void>;
  /** Called with a sentence when processes cannot be killed, each time that was tried for 10 s. Must not throw. */
  onLeft?: (problem: string) => void;
  /**
   * Called at most once, in the middle of the run where it can be: as soon as goose's output shows for certain that the
   * model has answered, and all extensions were started. Not awaited; that it throws or rejects is of no consequence.
   */
  onModelAnswered?: () => void | Promise<void>;
}

export interface GooseRunResult {
  facts: RunFacts;
  verdict: Verdict;
  tokens: Tokens | null;
  turns: number;
  /** Milliseconds since 1970, as is `endedAt`. */
  startedAt: number;
  endedAt: number;
  exitCode: number | null;
  signal: string | null;
  logName: string;
  logProblem?: string;
}

/**
 * Runs goose once and says what came of it. Resolves only when nothing of the run is alive any more. A goose that
 * cannot be started is a verdict too; only a failing `onStarted` rejects.
 */
export async function runGoose(spec: GooseRunSpec, options: GooseRunOptions): Promise<GooseRunResult> {
  const startedAt = Date.now();
  const [log, held] = await Promise.all([AttemptLog.open(spec.log), spec.held ?? containment()]);
  const run = new GooseRun({ ...spec, held }, options, log);
  const { facts, verdict } = await run.toTheEnd().finally(() => log.close());
  return {
    facts,
    verdict,
    tokens: run.output.reader.tokens,
    turns: run.output.reader.turns,
    startedAt,
    endedAt: Date.now(),
    exitCode: facts.exitCode,
    signal: facts.signal,
    logName: log.name,
    ...(log.problem !== undefined && { logProblem: log.problem }),
  };
}

class GooseRun {
  readonly output: Output;
  readonly #spec: GooseRunSpec & { held: Containment };
  readonly #options: GooseRunOptions;
  readonly #log: AttemptLog;
  #stopped: Stop | undefined;

  constructor(spec: GooseRunSpec & { held: Containment }, options: GooseRunOptions, log: AttemptLog) {
    this.#spec = spec;
    this.#options = options;
    this.#log = log;
    this.output = new Output(new StreamReader({ ...options, sameCalls: spec.sameCalls }), log);
  }

  get #cgroup(): string | undefined {
    const { held, token } = this.#spec;
    return recordedContainment(held, token).cgroup;
  }

  async toTheEnd(): Promise<{ facts: RunFacts; verdict: Verdict }> {
    const { output } = this;
    const { signal } = this.#options;
    // From here to the spawn nothing may be awaited: a run that was stopped must not start.
    this.#stopped = signal.aborted ? stopOf(signal.reason) : this.#options.obstacle?.();
    if (this.#stopped !== undefined) return this.#judged(null, null);
    const goose = spawnGoose(this.#spec, this.#spec.held);
    if (goose instanceof Error) return this.#notStarted(goose);
    // In the tick of the spawn: even a goose that ends at once still has its place among the processes.
    const identity = identify(goose.pid);
    const startError = await goose.hasStarted();
    if (startError !== undefined) return this.#notStarted(startError);
    output.of(goose);
    const root = await identity;
    const family = new ProcessFamily(this.#spec.token, root, this.#cgroup);
    try {
      await this.#options.onStarted?.(root);
      this.#stopped = await untilItEnds({
        ...{ goose, family, output, signal, launched: this.#isLaunched },
        ...{ limits: this.#spec, env: this.#spec.env },
      });
    } finally {
      // What goose has left behind is ended too, also if goose itself has ended well.
      const { graceMs } = this.#spec;
      await this.#end(family, typeof graceMs === 'number' ? graceMs : graceMs());
      await output.drained(goose);
    }
    output.reader.end();
    // A launcher may have left goose to itself, and knows nothing of its end then.
    const isKnown = !this.#isLaunched || goose.exitCode !== 0 || output.reader.isComplete;
    return this.#judged(isKnown ? goose.exitCode : null, goose.signal);
  }

  get #isLaunched(): boolean {
    return this.#spec.command.launcher !== undefined;
  }

  /** What cannot be killed (blocked in the kernel, or not ours to signal) is waited for: its slot is not free. */
  async #end(family: ProcessFamily, graceMs: number): Promise<void> {
    for (;;) {
      try {
        await family.stop({ graceMs });
        return;
      } catch (error) {
        if (!(error instanceof ProcessesLeftError)) throw error;
        this.#options.onLeft?.(error.message);
      }
    }
  }

  #notStarted(error: NodeJS.ErrnoException): { facts: RunFacts; verdict: Verdict } {
    if (this.#cgroup !== undefined) removeCgroup(this.#cgroup);
    const reason = `goose could not be started: ${startReason(this.#spec.command, this.#spec.cwd, error)}`;
    return { ...this.#judged(null, null), verdict: { kind: 'misconfigured', reason } };
  }

  #judged(exitCode: number | null, signal: string | null): { facts: RunFacts; verdict: Verdict } {
    const { ownExtension, taskRecipe, extensions = [], env, command } = this.#spec;
    const facts: RunFacts = {
      ...this.output.reader.facts,
      exitCode,
      signal,
      ...(this.#stopped && { stopped: this.#stopped }),
      ...(ownExtension && { ownExtension }),
      ...(taskRecipe && { taskRecipe }),
      ...(command.launcher && { launcher: command.launcher }),
      nameable: { hosts: hostsIn(env), extensions, log: this.#log.name },
    };
    return { facts, verdict: judge(facts) };
  }
}

/** Hosts of the addresses among the settings: without user, password and path. */
function hostsIn(env: Record<string, string>): string[] {
  const addresses = Object.values(env).filter((value) => /^https?:\/\//.test(value) && URL.canParse(value));
  return addresses.map((value) => new URL(value).host);
}
