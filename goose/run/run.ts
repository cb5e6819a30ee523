import { judge, type RunFacts, type Stop } from '../../domain/attempt/judge.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import type { GooseCommand } from '../start/command-line.ts';
import { type Containment, containment } from '../start/containment.ts';
import { startReason } from '../start/start.ts';
import { AttemptLog, type AttemptLogOptions } from './attempt-log.ts';
import { Output } from './output.ts';
import type { RunLimits } from './stop-reason.ts';
import { StreamReader, type Tokens } from './stream-reader.ts';
import { type ProgramOptions, runToTheEnd } from './to-the-end.ts';

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

export interface GooseRunOptions extends ProgramOptions {
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
    tokens: run.reader.tokens,
    turns: run.reader.turns,
    startedAt,
    endedAt: Date.now(),
    exitCode: facts.exitCode,
    signal: facts.signal,
    logName: log.name,
    ...(log.problem !== undefined && { logProblem: log.problem }),
  };
}

class GooseRun {
  readonly reader: StreamReader;
  readonly #output: Output;
  readonly #spec: GooseRunSpec & { held: Containment };
  readonly #options: GooseRunOptions;
  readonly #log: AttemptLog;
  #stopped: Stop | undefined;

  constructor(spec: GooseRunSpec & { held: Containment }, options: GooseRunOptions, log: AttemptLog) {
    this.#spec = spec;
    this.#options = options;
    this.#log = log;
    this.reader = new StreamReader({ ...options, sameCalls: spec.sameCalls });
    this.#output = new Output(this.reader, log);
  }

  async toTheEnd(): Promise<{ facts: RunFacts; verdict: Verdict }> {
    const ended = await runToTheEnd(this.#spec, this.#output, this.#options, this.reader);
    if ('startError' in ended) return this.#notStarted(ended.startError);
    this.#stopped = ended.stopped;
    this.reader.end();
    return this.#judged(ended.exitCode, ended.signal);
  }

  #notStarted(error: NodeJS.ErrnoException): { facts: RunFacts; verdict: Verdict } {
    const reason = `goose could not be started: ${startReason(this.#spec.command, this.#spec.cwd, error)}`;
    return { ...this.#judged(null, null), verdict: { kind: 'misconfigured', reason } };
  }

  #judged(exitCode: number | null, signal: string | null): { facts: RunFacts; verdict: Verdict } {
    const { ownExtension, taskRecipe, extensions = [], env, command } = this.#spec;
    const facts: RunFacts = {
      ...this.reader.facts,
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
