import type { Outcome } from '../domain/attempt/settle.ts';
import type { Verdict } from '../domain/attempt/verdict.ts';
import type { Lack } from '../domain/lack.ts';
import type { NotDelivered } from '../domain/notify/patience.ts';
import type { BudgetLine, PoolHold } from '../domain/plan/agent-line.ts';
import type { BacklogGroup, Grouped } from '../domain/plan/backlog.ts';
import type { Waiting } from '../domain/plan/decision.ts';
import type { HangsOn } from '../domain/plan/hangs-on.ts';
import type { Place } from '../domain/plan/place.ts';
import type { Reason } from '../domain/plan/reason.ts';
import type { SmallestChange } from '../domain/plan/smallest-change.ts';
import type { Whose } from '../domain/semaphore-id.ts';
import type { Health } from '../domain/slots/health.ts';
import type { Task } from '../domain/task.ts';
import type { ApiAddress, ApiTrouble } from './api-served.ts';
import type { Attempt, CommentedAttempt } from './attempts.ts';
import type { Deed } from './by-hand.ts';
import type { Failure, TinyTaskFailure } from './errors.ts';
import type { ParkedBefore } from './memos.ts';
import type { TaskOccurrence } from './occurrence-of-task.ts';
import type { PassReport } from './pass.ts';
import type { Phase, RunResult, RunStatus } from './run.ts';
import type { ScheduleProblem } from './schedule.ts';

// What the scheduler's API answers: facts. How people are told of them is in words/.

/** An agent as people see it. */
export interface AgentStatus {
  name: string;
  queue: string | null;
  limit: number;
  held: number;
  /** Runs in line that it may take. */
  waiting: number;
  paused: boolean;
  /** With its whole pool. */
  poolPaused: boolean;
  /** A person has stopped it alone, or with its whole pool. */
  stopped?: true;
  poolStopped?: true;
  /** Its pool is held, since the same trouble has taken several of its agents. */
  poolHold?: PoolHold;
  /** The configuration does not know it any more: it finishes what it has. */
  leaving?: true;
  /** What people did with it and its pool, each the last of its kind, where they said who they are. */
  deeds?: Deed[];
  health: Health;
  /** It is unwell, its time has come, and nobody tries it yet. */
  tryIsDue?: true;
  /** What was taken of its budget, and of that of its pool; absent: there is none. */
  budget?: BudgetLine;
  poolBudget?: BudgetLine;
}

/** `no-daemon`: the scheduler does what it is asked (`run --once`) and nothing of its own accord. */
export type SchedulerWord =
  | 'running'
  | 'agents-stopped'
  | 'paused'
  | 'disabled'
  | 'no-daemon'
  | 'never-started';

/** Where the run of a task stands, or what it came to. */
export interface TaskOutcome {
  taskId: number;
  /** Null: it has not had one yet. */
  agent: string | null;
  /** Null: the server knows no run of the task. */
  runId: string | null;
  /** `ended`: by itself. `lost`: it was ended from outside, or the server knows nothing of it. Else it is open. */
  state: 'ended' | 'lost' | Phase;
  /** Of a run that has ended. */
  end: RunResult['end'] | null;
  /** Of the last attempt; null: there was none, or nobody could tell. */
  verdict: Verdict | null;
  /** What the last attempt left in TinyTask; null as before. */
  outcome: Outcome | null;
  /** Number of the last attempt; numbers go on over the runs of a task. */
  attempts: number;
  /** Name of the log of the last attempt. */
  log: string | null;
  /** From its start to its end, or until it was parked, or until now. */
  tookMs: number;
}

/** Whether nothing went wrong with a task that was waited for. A task that somebody else has now, or deleted, is well. */
export function isWell({ state, end, verdict }: TaskOutcome): boolean {
  if (state !== 'ended') return false;
  switch (end) {
    case 'complete':
    case 'handed-off':
    case 'gone':
    case 'left-line':
      return true;
    case 'put-back':
    case 'not-done':
      return verdict === null || verdict.kind === 'completed';
    case 'returned':
    case 'untouched':
    case null:
      return false;
  }
}

/** Whether anything starts, and what keeps it from that. */
export interface SchedulerState {
  /** What decides whether anything starts; the first that holds. */
  scheduler: SchedulerWord;
  /** Whether the server has a scheduler. */
  exists: boolean;
  paused: boolean;
  /** A person has stopped all agents. */
  stopped?: true;
  /** What people did with the scheduler, each the last of its kind, where they said who they are. */
  deeds?: Deed[];
  /** `TINYSCHEDULER_ENABLED` of who schedules; of this configuration where nobody does. */
  enabled: boolean;
  /** The daemon that watches TinyTask, as `pid@host`. */
  daemon: string | null;
}

/** Everything `status`, the live table and the page show. */
export interface Status extends SchedulerState {
  agents: AgentStatus[];
  running: RunLine[];
  /** Runs whose goose host is gone. */
  interrupted: RunLine[];
  /** Runs that wait for a slot, or for a goose host. */
  queued: RunLine[];
  backingOff: RunLine[];
  parked: RunLine[];
  /** Tasks without a run, and why, in the order in which they would go. */
  waiting: (Waiting & { queue?: string | null })[];
  lastPass: PassReport | null;
  /** Where the API is served on this host; absent: nowhere. */
  api?: ApiAddress;
  /** What is wrong right now. */
  problems: Problem[];
}

/** A workflow whose workflow task fails again and again. */
export interface Stuck {
  workflowId: string;
  /** So many times in a row. */
  failures: number;
}

/** That messages to people wait. */
export interface NotifyingTrouble {
  waiting: number;
  /** Milliseconds since the epoch. */
  sinceMs: number;
  problem: NotDelivered;
}

/** What a TinyTask 1 has not got. */
export interface OlderTinyTask {
  lacks: Lack[];
  /** It speaks MCP's older transport, which goose does not. */
  sse: boolean;
}

/** One thing that is wrong with a schedule. */
export interface ScheduleTrouble {
  schedule: string;
  trouble: ScheduleProblem;
}

/** Something that is wrong right now. A `text` is quoted: somebody else wrote it, or a process that has ended since. */
export type Problem =
  /** What it fails with now: TinyTask does not answer, or not as it should. */
  | { what: 'failed'; failure: TinyTaskFailure }
  | ({ what: 'stuck' } & Stuck)
  /** A message of a person's that could not be done. */
  | { what: 'complaint'; signal: string; text: string }
  | { what: 'last-pass'; text: string }
  /** About the configuration, or of the last pass. */
  | { what: 'warning'; text: string }
  | ({ what: 'older-tinytask' } & OlderTinyTask)
  | ({ what: 'schedule' } & ScheduleTrouble)
  /** So many schedules are in trouble that are not told of. */
  | { what: 'more-schedules'; count: number }
  /** A person has switched off that tasks wait for others. */
  | { what: 'blocking-off' }
  /** Who is to serve the API here does not. */
  | { what: 'api'; trouble: ApiTrouble }
  /** People are to be notified, and the receiver does not take it. Since when, in milliseconds since the epoch. */
  | ({ what: 'notifications' } & NotifyingTrouble)
  /** Tasks that block each other in a circle. */
  | { what: 'cycle'; ids: number[] };

/** What the planner says of a task that does not start, or whose run is in line. */
export type Waits = Omit<Waiting, 'taskId'>;

/** Why a task is where it is. */
export interface Explanation extends SchedulerState {
  task: Pick<Task, 'id' | 'title' | 'status' | 'assignedTo' | 'queue'> & { archived: boolean };
  /** The occurrence that its tag names; absent where it has none. */
  occurrence?: TaskOccurrence;
  /** Its open run. */
  run: RunLine | null;
  /** What only the run itself knows; null where it has none, or nobody is there to answer for it. */
  told: Pick<RunStatus, 'sinceMs' | 'untilMs' | 'last'> | null;
  /** Null for a task that is over, one whose run has its slot, and while TinyTask does not tell. */
  waits: Waits | null;
  /** All reasons that hold, the one that decides first; empty where `waits` is null. */
  reasons: readonly Reason[];
  /** The tasks that it waits for, each told once. */
  hangsOn: Cause[];
  /** How many more it waits for directly, that are not told. */
  hangsOnMore: number;
  /** Null where it does not wait for a slot. */
  place: Place | null;
  /** Null for a task that is over or runs, and while TinyTask does not tell. */
  change: SmallestChange | null;
  /** The last ones, oldest first. */
  attempts: (Attempt | CommentedAttempt)[];
  /** Number of the last one; numbers go on over the runs of a task. */
  attemptsTotal: number;
  /** What people did that keeps it from starting, beyond what they did with the scheduler. */
  held?: { whose: Whose; deed: Deed }[];
  problems: Problem[];
}

/** A task that another one waits for. */
export interface Cause extends Omit<HangsOn, 'on'> {
  /** Null: it is not among the open tasks. */
  title: string | null;
  /** Its open run. */
  run: RunLine | null;
  /** When that entered its phase, and when it goes on by itself, where somebody is there to tell. */
  told: Pick<RunStatus, 'sinceMs' | 'untilMs'> | null;
  on: Cause[];
}

/** All open tasks by what keeps them from running. */
export interface Backlog extends SchedulerState, Omit<Grouped, 'groups'> {
  open: number;
  groups: BacklogGroup[];
  problems: Problem[];
}

/** What `retry` did. `whose`: whose slots its run uses, where that is known. */
export type Retried = { taskId: number } & (
  | { did: 'un-parked' | 'skipped-back-off'; whose: Whose | null }
  /** It was `working` with nobody on it; it is idle, and first in line. */
  | { did: 'taken-back'; from: string | null }
  /** It had no run. */
  | { did: 'put-first' }
  | { did: 'nothing'; since: 'complete' }
  | { did: 'nothing'; since: 'running'; agent: string | null }
  | { did: 'nothing'; since: 'in-line'; whose: Whose | null }
);

/** What `cancel` did. But for `over`, the task is idle then, and its run is parked. */
export type Cancelled = { taskId: number } & (
  | { did: 'cancelled'; was: Exclude<Phase, 'parked'>; agent: string | null; whose: Whose | null }
  | { did: 'nothing'; since: 'parked' }
  /** Its run ended at the same moment in another way. `task`: where that left it; null: it is gone from TinyTask. */
  | { did: 'nothing'; since: 'over'; task: Task['status'] | 'archived' | null }
);

/** Where a run really is, which a server whose workers are gone does not say by its phase alone. */
export type RunState =
  | 'waiting-for-slot'
  /** It has its slot; no goose host has taken it yet. */
  | 'waiting-for-host'
  | 'running'
  /** Its goose host is not heard of any more, or its attempt is over and nobody is there to go on with it. */
  | 'interrupted'
  | 'backing-off'
  | 'parked';

/** An open run of a task. */
export interface RunLine {
  taskId: number;
  /** Null where any of the pool may still get it. */
  agent: string | null;
  /** Whose slots it uses; null: its memo does not tell. */
  whose: Whose | null;
  queue: string | null;
  phase: Phase;
  state: RunState;
  attempt: number;
  /** Of what runs, when its attempt began; else when the run began. Milliseconds since the epoch. */
  sinceMs: number;
  /** Of one in line: why it has no slot yet, where the planner tells. */
  waits?: Waits;
  /** Why it backs off or is parked, where its memo tells: the reason of a verdict, or what a person did. */
  cause?: string;
  /** Why it was parked until a person called it back. */
  parkedBefore?: ParkedBefore;
}

/** What became of each of many tasks. */
export type TaskDone<Done> = { taskId: number } & ({ done: Done } | { failure: Failure });

/** What taking a task out did. */
export type Removed = { taskId: number } & (
  | /** It is archived, and a run that it had ends. */ { did: 'removed' }
  | { did: 'nothing'; since: 'complete' | 'archived' }
);

/** What `stop-agents` did with an attempt that was under way. */
export type Stopped = {
  taskId: number;
  agent: string | null;
} /** Its task is idle, and its run in line. */ & (
  | { did: 'stopped' }
  /** Its run ended, or rests, by itself: the attempt was over at the same moment. */
  | { did: 'ended' }
  /** Nobody has carried it out in time. */
  | { did: 'still-running' }
);

/** What `set-limit` changed. */
export interface LimitSet {
  agent: string;
  /** In force now. */
  slots: number;
  /** By the configuration; null: it does not know the agent. */
  configured: number | null;
  /** By hand; else as configured. */
  byHand: boolean;
  /** Runs that have a slot of it now. */
  held: number;
}
