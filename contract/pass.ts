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
  /** Open runs. */
  leasesScanned: number;
  /** Tasks that were taken back from runs that were ended from outside. */
  leasesReclaimed: number;
  /** Starts of tasks that any agent of the pool may have. */
  unassignedMatched: number;
  /** Starts of tasks that are assigned to their agent. */
  assignedSpawned: number;
  /** All starts. */
  tasksSpawned: number;
  /** Tasks that wait for a blocker, or for each other. */
  blockedSkipped: number;
  errors: number;
}

/** A task whose run was started. It has its agent already, or gets one with its slot. */
export interface Started {
  taskId: number;
  /** The only agent that may have it; null: any of the pool. */
  agent: string | null;
  queue: string | null;
}

export function startedOf({ task, wants, queue }: Start): Started {
  return { taskId: task.id, agent: wants, queue };
}

export interface PassReport {
  /** When its survey began, in milliseconds since the epoch. */
  atMs: number;
  /** Of the survey. */
  tookMs: number;
  figures: PassFigures;
  started: Started[];
  /** Why each task that did not start did not; the head of the order, at most `WAITING_SHOWN`. */
  waiting: Waiting[];
  /** How many there are in all. */
  waitingTotal: number;
  /** What went wrong, as sentences. */
  errors: string[];
  /** What a person should know of the configuration though nothing went wrong, as sentences. */
  warnings: string[];
  /**
   * Tasks that waited for each other then, a sentence for each circle. Absent: none did, or it is of an earlier version, which
   * had this among the warnings, as the next.
   */
  cycles?: string[];
  /** Blockers did not count. */
  blockingOff?: true;
  /** The process whose configuration was in force, as `pid@host`, and a fingerprint of that configuration. */
  by: string;
  config: string;
  /** Version and build of that process, by which a deploy is recognised; absent: of an earlier version. */
  build?: string;
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

/** Open runs as they travel through the scheduler's history: in groups, so that 2,000 of 1,000 agents are 27 KB. */
export type PackedRuns = RunsOfPool[];
type RunsOfPool = [
  semaphore: string,
  state: OpenRun['state'],
  wants: string | null,
  runs: [agent: string | null, ...taskIds: number[]][],
];
/** As earlier versions packed them. */
export type FormerRuns = (Omit<OpenRun, 'taskId' | 'state'> & Partial<Record<OpenRun['state'], number[]>>)[];

export function packRuns(runs: readonly OpenRun[]): PackedRuns {
  const pools = new Map<string, RunsOfPool>();
  const groups = new Map<string, RunsOfPool[3][number]>();
  // In one order, so that the same runs are the same text.
  for (const { taskId, state, semaphore, wants, agent } of runs.toSorted((a, b) => a.taskId - b.taskId)) {
    const ofPool = JSON.stringify([semaphore, state, wants]);
    const pool = pools.get(ofPool) ?? [semaphore, state, wants, []];
    pools.set(ofPool, pool);
    const ofAgent = JSON.stringify([ofPool, agent]);
    const group = groups.get(ofAgent);
    if (group === undefined) {
      const first: RunsOfPool[3][number] = [agent, taskId];
      groups.set(ofAgent, first);
      pool[3].push(first);
    } else group.push(taskId);
  }
  return [...pools.values()];
}

export function unpackRuns(packed: PackedRuns | FormerRuns): OpenRun[] {
  return packed.flatMap((group) => {
    if (!Array.isArray(group)) return unpackFormer(group);
    const [semaphore, state, wants, runs] = group;
    return runs.flatMap(([agent, ...ids]) =>
      ids.map((taskId) => ({ taskId, semaphore, wants, agent, state })),
    );
  });
}

function unpackFormer({ semaphore, wants, agent, ...states }: FormerRuns[number]): OpenRun[] {
  return (Object.entries(states) as [OpenRun['state'], number[]][]).flatMap(([state, ids]) =>
    ids.map((taskId) => ({ taskId, semaphore, wants, agent, state })),
  );
}

/** Agents as they travel, in their order: those that are alike but for the name are told of once. */
export interface PackedAgents {
  kinds: Omit<AgentLine, 'name'>[];
  agents: [name: string, kind: number][];
}

export function packAgents(agents: readonly AgentLine[]): PackedAgents {
  const kinds = new Map<string, number>();
  const packed: PackedAgents = { kinds: [], agents: [] };
  for (const { name, ...rest } of agents) {
    const key = JSON.stringify(rest);
    const kind = kinds.get(key) ?? packed.kinds.push(rest) - 1;
    kinds.set(key, kind);
    packed.agents.push([name, kind]);
  }
  return packed;
}

/** Earlier versions did not pack them. */
export function unpackAgents(packed: PackedAgents | AgentLine[]): AgentLine[] {
  if (Array.isArray(packed)) return packed;
  return packed.agents.flatMap(([name, kind]) => {
    const rest = packed.kinds[kind];
    return rest === undefined ? [] : [{ name, ...rest }];
  });
}

/** What the scheduler knows when a survey begins. */
export interface SurveyInput {
  /** Of a full pass: the survey also asks the semaphores, and compares the open runs with the server's. */
  full: boolean;
  /** `run --once`: no runs beyond the slots. */
  once: boolean;
  /** Open runs, by what they have told the scheduler. */
  runs: PackedRuns;
  /** Tells the agents that the scheduler knows from others; absent: it knows none. */
  agentsMark?: string;
  /** Task id -> pool and agent of a task that a claim of ours has assigned: it may go to another agent of the pool. */
  assignedByUs: Record<string, { pool: string; agent: string }>;
  /** What the semaphores have told, by their workflow ids. One that is not there has nothing to tell. */
  pools: Record<string, PoolKnown>;
  /** The ranks that the semaphores know, by task; see line-order.ts. */
  ranks: Ranks;
  /** By a person. */
  paused: boolean;
  /** It is since the person has stopped all agents. */
  stopped?: true;
  /** Task ids that a person has put first (`run-now`). */
  first: number[];
  toldChanges: ToldChanges;
  /** For whom this scheduler works; null before its first pass. */
  serves: Serves | null;
  /** The pass before, to see whether two daemons with different configurations take turns. */
  last: { by: string; config: string } | null;
  /**
   * The scheduler keeps what a result leaves out, and rests by what the survey cost; absent: it is of an earlier version,
   * which would lose the one, and could not replay the other.
   */
  keepsKnown?: true;
  /** The scheduler surveys again what a survey saw no tasks for; absent: it is of an earlier version, which could not replay that. */
  heedsUnseen?: true;
}

/** A start as the workflow carries it out: the plan's decision and what the last run of the task left. */
export interface DueStart extends Start {
  /** To whom the task is assigned, and whether by us. */
  assignee: string | null;
  assignedByUs: boolean;
  past: Past;
  /** As in RunInput. */
  notBeforeMs: number;
}

/** The run of a start, as it counts from then on. */
export function openRunOf({ task, semaphore, wants, assignee }: DueStart): OpenRun {
  return { taskId: task.id, semaphore, wants, agent: assignee, state: 'active' };
}

/** What a survey leaves out of its result where the scheduler keeps it: null says so. */
const KNOWN = ['runs', 'assignedByUs', 'toldChanges', 'ranks', 'first'] as const;

/** So nothing travels through the history twice: with thousands of runs, that is most of a result. */
export function withoutKnown(result: SurveyResult, input: SurveyInput): SurveyResult {
  if (!input.keepsKnown) {
    const { costMs: _, ...whole } = result;
    return whole;
  }
  const known = KNOWN.filter((key) => JSON.stringify(result[key]) === JSON.stringify(input[key]));
  const agents = result.agentsMark === input.agentsMark ? null : result.agents;
  return { ...result, ...Object.fromEntries(known.map((key) => [key, null])), agents };
}

/** What a survey found and decided, for the scheduler to carry out. See KNOWN. */
export interface SurveyResult {
  /** Without what was started. */
  report: PassReport;
  starts: DueStart[];
  /** Tasks that could start, but whose last run has told that it ended and is not closed yet. */
  closing: number[];
  /** What all runs that are started now have in common. */
  settings: RunSettings;
  /** Open runs as they really are. */
  runs: PackedRuns | null;
  /** Entries of `assignedByUs` that are still of use. */
  assignedByUs: SurveyInput['assignedByUs'] | null;
  /** Task ids of runs whose task has changed: they are told. */
  changed: number[];
  /** What runs have been told when that is done. */
  toldChanges: ToldChanges | null;
  /** More runs are to be told than may be in one pass; the next survey finds them again. */
  moreChanged: boolean;
  /** Those of `changed` whose run is in line where it may not stay: it leaves. */
  misplaced: number[];
  /** By semaphore, the ranks that it does not know yet. */
  order: Record<string, Rank[]>;
  /** What the semaphores know when they have been told. */
  ranks: Ranks | null;
  /** Those of the input whose task neither runs nor is gone. */
  first: number[] | null;
  /** Those of the configuration, with what their semaphores tell; null: those of the mark in the input. */
  agents: PackedAgents | null;
  agentsMark: string;
  inForce: InForce;
  /** Fingerprint of the agents as they were read; the watch finds out when they are others. */
  registry: string;
  serves: Serves;
  /** Workflow ids of all semaphores that there are; null: not a full pass. */
  semaphores: string[] | null;
  /** What they tell, by their workflow ids; null: not a full pass. */
  pools: Record<string, PoolKnown> | null;
  /** Workflow ids of semaphores that do not know whether the scheduler is paused or disabled. */
  unawareOfPause: string[];
  /** Fingerprint of what could start but did not, from which the watch starts. Empty: TinyTask did not answer. */
  fingerprint: string;
  /** False: TinyTask did not answer; absent: it did, or the scheduler is of an earlier version. */
  sawTasks?: false;
  /** Until the next full pass. */
  loopIntervalMs: number;
  /** What it took of a processor, here and in TinyTask; absent: of an earlier version, or for one. */
  costMs?: number;
  /** Of open tasks. */
  counts: { idle: number; working: number; waiting: number };
}
