import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Health } from '../domain/health.ts';
import type { AgentLine, PassReport, SurveyInput } from '../domain/pass.ts';
import type { InForce } from '../domain/plan-input.ts';
import type { Rank } from '../domain/rank.ts';
import type { RunStatus } from '../domain/run.ts';
import type { Grant, RunRef, SlotPolicy, Slots } from '../domain/slots.ts';
import type { Verdict } from '../domain/verdict.ts';

// What each of them contains, and may contain, is in contents.ts; what comes is checked in heed.ts.
//
// Names are in kebab-case so that people can type them: `temporal workflow signal -w scheduler --name pause`.

// To people's hands: the scheduler and each agent's semaphore.
export const pause = defineSignal('pause');
export const resume = defineSignal('resume');
export const setLimit = defineSignal<[number]>('set-limit');

// To the scheduler.
export const runNow = defineSignal<[number | undefined]>('run-now');
export interface TaskSettled {
  taskId: number;
  /** `withdrawn`: it ended without having done anything, because the planner or a pause wanted it so. */
  state: 'active' | 'backing-off' | 'parked' | 'ended' | 'withdrawn';
  /** For a task that a claim of ours has assigned, so that it may be assigned afresh: pool and agent. */
  pool?: { pool: string; agent: string };
}
/** A wake, never a fact: what became of a task is read from TinyTask and from the run itself. */
export const taskSettled = defineSignal<[TaskSettled]>('task-settled');
export interface AgentChanged {
  agent: string;
  health: Health;
  paused: boolean;
  limitByHand: number | null;
}
export const agentChanged = defineSignal<[AgentChanged]>('agent-changed');
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
  runs: { taskId: number; agent: string; state: string }[];
  first: number[];
  lastPass: PassReport | null;
  counts: { idle: number; working: number; waiting: number } | null;
  pass: number;
}
export const schedulerStatus = defineQuery<SchedulerStatus>('status');
/** What the planner knows beyond TinyTask, so that `explain` can plan with the same knowledge. */
export const planState = defineQuery<SurveyInput>('plan-state');

// To an agent's semaphore.
export interface SlotRequest extends RunRef {
  rank: Rank;
  extra: boolean;
}
export const requestSlot = defineSignal<[SlotRequest]>('request');
export interface SlotRelease extends RunRef {
  /** Null: the run only waited. */
  fence: number | null;
  verdict: Verdict | null;
}
export const releaseSlot = defineSignal<[SlotRelease]>('release');
/** From a goose host: see `processesGone` in domain/slots.ts. */
export const processesGone = defineSignal<[RunRef & { fence: number }]>('processes-gone');
export const configure = defineSignal<[SlotPolicy]>('configure');
export const schedulerPaused = defineSignal<[boolean]>('scheduler-paused');
/** Probe an unwell agent now: a new daemon may have another goose, and other recipes. */
export const tryAgainNow = defineSignal('try-again');
export const putFirst = defineSignal<[number]>('put-first');
/** Look at the holders now: full passes send it when a run of the agent was ended from outside. */
export const lookAtHolders = defineSignal('look-at-holders');
export const semaphoreStatus = defineQuery<Slots>('status');

// To a run.
export const grantSlot = defineSignal<[Grant]>('grant');
/** The semaphore cannot find who asked: the run before this one, which was reset. */
export const askAgain = defineSignal('ask-again');
export const withdraw = defineSignal('withdraw');
export const retry = defineSignal('retry');
/** The task changed while the run waited: read it. */
export const lookAgain = defineSignal('look-again');
export const runStatus = defineQuery<RunStatus>('status');
