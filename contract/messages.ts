import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { AgentLine } from '../domain/plan/agent-line.ts';
import type { InForce, OpenRun } from '../domain/plan/input.ts';
import type { Release } from '../domain/slots/give-back.ts';
import type { Request } from '../domain/slots/line.ts';
import type { Grant, Pool } from '../domain/slots/pool.ts';
import type { RunRef } from '../domain/slots/run-ref.ts';
import type { Answer } from './answers.ts';
import { NOTE_OR_NONE, type Note } from './by-hand.ts';
import * as contents from './contents.ts';
import type { NotifierMemo } from './notify.ts';
import type {
  BeginAsked,
  Begun,
  EnterAsked,
  Entered,
  NotBegun,
  OccurrenceMemo,
  OccurrenceRef,
} from './occurrence.ts';
import type { OccurrencesStatus } from './occurrences-input.ts';
import type { PassReport, SurveyInput } from './pass.ts';
import type { RunStatus } from './run.ts';
import type * as schedule from './schedule.ts';
import * as shapes from './schedule-shapes.ts';
import type { Shape } from './shape.ts';

// Every message to a workflow of ours: its name, what comes with it, and the shape by which that is checked. Who sends
// (workflows/sdk/send.ts, temporal/signalled.ts) and who receives (workflows/sdk/heed.ts) take it from here.
//
// Names are in kebab-case so that people can type them: `temporal workflow signal -w scheduler --name pause`.

/** A signal. */
export interface Message<Args extends unknown[] = []> extends SignalDefinition<Args> {
  readonly shapes: Shapes<Args>;
}
type Shapes<Args extends unknown[]> = { readonly [At in keyof Args]: Shape<Args[At]> };

/**
 * A wish: a signal that is answered, to whoever asks for the answer with `answerTo`. Its id comes after what is in it
 * (contract/answers.ts).
 */
export interface Wish<Result, Args extends unknown[]> {
  readonly name: string;
  readonly shapes: Shapes<Args>;
  /** Of no use but for the compiler. */
  readonly result?: Result;
}

// As defineSignal of @temporalio/workflow makes them: that package is for workflows alone.
function signal<Args extends unknown[]>(name: string, ...shapes: Shapes<Args>): Message<Args> {
  return { type: 'signal', name, shapes } as unknown as Message<Args>;
}
function query<Result, Args extends unknown[] = []>(name: string): QueryDefinition<Result, Args> {
  return { type: 'query', name } as QueryDefinition<Result, Args>;
}
function wish<Result, Args extends unknown[]>(name: string, ...shapes: Shapes<Args>): Wish<Result, Args> {
  return { name, shapes };
}

// From people's hands.
/** To the scheduler, which needs nothing with it. */
type ToScheduler = [note: Note | undefined];
export const pauseAll = signal<ToScheduler>('pause', NOTE_OR_NONE);
export const resumeAll = signal<ToScheduler>('resume', NOTE_OR_NONE);
/** As a pause, and what runs is stopped; its tasks are in line again, and no attempt is used. */
export const stopAllAgents = signal<ToScheduler>('stop-agents', NOTE_OR_NONE);
export const startAllAgents = signal<ToScheduler>('start-agents', NOTE_OR_NONE);
/** To a semaphore: the name of an agent of its pool, or nothing for all of the pool. */
type ToSemaphore = [agent: string | undefined, note: Note | undefined];
export const pause = signal<ToSemaphore>('pause', contents.AGENT_OR_NONE, NOTE_OR_NONE);
export const resume = signal<ToSemaphore>('resume', contents.AGENT_OR_NONE, NOTE_OR_NONE);
export const stopAgents = signal<ToSemaphore>('stop-agents', contents.AGENT_OR_NONE, NOTE_OR_NONE);
export const startAgents = signal<ToSemaphore>('start-agents', contents.AGENT_OR_NONE, NOTE_OR_NONE);
/** To a semaphore: slots of the agent, or of each agent of the pool; null: as many as are configured. */
export const setLimit = signal<[slots: number | null, agent: string | undefined, note: Note | undefined]>(
  'set-limit',
  contents.LIMIT_BY_HAND,
  contents.AGENT_OR_NONE,
  NOTE_OR_NONE,
);

// To the scheduler.
/** A pass now; the task is put first. */
export const runNow = signal<[taskId: number | undefined]>('run-now', contents.TASK_ID_OR_NONE);
/** Wakes the scheduler. It is no proof: what became of a task is read from TinyTask and from the run itself. */
export const runChanged = signal<[contents.RunChanged]>('run-changed', contents.RUN_CHANGED);
/** How a pool is, which the scheduler plans with. */
export const poolChanged = signal<[contents.PoolChanged]>('pool-changed', contents.POOL_CHANGED);
/** What `TINYSCHEDULER_ENABLED` is for the process that schedules from now on; sent before it takes any work. */
export const enable = signal('enable');
export const disable = signal('disable');
/** A daemon is there: a full pass now. */
export const daemonStarted = signal('daemon-started');
/** One full pass, answered with its report when it is done. */
export const makePass = wish<PassReport, [{ once: boolean }]>('pass', contents.PASS);
/** The same as an Update, as clients of older versions ask for it. Histories have it, so it is handled for as long as they are replayed. */
export const passUpdate = { type: 'update', name: makePass.name } as UpdateDefinition<
  PassReport,
  [{ once: boolean }]
>;
export interface SchedulerStatus {
  /** By a person. */
  paused: boolean;
  /** Null before the first pass. */
  inForce: InForce | null;
  /** As the last pass found them. */
  agents: AgentLine[];
  /** Open runs. */
  runs: OpenRun[];
  /** Task ids that a person has put first. */
  first: number[];
  lastPass: PassReport | null;
  /** Of open tasks; null before the first pass. */
  counts: { idle: number; working: number; waiting: number } | null;
  /** Number of the pass that runs or ran last. */
  pass: number;
}
export const schedulerStatus = query<SchedulerStatus>('status');
/** What the planner knows beyond TinyTask, so that `explain` can plan with the same knowledge. */
export const planState = query<SurveyInput>('plan-state');

// To a pool's semaphore.
/** A run is in line from now on. */
export const requestSlot = signal<[Request]>('request', contents.SLOT_REQUEST);
/** A run gives its slot back, or leaves the line. */
export const releaseSlot = signal<[Release]>('release', contents.SLOT_RELEASE);
/** From a goose host: see domain/slots/give-back.ts. */
export const processesGone = signal<[RunRef & { fence: number }]>('processes-gone', contents.OF_GRANT);
export const modelAnswered = signal<[RunRef & { fence: number }]>('model-answered', contents.OF_GRANT);
/** The ranks of runs in line, and the runs that will be. */
export const order = signal<[contents.Order]>('order', contents.ORDER);
/** What the configuration says of the pool. */
export const configure = signal<[contents.Configuration]>('configure', contents.CONFIGURATION);
/** Whether nothing may start, since the scheduler is paused or disabled. */
export const schedulerPaused = signal<[boolean]>('scheduler-paused', contents.YES_OR_NO);
/** Stop what runs with a slot of the pool: a person has stopped all agents. With why, as a clause. */
export const stopHolders = signal<[why: string]>('stop-holders', contents.CLAUSE);
/** Probe these unwell agents now: a new daemon may have another goose, and other recipes. */
export const tryAgainNow = signal<[agents: string[]]>('try-again', contents.AGENTS);
/** Look at the holders now: full passes send it when a run of the pool was ended from outside. */
export const lookAtHolders = signal('look-at-holders');
export const semaphoreStatus = query<Pool>('status');

// To a run.
/** The run has a slot. */
export const grantSlot = signal<[Grant]>('grant', contents.GRANT);
/** Stop the attempt that was given this grant, and get in line again. */
export const stopAttempt = signal<[contents.StopAttempt]>('stop-attempt', contents.STOP_ATTEMPT);
/** Ask for a slot again: the run that asked was reset, and this one goes on from it. */
export const askAgain = signal('ask-again');
/** Leave the line: the task may not start now, or is for others. */
export const withdraw = signal('withdraw');
/** From people's hands: a parked or backing-off run runs now, with a full set of attempts. */
export const retry = signal<[note: Note | undefined]>('retry', NOTE_OR_NONE);
/** Who is about to cancel the run, and why: a cancellation itself carries nothing. */
export const note = signal<[note: Note | undefined]>('note', NOTE_OR_NONE);
/** The task changed while the run waited: read it. */
export const lookAgain = signal('look-again');
export const runStatus = query<RunStatus>('status');

/** From whoever has sent a wish. */
export const answerTo = query<Answer, [id: string]>('answer');

// To a schedule (`schedule-<name>`). Each answers when the server has what follows from it, or after 10 s without that.
/** Makes it, or edits it. */
export const define = wish<schedule.Defined, [schedule.DefineAsked]>('define', shapes.DEFINE);
export const pauseSchedule = wish<{ wasPaused: boolean }, [note: Note | undefined]>('pause', NOTE_OR_NONE);
export const resumeSchedule = wish<{ wasPaused: boolean }, [note: Note | undefined]>('resume', NOTE_OR_NONE);
export const runScheduleNow = wish<schedule.RanNow, [schedule.RunNowAsked]>('run-now', shapes.RUN_NOW);
export const skipNext = wish<schedule.Skipped, [schedule.SkipAsked]>('skip-next', shapes.SKIP_NEXT);
export const backfill = wish<schedule.Backfilled, [schedule.BackfillAsked]>('backfill', shapes.BACKFILL);
export const decideMissed = wish<schedule.DecidedMissed, [schedule.DecideAsked]>(
  'decide-missed',
  shapes.DECIDE_MISSED,
);
/** Takes it out: nothing of it starts any more, and what runs goes on to its end. Its workflow ends. */
export const deleteSchedule = wish<{ open: number }, [note: Note | undefined]>('delete', NOTE_OR_NONE);
/** From an occurrence: what is it to do? Answered by `begin-answered`, with what it called its question. */
export const beginOccurrence = signal<[BeginAsked, asking: string]>('begin', shapes.BEGIN, shapes.ASKING);
/** From an occurrence. */
export const occurrenceEnded = signal<[shapes.OccurrenceEnded]>('occurrence-ended', shapes.OCCURRENCE_ENDED);
export const scheduleStatus = query<schedule.ScheduleFull>('status');

// To the admission of occurrences (`occurrences`).
/** From an occurrence: may it work? Answered by `enter-answered`, with what it called its question. */
export const enterOccurrence = signal<[EnterAsked, asking: string]>('enter', shapes.ENTER, shapes.ASKING);
/** From an occurrence: it is over. */
export const occurrenceLeft = signal<[OccurrenceRef]>('left', shapes.OCCURRENCE);
/** From who has asked the server: these are closed, and did not say so. */
export const occurrencesClosed = signal<[OccurrenceRef[]]>('closed', shapes.CLOSED);
/** Of these alone, without what they wait for; absent: of the first 500. All of thousands would be more than an answer may be. */
export const occurrencesStatus = query<OccurrencesStatus, [ids?: string[]]>('status');

// To the notifier.
/** What is readable as its memo, of now. */
export const notifierStatus = query<NotifierMemo['notifier']>('status');

// To an occurrence: `run-changed` from the run of its task, and
/** From its schedule: what it is to do, or why it does nothing. */
export const beginAnswered = signal<[{ begun: Begun } | { not: NotBegun }, asking: string]>(
  'begin-answered',
  shapes.BEGIN_ANSWER,
  shapes.ASKING,
);
/** From the admission. */
export const enterAnswered = signal<[Entered, asking: string]>(
  'enter-answered',
  shapes.ENTERED,
  shapes.ASKING,
);
/** From the admission: ask again. */
export const askToEnter = signal('ask-to-enter');
/** From a newer one of its schedule, by the overlap policy `cancel`: stop, for that one. */
export const makeWay = signal<[newer: string]>('make-way', shapes.OCCURRENCE_ID);
export const occurrenceStatus = query<OccurrenceMemo>('status');
