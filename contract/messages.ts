import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AgentLine, PoolKnown } from '../domain/plan/agent-line.ts';
import type { InForce } from '../domain/plan/input.ts';
import { type OpenRun } from '../domain/plan/input.ts';
import type { Rank } from '../domain/rank.ts';
import type { Release } from '../domain/slots/give-back.ts';
import type { Request } from '../domain/slots/line.ts';
import type { Grant, KnownOfAgent, Pool, PoolPolicy, RunRef } from '../domain/slots/pool.ts';
import type { PassReport, SurveyInput } from './pass.ts';
import type { RunStatus } from './run.ts';

// What each of them contains, and may contain, is in contents.ts; what comes is checked in heed.ts.
//
// Names are in kebab-case so that people can type them: `temporal workflow signal -w scheduler --name pause`.

// To people's hands: the scheduler and each pool's semaphore.
/** To a semaphore: the name of an agent of its pool, or nothing for all of the pool. The scheduler needs none. */
export const pause = defineSignal<[agent: string | undefined]>('pause');
export const resume = defineSignal<[agent: string | undefined]>('resume');
export const setLimit = defineSignal<[limit: number, agent: string | undefined]>('set-limit');

// To the scheduler.
export const runNow = defineSignal<[number | undefined]>('run-now');
export interface TaskSettled {
  taskId: number;
  state: 'active' | 'backing-off' | 'parked' | 'ended';
  /** Whom TinyTask names while the run has its task. */
  agent: string | null;
  /** For a task that a claim of ours has assigned, so that it may be assigned afresh: pool and agent. */
  pool?: { pool: string; agent: string };
}
/** A wake, never a fact: what became of a task is read from TinyTask and from the run itself. */
export const taskSettled = defineSignal<[TaskSettled]>('task-settled');
export interface PoolChanged extends PoolKnown {
  /** Workflow id. */
  semaphore: string;
  /** It was started anew, and knows the ranks only that its runs had in the beginning. */
  orderLost?: true | undefined;
}
/** What the scheduler plans with. */
export const poolChanged = defineSignal<[PoolChanged]>('pool-changed');
/** What `TINYSCHEDULER_ENABLED` is for the process that schedules from now on; sent before it takes any work. */
export const enable = defineSignal('enable');
export const disable = defineSignal('disable');
/** A daemon is there: a full pass now. */
export const daemonStarted = defineSignal('daemon-started');
/** One full pass, answered with its report when it is done. */
export const passUpdate = defineUpdate<PassReport, [{ once: boolean }]>('pass');
export interface SchedulerStatus {
  paused: boolean;
  /** Null before the first pass. */
  inForce: InForce | null;
  agents: AgentLine[];
  runs: OpenRun[];
  first: number[];
  lastPass: PassReport | null;
  counts: { idle: number; working: number; waiting: number } | null;
  pass: number;
}
export const schedulerStatus = defineQuery<SchedulerStatus>('status');
/** What the planner knows beyond TinyTask, so that `explain` can plan with the same knowledge. */
export const planState = defineQuery<SurveyInput>('plan-state');

// To a pool's semaphore.
export const requestSlot = defineSignal<[Request]>('request');
export const releaseSlot = defineSignal<[Release]>('release');
/** From a goose host: see domain/slots/give-back.ts. */
export const processesGone = defineSignal<[RunRef & { fence: number }]>('processes-gone');
export const modelAnswered = defineSignal<[RunRef & { fence: number }]>('model-answered');
export interface Order {
  /** When TinyTask was looked at, in milliseconds since the epoch. */
  atMs: number;
  /** Those that are others than before. */
  ranks: Rank[];
  /** Of runs that are being started now. */
  coming: { rank: Rank; wants: string | null }[];
}
export const order = defineSignal<[Order]>('order');
export interface Configuration {
  policy: PoolPolicy;
  /** Agents that come from another pool, where they may still hold slots, and what was known of them there. */
  moved: KnownOfAgent[];
}
export const configure = defineSignal<[Configuration]>('configure');
export const schedulerPaused = defineSignal<[boolean]>('scheduler-paused');
/** Probe unwell agents now: a new daemon may have another goose, and other recipes. */
export const tryAgainNow = defineSignal<[agents: string[]]>('try-again');
/** Look at the holders now: full passes send it when a run of the pool was ended from outside. */
export const lookAtHolders = defineSignal('look-at-holders');
export const semaphoreStatus = defineQuery<Pool>('status');

// To a run.
export const grantSlot = defineSignal<[Grant]>('grant');
/** The semaphore cannot find who asked: the run before this one, which was reset. */
export const askAgain = defineSignal('ask-again');
/** Leave the line: the task may not start now, or is for others. */
export const withdraw = defineSignal('withdraw');
export const retry = defineSignal('retry');
/** The task changed while the run waited: read it. */
export const lookAgain = defineSignal('look-again');
export const runStatus = defineQuery<RunStatus>('status');
