import type { PassReport } from '../contract/pass.ts';
import type { AttemptResult } from '../contract/run.ts';
import type { AgentRegistry } from '../domain/agent.ts';
import type { Follow } from '../domain/attempt/follow.ts';
import type { Outcome, Settlement } from '../domain/attempt/settle.ts';
import type { VerdictKind } from '../domain/attempt/verdict.ts';
import type { AgentLine } from '../domain/plan/agent-line.ts';
import type { Plan, Start } from '../domain/plan/decision.ts';
import type { OpenRun } from '../domain/plan/input.ts';
import type { Task } from '../domain/task.ts';
import type { CleanedUp } from '../goose/workplace/clean-up.ts';
import type { ScheduleEvent } from './schedule-events.ts';

/** One attempt at a task, by the ids under which it is found elsewhere. */
export interface AttemptIds {
  taskId: number;
  agent: string;
  /** Number of the attempt. */
  attempt: number;
  runId: string;
}

/**
 * What happens in this process, for its log: facts, no sentences. Whoever knows a fact tells it each time; whether it is
 * news is for the log to know. Objects are read at once and not kept.
 */
export type SchedulerEvent = (SomeEvent | ScheduleEvent) & OfPass;

interface OfPass {
  /** Of a pass or a refill: its id, the first letters of the scheduler's run and the activity's id. */
  pass?: string;
}

type SomeEvent =
  /** `by`: this process, as `pid@host`. */
  | { what: 'serving'; role: string; by: string; temporal: string; tinytask: string; goose: string }
  | { what: 'stopping'; why: string }
  | { what: 'stopped' }
  /** Something that was wrong with the configuration or on this host, as a sentence. */
  | { what: 'problem'; about: 'configuration' | 'host'; problem: string }
  /** Variables of the env file whose new values count from now on. */
  | { what: 'settings-taken'; variables: readonly string[] }
  /** Null: it answers. */
  | { what: 'temporal'; address: string; problem: string | null }
  | { what: 'tinytask'; problem: string | null }
  /** Null: a message was delivered. */
  | { what: 'notifications'; problem: string | null }
  /** It did not run. `how` it ended, as an adjective; `paused`: by a person, which goes on. */
  | { what: 'scheduler-started-again'; how: string; paused: boolean }
  | { what: 'pass-began'; full: boolean; by: string }
  | Planned
  | PassEnded
  | { what: 'reclaimed'; taskId: number; agent: string; runId: string }
  | Claimed
  | ({ what: 'attempt-ended'; result: AttemptResult } & AttemptIds)
  /** Processes of the attempt cannot be killed. */
  | ({ what: 'slot-kept'; problem: string } & AttemptIds)
  /** One beyond what stays of its agent's worktrees. `kept`: why it stays all the same, as a clause; null: it was removed. */
  | ({ what: 'worktree-beyond'; agent: string } & CleanedUp)
  | SettledAttempt
  /** The result could not be written to TinyTask; it is tried again. */
  | ({ what: 'not-settled'; problem: string } & AttemptIds);

/** The task is `working`, and goose starts. Times are milliseconds since the epoch. */
interface Claimed extends AttemptIds {
  what: 'claimed';
  log: string;
  /** The pool, where the claim gave the task its agent. */
  assignedFrom: string | null;
  /** Whose slot it has; null: the agent is in none. */
  pool: string | null;
  /** When the task was added, by TinyTask's clock. */
  addedMs: number;
  /** When the attempt with its slot was handed to the hosts, by the server's clock. */
  handedOutMs: number;
}

interface SettledAttempt extends AttemptIds {
  what: 'settled';
  /** Whether the attempt had set the task to `working`. */
  claimed: boolean;
  verdict: VerdictKind;
  /** Of the model; null: not known. */
  tokens: number | null;
  wrote: Settlement['write'];
  outcome: Outcome;
  follow: Follow;
}

/** What a survey decided, of all open tasks. */
export interface Planned {
  what: 'planned';
  registry: AgentRegistry;
  full: boolean;
  agents: readonly AgentLine[];
  tasks: readonly Task[];
  /** Open runs before the starts. */
  runs: readonly OpenRun[];
  waiting: Plan['waiting'];
  starts: readonly Start[];
}

export interface PassEnded {
  what: 'pass-ended';
  full: boolean;
  /** Whether TinyTask answered; else nothing is known of the tasks. */
  sawTasks: boolean;
  /** With the starts that the survey decided; a pause that came meanwhile may still keep some from starting. */
  report: PassReport;
  agents: readonly AgentLine[];
  paused: boolean;
  /** It is since a person has stopped all agents. */
  stopped?: boolean;
  enabled: boolean;
}

/** Never throws. */
export type Tell = (event: SchedulerEvent) => void;
