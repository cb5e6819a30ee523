import type { Config } from '../../config/config.ts';
import { thisBuild } from '../../config/this-build.ts';
import {
  figuresOf,
  MAX_TOLD,
  openRunOf,
  type PassReport,
  packAgents,
  packRuns,
  type SurveyInput,
  type SurveyResult,
  WAITING_SHOWN,
} from '../../contract/pass.ts';
import { cutTexts } from '../../domain/cut.ts';
import { candidates } from '../../domain/plan/candidates.ts';
import { changedTasks } from '../../domain/plan/changed-tasks.ts';
import { tasksOf } from '../../domain/plan/input.ts';
import { changedOrder } from '../../domain/plan/line-order.ts';
import { processName } from '../../os/process-name.ts';
import { seenInPass } from '../../words/pass.ts';
import { runSettings } from '../policies.ts';
import type { Decisions } from './decisions.ts';
import type { Findings } from './findings.ts';
import { configInForce, fingerprintOf, hashOf, inForceOf, registryMark, twoDaemons } from './in-force.ts';

const SHORTEST_INTERVAL_MS = 1_000;
/** The fingerprint of what could start, where TinyTask did not answer. */
export const NOT_SEEN = '';

type OfScheduler = Pick<
  SurveyResult,
  | 'agents'
  | 'agentsMark'
  | 'semaphores'
  | 'pools'
  | 'unawareOfPause'
  | 'inForce'
  | 'serves'
  | 'loopIntervalMs'
  | 'settings'
  | 'registry'
>;
type OfTasks = Omit<SurveyResult, keyof OfScheduler | 'report'>;

/** What a survey answers whether TinyTask could be asked or not. */
export function ofScheduler(
  config: Config,
  { registry, agents, pools, serves, held, full }: Findings,
): OfScheduler {
  const semaphores = full?.semaphores ?? [];
  const packed = packAgents(cutTexts(agents));
  const unaware = semaphores.filter(({ schedulerPaused }) => schedulerPaused !== held);
  return {
    ...{ agents: packed, agentsMark: hashOf(JSON.stringify(packed)) },
    ...{ serves, loopIntervalMs: config.loopIntervalMs },
    semaphores: full === undefined ? null : semaphores.map(({ semaphore }) => semaphore),
    pools: full === undefined ? null : pools,
    unawareOfPause: unaware.map(({ semaphore }) => semaphore),
    inForce: inForceOf(config, registry),
    settings: runSettings(config),
    registry: registryMark(registry),
  };
}

/** Of tasks that nobody could see everything stays as it was. */
export function unseenTasks(
  { assignedByUs, first, toldChanges, ranks, heedsUnseen }: SurveyInput,
  { runs }: Findings,
): OfTasks {
  return {
    ...{ starts: [], closing: [], changed: [], moreChanged: false, misplaced: [], order: {} },
    ...{ assignedByUs, first, toldChanges, ranks, runs: packRuns(runs) },
    fingerprint: NOT_SEEN,
    ...(heedsUnseen && { sawTasks: false }),
    counts: { idle: 0, working: 0, waiting: 0 },
  };
}

/** What follows for the tasks, their runs, and the lines in which these are. */
export function ofTasks(input: SurveyInput, found: Findings, decided: Decisions): OfTasks {
  const { tasks, planned, starts, stillOpen, closing } = decided;
  const runs = [...found.runs, ...stillOpen];
  const idle = tasks.filter(({ status }) => status === 'idle');
  const firstOnes = new Set(input.first);
  const idleFirst = new Set(idle.flatMap(({ id }) => (firstOnes.has(id) ? [id] : [])));
  return {
    ...{ starts, closing, misplaced: planned.misplaced },
    runs: packRuns(runs),
    assignedByUs: stillAssigned(input.assignedByUs, decided),
    ...runsToTell(input, found, decided),
    ...changedOrder(planned.inLine, input.ranks),
    // Until it runs: its run in line keeps its place by the ranks of each survey.
    first: input.first.filter((id) => idleFirst.has(id)),
    fingerprint: fingerprintOf(candidates(tasks, [...runs, ...starts.map(openRunOf)])),
    counts: {
      idle: idle.length,
      working: tasks.filter(({ status }) => status === 'working').length,
      waiting: planned.waiting.length,
    },
  };
}

/** Assignments of ours are kept for tasks that are open and do not start now: a run that starts takes its own along. */
function stillAssigned(
  assignedByUs: SurveyInput['assignedByUs'],
  { tasks, starts }: Decisions,
): SurveyInput['assignedByUs'] {
  const ids = Object.keys(assignedByUs).map((id) => ({ taskId: Number(id) }));
  const open = tasksOf(ids, tasks);
  const started = new Set(starts.map(({ task }) => task.id));
  const isOfUse = (id: number) => open.has(id) && !started.has(id);
  return Object.fromEntries(Object.entries(assignedByUs).filter(([id]) => isOfUse(Number(id))));
}

function runsToTell(
  { full, toldChanges: before }: SurveyInput,
  { runs, full: fullFindings }: Findings,
  { tasks, planned }: Decisions,
): Pick<OfTasks, 'changed' | 'toldChanges' | 'moreChanged'> {
  const reconciled = fullFindings?.reconciled;
  const { changed, toldChanges, more } = changedTasks(tasks, runs, {
    misplaced: new Set(planned.misplaced),
    ...{ full, createdAt: reconciled?.createdAt, toldChanges: before, most: MAX_TOLD },
  });
  // Its run was reset at an attempt and waits now. That run sets the task right itself when it is told to look.
  const leftWorking = tasks.flatMap(({ id, status }) =>
    status === 'working' && reconciled?.resting.has(id) ? [id] : [],
  );
  return {
    changed: [...new Set([...changed, ...leftWorking.slice(0, MAX_TOLD)])],
    toldChanges,
    moreChanged: more,
  };
}

/** @param decided absent where TinyTask did not answer, so that nothing was decided */
export function reportOf(
  config: Config,
  { last }: SurveyInput,
  { found, decided, tookMs }: { found: Findings; decided?: Decisions; tookMs: number },
): PassReport {
  const { registry, open, runs, startedAtMs: atMs } = found;
  const { starts = [], planned = { waiting: [], cycles: [] }, reclaimed } = decided ?? {};
  const { waiting, cycles } = planned;
  const by = processName();
  const mark = configInForce(config, registry.agents);
  const errors = open instanceof Error ? [open.message] : (reclaimed?.errors ?? []);
  return {
    ...{ atMs, tookMs, started: [] },
    figures: figuresOf({
      ...{ planned, starts, scanned: runs.length, reclaimed: reclaimed?.count ?? 0, errors: errors.length },
    }),
    waiting: waiting.slice(0, WAITING_SHOWN),
    waitingTotal: waiting.length,
    errors,
    warnings: [...registry.warnings, ...twoDaemons(last, by, mark)],
    ...seenInPass({ cycles, blockingOff: config.disableBlocking }),
    ...{ by, config: mark, build: buildOfProcess() },
  };
}

let build: string | undefined;

/** Read once: what is built meanwhile is not what runs. */
function buildOfProcess(): string {
  build ??= thisBuild();
  return build;
}

/** A task that is to be taken back at a known time does not wait a whole interval longer. */
export function untilNextPassMs(
  loopIntervalMs: number,
  dying: Record<string, number>,
  nowMs: number,
): number {
  const dueMs = Math.min(...Object.values(dying)) - nowMs;
  return Math.min(loopIntervalMs, Math.max(SHORTEST_INTERVAL_MS, dueMs));
}
