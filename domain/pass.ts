import type { Past } from './attempts.ts';
import type { Told } from './changed-tasks.ts';
import type { Complaint } from './complaint.ts';
import type { Health } from './health.ts';
import type { OpenRun, Plan, Start, Waiting } from './plan.ts';
import type { InForce } from './plan-input.ts';
import type { RunSettings } from './run.ts';
import type { Serves } from './serves.ts';

/** An agent as a pass found it. */
export interface AgentLine {
  name: string;
  queue: string | null;
  limit: number;
  /** Set by `set-limit`; null: the limit is the configured one. */
  limitByHand: number | null;
  paused: boolean;
  health: Health;
}

/** The scheduler's memo: what has to be readable while no worker lives. */
export interface SchedulerMemo {
  paused: boolean;
  /** `TINYSCHEDULER_ENABLED` of who schedules. */
  enabled: boolean;
  /** Absent before the first pass. */
  serves?: Serves;
  /** About what people sent it; absent where nothing was wrong. */
  complaints?: Complaint[];
}

/** The figures of a pass, under the names that operators of the Python version read. */
export interface PassFigures {
  leasesScanned: number;
  leasesReclaimed: number;
  unassignedMatched: number;
  assignedSpawned: number;
  tasksSpawned: number;
  blockedSkipped: number;
  errors: number;
}

export interface PassReport {
  /** Milliseconds since the epoch. */
  atMs: number;
  tookMs: number;
  figures: PassFigures;
  started: { taskId: number; agent: string }[];
  /** Why each task that did not start did not; the head of the order, at most `WAITING_SHOWN`. */
  waiting: Waiting[];
  waitingTotal: number;
  /** What went wrong, as sentences. */
  errors: string[];
  /** What a person should know though nothing went wrong, as sentences. */
  warnings: string[];
  /** The process whose configuration was in force, as `pid@host`, and a fingerprint of that configuration. */
  by: string;
  config: string;
}

export function figuresOf(pass: {
  planned: Pick<Plan, 'waiting'>;
  starts: readonly Start[];
  scanned: number;
  reclaimed: number;
  errors: number;
}): PassFigures {
  const { planned, starts, scanned, reclaimed, errors } = pass;
  const blocked = planned.waiting.filter(({ reason }) => reason.why === 'blocked' || reason.why === 'cycle');
  const matched = starts.filter((start) => start.pool !== null).length;
  return {
    leasesScanned: scanned,
    leasesReclaimed: reclaimed,
    unassignedMatched: matched,
    assignedSpawned: starts.length - matched,
    tasksSpawned: starts.length,
    blockedSkipped: blocked.length,
    errors,
  };
}

/** A pass's history stays under 64 KB, so a report carries the head of the waiting tasks, and their count. */
export const WAITING_SHOWN = 100;
export const MAX_STARTS = 50;
/** Each is three events in the scheduler's history; the rest goes with the next refill. */
export const MAX_TOLD = 200;
export const SENTENCES_SHOWN = 20;

/** Open runs as they travel through the scheduler's history: by agent, so that 1,000 of them are 8 KB. */
export type OpenRunsByAgent = Record<
  string,
  { active: number[]; extra: number[]; 'backing-off': number[]; parked: number[] }
>;

export function packRuns(runs: readonly OpenRun[]): OpenRunsByAgent {
  const packed: OpenRunsByAgent = {};
  for (const run of runs) {
    packed[run.agent] ??= { active: [], extra: [], 'backing-off': [], parked: [] };
    const lists = packed[run.agent];
    lists?.[run.state === 'active' && run.extra ? 'extra' : run.state].push(run.taskId);
  }
  return packed;
}

export function unpackRuns(packed: OpenRunsByAgent): OpenRun[] {
  return Object.entries(packed).flatMap(([agent, lists]) => [
    ...lists.active.map((taskId): OpenRun => ({ taskId, agent, state: 'active', extra: false })),
    ...lists.extra.map((taskId): OpenRun => ({ taskId, agent, state: 'active', extra: true })),
    ...lists['backing-off'].map((taskId): OpenRun => ({ taskId, agent, state: 'backing-off', extra: false })),
    ...lists.parked.map((taskId): OpenRun => ({ taskId, agent, state: 'parked', extra: false })),
  ]);
}

export interface SurveyInput {
  /** A full pass also reads the agents, asks the semaphores, and compares the open runs with the server's. */
  full: boolean;
  /** `run --once`: no runs beyond the slots. */
  once: boolean;
  runs: OpenRunsByAgent;
  assignedByUs: Record<string, { pool: string; agent: string }>;
  health: Record<string, Health>;
  pausedAgents: string[];
  /** Limits by hand (`set-limit`), by agent. */
  limits: Record<string, number>;
  paused: boolean;
  first: number[];
  told: Told;
  /** For whom this scheduler works; null before its first pass. */
  serves: Serves | null;
  /** The pass before, to see whether two daemons with different configurations take turns. */
  last: { by: string; config: string } | null;
}

/** A start as the workflow carries it out: the plan's decision and what the last run of the task left. */
export interface DueStart extends Start {
  /** The agent of the pool whose task it was by our own assignment. */
  takesOverFrom: string | null;
  assignedByUs: boolean;
  past: Past;
  notBeforeMs: number;
  gooseQueue: string;
}

export interface SurveyResult {
  report: PassReport;
  starts: DueStart[];
  /** Tasks that could start, but for their last run: it has said that it ended, and is not closed yet. */
  closing: number[];
  /** What the runs started have in common. */
  settings: Omit<RunSettings, 'gooseQueue'>;
  /** Open runs as they really are; only where they differ from the input, else absent. */
  runs: OpenRunsByAgent | null;
  /** Entries of `assignedByUs` that are still of use. */
  assignedByUs: Record<string, { pool: string; agent: string }>;
  /** Waiting or parked runs whose task changed: they are told to look. */
  changed: number[];
  /** What runs will have been told then, and whether more are to be told in the next survey. */
  told: Told;
  moreChanged: boolean;
  /** Runs of tasks that a person put first: their semaphore is told. */
  putFirst: { taskId: number; agent: string }[];
  /** `first` without the tasks that are gone. */
  first: number[];
  /** From the semaphores; full passes only. */
  agents: AgentLine[] | null;
  inForce: InForce;
  /** Fingerprint of the agents as they were read; the watch looks whether they are others now. */
  registry: string;
  serves: Serves;
  /** Agents whose semaphore takes the scheduler for held and it is not, or the other way round. */
  unawareOfPause: string[];
  /** Fingerprint of what could start but did not; the watch starts from it. */
  fingerprint: string;
  loopIntervalMs: number;
  counts: { idle: number; working: number; waiting: number };
}
