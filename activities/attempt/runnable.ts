import type { Config } from '../../config/config.ts';
import type { AttemptProgress, GooseInput } from '../../contract/activities.ts';
import type { AttemptResult } from '../../contract/run.ts';
import type { Agent } from '../../domain/agent.ts';
import type { Stop } from '../../domain/attempt/judge.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import type { Task } from '../../domain/task.ts';
import type { KeptRecord } from '../../goose/host/run-record.ts';
import type { Lease } from '../../goose/run/lease.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import type { GooseDeps } from './deps.ts';

// What an attempt runs: goose with a recipe (goose-on-task.ts), or a program of BIN_DIR (command-on-task.ts). Both are found
// before the task is claimed, and both run under the same lease, record, containment and log.

export interface Runnable {
  /** Runs it for the claimed task, for as long as the lease holds and the task is still the agent's. Resolves when nothing of it lives. */
  run(on: ClaimedTask): Promise<Ran>;
}

/** What is known when it is looked for what an attempt runs. */
export interface Looking {
  deps: GooseDeps;
  input: GooseInput;
  /** Of the attempt, without its token: what looks for goose is no process of the run. */
  env: Record<string, string>;
  agent: AgentRules;
  /** As TinyTask has it now; undefined: it has none of that id. */
  task: Task | undefined;
  /** The attempt is to stop. */
  signal: AbortSignal;
}

export type Found = { runnable: Runnable } | { instead: Pick<AttemptResult, 'verdict' | 'noAttempt'> };

/** An agent's entry; its name alone where the configuration does not know it any more. */
export type AgentRules = Partial<Agent> & Pick<Agent, 'name'>;

/** A claimed task, and what an attempt at it has on its host. */
export interface ClaimedTask {
  config: Config;
  tinytask: TinyTask;
  input: GooseInput;
  runId: string;
  env: Record<string, string>;
  workingDir: string;
  token: string;
  record: KeptRecord;
  lease: Lease;
  stopping: AbortController;
  onLeft: (problem: string) => void;
  /** Tells people how far it is, with the next heartbeat. */
  onProgress: (progress: AttemptProgress) => void;
  /** The model has answered for the first time. */
  onModelAnswered?: () => void;
}

/** How what an attempt has run has ended. */
export interface Ran {
  verdict: Verdict;
  /** Set if we stopped it. */
  stopped?: Stop | undefined;
  /** Milliseconds since 1970, as is `endedAt`. */
  startedAt: number;
  endedAt: number;
  logName: string;
  logProblem?: string;
  /** Answers of a model. */
  turns: number;
  /** Null: not known. */
  tokens: number | null;
  /** Name of the recipe, where there was one. */
  recipe?: string;
}
