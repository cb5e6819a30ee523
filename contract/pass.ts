import type { Past } from '../domain/attempt/follow.ts';
import type { AgentLine, PoolKnown } from '../domain/plan/agent-line.ts';
import type { ToldChanges } from '../domain/plan/changed-tasks.ts';
import type { Plan, Start, Waiting } from '../domain/plan/decision.ts';
import type { InForce, OpenRun } from '../domain/plan/input.ts';
import type { Ranks } from '../domain/plan/line-order.ts';
import type { Rank } from '../domain/rank.ts';
import type { RunSettings } from './run.ts';
import type { Serves } from './serves.ts';

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

/** A task whose run was started. It has its agent already, or gets one with its slot. */
export interface Started {
  taskId: number;
  agent: string | null;
  queue: string | null;
}

export function startedOf({ task, wants, queue }: Start): Started {
  return { taskId: task.id, agent: wants, queue };
}

export interface PassReport {
  /** Milliseconds since the epoch. */
  atMs: number;
  tookMs: number;
  figures: PassFigures;
  started: Started[];
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
/** Each is three events in the scheduler's history; the rest goes with the next refill. */
export const MAX_TOLD = 200;
export const SENTENCES_SHOWN = 20;

/** Open runs as they travel through the scheduler's history: in groups, so that 1,000 of them are 8 KB. */
export type PackedRuns = (Omit<OpenRun, 'taskId' | 'state'> & Partial<Record<OpenRun['state'], number[]>>)[];

export function packRuns(runs: readonly OpenRun[]): PackedRuns {
  const groups = new Map<string, PackedRuns[number]>();
  for (const { taskId, state, semaphore, wants, agent } of runs) {
    const key = JSON.stringify([semaphore, wants, agent]);
    const group = groups.get(key) ?? { semaphore, wants, agent };
    groups.set(key, group);
    const ids = group[state];
    if (ids === undefined) group[state] = [taskId];
    else ids.push(taskId);
  }
  return [...groups.values()];
}

export function unpackRuns(packed: PackedRuns): OpenRun[] {
  return packed.flatMap(({ semaphore, wants, agent, ...states }) =>
    (Object.entries(states) as [OpenRun['state'], number[]][]).flatMap(([state, ids]) =>
      ids.map((taskId) => ({ taskId, semaphore, wants, agent, state })),
    ),
  );
}

export interface SurveyInput {
  /** A full pass also reads the agents, asks the semaphores, and compares the open runs with the server's. */
  full: boolean;
  /** `run --once`: no runs beyond the slots. */
  once: boolean;
  runs: PackedRuns;
  assignedByUs: Record<string, { pool: string; agent: string }>;
  /** What the semaphores have told, by their workflow ids. One that is not there has nothing to tell. */
  pools: Record<string, PoolKnown>;
  /** The ranks that the semaphores know, by task; see line-order.ts. */
  ranks: Ranks;
  paused: boolean;
  first: number[];
  toldChanges: ToldChanges;
  /** For whom this scheduler works; null before its first pass. */
  serves: Serves | null;
  /** The pass before, to see whether two daemons with different configurations take turns. */
  last: { by: string; config: string } | null;
}

/** A start as the workflow carries it out: the plan's decision and what the last run of the task left. */
export interface DueStart extends Start {
  /** To whom the task is assigned, and whether by us. */
  assignee: string | null;
  assignedByUs: boolean;
  past: Past;
  notBeforeMs: number;
}

/** The run of a start, as it counts from then on. */
export function openRunOf({ task, semaphore, wants, assignee }: DueStart): OpenRun {
  return { taskId: task.id, semaphore, wants, agent: assignee, state: 'active' };
}

export interface SurveyResult {
  report: PassReport;
  starts: DueStart[];
  /** Tasks that could start, but for their last run: it has said that it ended, and is not closed yet. */
  closing: number[];
  /** What the runs started have in common. */
  settings: RunSettings;
  /** Open runs as they really are; only where they differ from the input, else absent. */
  runs: PackedRuns | null;
  /** Entries of `assignedByUs` that are still of use. */
  assignedByUs: Record<string, { pool: string; agent: string }>;
  /** Waiting or parked runs whose task changed: they are told to look. */
  changed: number[];
  /** What runs will have been told then, and whether more are to be told in the next survey. */
  toldChanges: ToldChanges;
  moreChanged: boolean;
  /** Those of them whose run is in line where it may not stay: it leaves. */
  misplaced: number[];
  /** By semaphore, the ranks that it does not know yet. */
  order: Record<string, Rank[]>;
  /** What the semaphores know then. */
  ranks: Ranks;
  /** `first` without the tasks that run or are gone. */
  first: number[];
  /** With what the semaphores tell. */
  agents: AgentLine[];
  inForce: InForce;
  /** Fingerprint of the agents as they were read; the watch looks whether they are others now. */
  registry: string;
  serves: Serves;
  /** All semaphores that there are, and what those of the agents tell; full passes only. */
  semaphores: string[] | null;
  pools: Record<string, PoolKnown> | null;
  /** Those that take the scheduler for held and it is not, or the other way round. */
  unawareOfPause: string[];
  /** Fingerprint of what could start but did not; the watch starts from it. */
  fingerprint: string;
  loopIntervalMs: number;
  counts: { idle: number; working: number; waiting: number };
}
