import type { AttemptPolicy, Decided } from '../domain/attempt/follow.ts';
import type { Outcome } from '../domain/attempt/settle.ts';
import type { Rank } from '../domain/rank.ts';
import type { DoneRules, RunRules } from '../domain/run-rules.ts';
import type { Found } from '../domain/schedule/audit.ts';
import type { Definition, Work } from '../domain/schedule/definition.ts';
import type { Request } from '../domain/slots/line.ts';
import type { RunRef } from '../domain/slots/run-ref.ts';
import type { Day } from '../domain/slots/tokens.ts';
import type { TaskRef } from '../domain/task.ts';
import type { RunChanged } from './contents.ts';
import type { NotifierActivities } from './notify.ts';
import type {
  Begun,
  EnterAsked,
  NotBegun,
  OccurrenceRef,
  TaskLook,
  Trigger,
  WaitsFor,
} from './occurrence.ts';
import type { KnownOccurrence } from './occurrences-input.ts';
import type { PackedRuns, SurveyInput, SurveyResult } from './pass.ts';
import type { AttemptResult, Phase } from './run.ts';

export interface GooseInput {
  task: TaskRef;
  /** Whose slot it is. */
  agent: string;
  /** To whom the task is assigned, as far as is known: to the agent, or to another of the pool that had it before; null: nobody. */
  assignee: string | null;
  /** The pool whose task it is; null when it came with its agent. */
  pool: string | null;
  /** `queue` of the task. */
  queue: string | null;
  /** Of the attempt; numbers go on over all runs of a task. */
  number: number;
  /** Run id of the run that the slot was granted to. A reset run finds another one here than itself. */
  grantedTo: string;
  /** Of the grant. */
  fence: number;
  /** Workflow id of the semaphore that gave the slot. */
  semaphore: string;
  /** The slot was given to try whether an unwell agent works again. */
  probe: boolean;
  /** The agent's, where it has one of its own. */
  maxRuntimeMs: number;
  killGraceMs: number;
  /** Of the agent, as its slot was given with them; absent: as the settings say. */
  rules?: RunRules;
}

/** What each heartbeat of an attempt says. A host of an earlier version says nothing. */
export interface AttemptBeat extends AttemptProgress {
  /** Of the grant under which it goes on. */
  fence: number;
}

/** How far an attempt is, which people are told. What is not known is absent: a host of an earlier version says none of it. */
export interface AttemptProgress {
  /** When its goose was started, by the host's clock, in milliseconds since the epoch. */
  begunMs?: number;
  /** So long it may run, as it was granted. */
  limitMs?: number;
  /** Of the model so far. */
  tokens?: number;
  /** Answers of the model so far. */
  turns?: number;
}

export interface GooseActivities {
  /** One attempt at a task on this host. Resolves when nothing of it lives any more. */
  runGoose(input: GooseInput): Promise<AttemptResult>;
}

export interface SettleInput {
  task: TaskRef;
  /** Whom TinyTask names if the task is still the run's. */
  agent: string;
  /** Of the attempt. */
  number: number;
  runId: string;
  /** What the scheduler is told if the run ends with this. */
  ended: RunChanged;
  /** What follows unless the task itself says otherwise. */
  decided: Decided;
  policy: AttemptPolicy;
  result: AttemptResult;
  /** What the attempt was asked for besides goose; absent: nothing, or its run is of an earlier version. */
  rules?: DoneRules;
}

export interface Settled extends Decided {
  outcome: Outcome;
  /** The scheduler was told that the run ends with this; else the run tells it. */
  schedulerTold: boolean;
}

export interface SettleActivities {
  /**
   * Writes an attempt's result back. It may be carried out more than once: what stands already is
   * recognised, and a status that somebody else set is never set back.
   */
  settle(input: SettleInput): Promise<Settled>;
  /**
   * What became of the task of a run that waits: `untouched` while it is still the run's business. A task that is `working`
   * by the run from which this one was reset is taken back when nothing of that one can live any more.
   */
  lookAtTask(input: { task: TaskRef; agent: string | null }): Promise<Outcome>;
}

/** An open run that holds a slot or is in line for one. */
export interface FoundRun extends RunRef {
  phase: Phase;
  /** Of its slot; null: it is in line. */
  agent: string | null;
  /** Of the grant under which its host is at an attempt; absent: no host has begun, or it is of an earlier version. */
  fence?: number;
  wants: string | null;
  rank: Rank;
  /** When the survey that found the rank began, in milliseconds since the epoch. */
  rankedAtMs: number;
}

/** A run as the server has it now. */
export interface LookedAt extends RunRef {
  /** Milliseconds since the epoch; null: it is open. */
  closedAtMs: number | null;
  /** It returned by itself, so nothing of it lives. */
  inOrder: boolean;
  /** It is at an attempt or in line. One that backs off or is parked has no slot, whatever became of its release. */
  mayHold: boolean;
  /** Of its slot, where it has one. */
  agent: string | null;
  /** For so long after it was closed its processes may live; absent: not known. */
  lingersMs?: number;
}

export interface SemaphoreActivities {
  /** Reads each of these runs at the server. */
  lookAtRuns(runs: RunRef[]): Promise<LookedAt[]>;
  /** The open runs that hold a slot of one of these agents, of whatever semaphore, and those in line at this semaphore. */
  openRunsOf(of: { semaphore: string; agents: string[] }): Promise<FoundRun[]>;
  /** Puts a run in line for a slot. A semaphore that is missing is started; one that nobody configured has no agents. */
  askForSlot(semaphore: string, wanted: Request): Promise<void>;
}

export interface SurveyActivities {
  /** Reads TinyTask, the agents and the open runs, and decides what starts. That TinyTask is down is in the report. */
  survey(input: SurveyInput): Promise<SurveyResult>;
}

export interface WatchInput {
  /** Of what could start at the survey before, which is no change. */
  fingerprint: string;
  /** Fingerprint of the agents of that survey. */
  registry: string;
  /** The process that read them, as `pid@host`. */
  by: string;
  /** Open runs, without their semaphores and agents. */
  runs: PackedRuns;
  /** When the loop interval is over, in milliseconds since the epoch by the server's clock. */
  untilMs: number;
}

export interface WatchActivities {
  /**
   * Watches TinyTask's list until something could start that could not before. `over`: the time is over, or the agents are
   * not those of the survey any more, and everything is to be looked at.
   */
  watch(input: WatchInput): Promise<'changed' | 'over'>;
}

export interface KeepInput {
  name: string;
  /** What the server is to have: `absent` where nothing can come any more. */
  wanted: { definition: Definition; paused: boolean } | 'absent';
  /** What is there does not tick: make it anew. */
  anew?: boolean;
}

export interface KeepResult {
  /** When the server says that it is due next; milliseconds since the epoch, at most ten. */
  nextMs: number[];
  /** The server had something else before. */
  changed?: boolean;
  /** The server does not take it: what it says. It is not tried again with the same. */
  refused?: string;
}

/** What was due after a moment until another one, that included. Moments are in milliseconds since the epoch. */
export interface DueAsked {
  definition: Definition;
  afterMs: number;
  untilMs: number;
}

/** So many of those that come next are told, where there are so many. */
export const NEXT_DUE = 20;

export interface DueTimes {
  /** The newest 1,000 of them, oldest first. */
  dueMs: number[];
  /** How many older ones there are. */
  more: number;
  /** The next ones. */
  nextMs: number[];
  days: Day[];
}

/** What a schedule has done outside. */
export interface ScheduleActivities {
  /** Brings the Temporal Schedule into the wanted state; tried until it succeeds. */
  keepSchedule(input: KeepInput): Promise<KeepResult>;
  /**
   * What was due, and what comes next; which days there are in the zone, from yesterday on. Fails for good where the timing
   * cannot be read.
   */
  dueTimes(input: DueAsked): Promise<DueTimes>;
  /** Of these occurrences those that the server has, open or closed. */
  occurrencesThere(ids: string[]): Promise<Found[]>;
}

export interface BeginInput extends OccurrenceRef {
  schedule: string;
  trigger: Trigger;
  plannedMs: number;
}

export interface EnterInput extends Omit<EnterAsked, 'atMs'> {
  /** What the question is called. */
  asking: string;
  /** Of the first question: what it will do, for the log. */
  began?: { trigger: Trigger; number: number; version: number };
}

export interface InTheWayInput extends Pick<EnterAsked, 'schedule' | 'workflowId'> {
  /** Workflow ids. */
  ids: string[];
  /** Absent: it is left out. */
  waits?: WaitsFor;
}

export interface LeftOutInput extends Pick<EnterAsked, 'schedule' | 'workflowId' | 'plannedMs'> {
  because: NotBegun;
}

/** A task of an occurrence that is to be made; the placeholders of its texts are filled in then. */
export interface CreateTaskInput {
  /** Workflow id of the occurrence. */
  occurrence: string;
  begun: Begun;
  plannedMs: number;
  /** It may have been made already: the workflow was reset, or the activity is tried again. */
  mayBeThere: boolean;
}

/** `again`: another try may have made one too. */
export type CreatedTask = TaskRef & { again?: true };

/** What an occurrence has done for it. */
export interface OccurrenceActivities {
  /** Asks its schedule, which answers by `begin-answered`. */
  askSchedule(input: BeginInput & { asking: string }): Promise<'asked' | 'no-such-schedule'>;
  /** SHA-256 of the recipe that the work names, in hex; null: nobody can read it. */
  hashRecipe(work: Work): Promise<string | null>;
  /** Asks the admission, which answers by `enter-answered`. */
  askAdmission(input: EnterInput): Promise<void>;
  /** Looks at those in its way. Those of which the server knows that they are closed are told to the admission: how many. */
  lookInTheWay(input: InTheWayInput): Promise<{ closed: number }>;
  /** For the log. */
  noteLeftOut(input: LeftOutInput): Promise<void>;
  /** Makes the task, for nobody. The answer of the first try that succeeds counts; others that were made are archived by `tidyUp`. */
  createTask(input: CreateTaskInput): Promise<CreatedTask>;
  /** Gives it to its queue and agent. */
  releaseTask(input: { task: TaskRef; begun: Begun }): Promise<void>;
  /** Archives tasks that an occurrence has made besides its own. */
  tidyUp(input: { occurrence: string; task: TaskRef }): Promise<void>;
  lookAtTaskOfOccurrence(input: { task: TaskRef }): Promise<TaskLook>;
  /** Its task is wanted no more: its run is cancelled, and the task archived with a comment that says why. */
  callOff(input: { task: TaskRef; why: string }): Promise<TaskLook>;
}

/** What the admission has done for it. */
export interface AdmissionActivities {
  /** Open occurrences that were let in. */
  occurrencesUnderWay(): Promise<KnownOccurrence[]>;
}

/** The name under which the server knows an activity. */
export type ActivityName = keyof (SurveyActivities &
  WatchActivities &
  SemaphoreActivities &
  GooseActivities &
  SettleActivities &
  ScheduleActivities &
  OccurrenceActivities &
  AdmissionActivities &
  NotifierActivities);
