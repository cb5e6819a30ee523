import type { Failure } from '../../contract/errors.ts';
import type {
  Condition,
  EndedLastHour,
  Headline,
  HeadlineCounts,
  Level,
  Oldest,
  Recent,
} from '../../contract/headline.ts';
import type { Look, OpenTask, TaskPhase } from '../../contract/listings.ts';
import type { Reason } from '../../domain/plan/reason.ts';
import { changedLast } from './changed.ts';
import {
  conditionsIn,
  countLost,
  isOff,
  levelOf,
  type NotStarted,
  stuckBy,
  waitsForSlot,
} from './conditions.ts';
import type { SeenSince } from './seen-since.ts';

export interface Known {
  look: Look;
  /** Null: nobody has read it, or it could not be read. */
  recent: Recent | null;
  /** A last pass that is longer ago is late. */
  lateMs: number;
  notStarted?: NotStarted | undefined;
  /** What the looks before this one have shown; absent: there were none. */
  seen?: SeenSince;
}

/** What somebody needs first who was woken. */
export function headlineOf({ look, recent, lateMs, notStarted, seen }: Known): Headline {
  const conditions = conditionsIn(look, lateMs, notStarted);
  const { atMs, status, tasks } = look;
  const passes = [...(recent?.passes ?? []), ...(status.lastPass ? [status.lastPass] : [])];
  const [worst] = conditions;
  const known = seen?.after(conditions, atMs);
  return {
    atMs,
    level: worst === undefined ? 'ok' : levelOf(worst),
    conditions,
    sinceMs: worst === undefined ? null : (sinceOf(worst) ?? known?.get(worst.what) ?? null),
    problems: status.problems,
    changed: changedLast(status, passes),
    ...traffic(tasks, recent),
    oldestWaiting: oldestOf((tasks ?? []).filter(waitsForSlot)),
    oldestReady: oldestOf((tasks ?? []).filter(isReady)),
    counts: countsIn(look),
  };
}

/** While the server does not answer. */
export function unseenHeadline(failure: Failure, atMs: number, sinceMs: number | null): Headline {
  const level: Level = 'wrong';
  return {
    ...{ atMs, level, conditions: [{ what: 'unseen', failure }], sinceMs, problems: [], changed: [] },
    ...{ arrivedLastHour: null, endedLastHour: null, oldestWaiting: null, oldestReady: null, counts: null },
  };
}

/** As the condition itself tells it. */
function sinceOf(condition: Condition): number | null {
  if ('sinceMs' in condition && condition.sinceMs !== undefined) return condition.sinceMs;
  if ('deed' in condition && condition.deed !== undefined && condition.what === 'off')
    return condition.deed.atMs;
  return null;
}

/** What a slot would start; nothing else keeps it. */
const READY: readonly Reason['why'][] = ['starting', 'slot-due', 'agent-full', 'pool-full', 'starts-limited'];

function isReady({ phase, waits }: OpenTask): boolean {
  if (phase === 'waiting-for-slot') return waits === null || READY.includes(waits.reason.why);
  return phase === 'waiting' && waits !== null && READY.includes(waits.reason.why);
}

function oldestOf(tasks: readonly OpenTask[]): Oldest | null {
  let oldest: Oldest | null = null;
  for (const { taskId, addedMs } of tasks)
    if (addedMs !== null && addedMs < (oldest?.sinceMs ?? Number.POSITIVE_INFINITY))
      oldest = { taskId, sinceMs: addedMs };
  return oldest;
}

function countsIn(look: Look): HeadlineCounts {
  const { status, tasks } = look;
  const agents = look.agents.agents.filter(({ leaving }) => !leaving);
  return {
    agents: agents.length,
    stuck: agents.filter((agent) => stuckBy(agent, look) !== undefined).length,
    agentsOff: agents.filter(isOff).length,
    running: status.running.length,
    slots: agents.reduce((sum, { limit }) => sum + limit, 0),
    waiting: tasks && byPhase(tasks),
    waitingTotal: tasks?.filter(waitsForSlot).length ?? null,
    parked: status.parked.length,
    lost: countLost(status.interrupted.length, tasks),
  };
}

/** They have a slot, or somebody else has them. */
const NOT_WAITING: readonly TaskPhase[] = ['running', 'interrupted', 'working-elsewhere'];

function byPhase(tasks: readonly OpenTask[]): Partial<Record<TaskPhase, number>> {
  const counts: Partial<Record<TaskPhase, number>> = {};
  for (const { phase } of tasks) if (!NOT_WAITING.includes(phase)) counts[phase] = (counts[phase] ?? 0) + 1;
  return counts;
}

function traffic(
  tasks: readonly OpenTask[] | null,
  recent: Recent | null,
): Pick<Headline, 'arrivedLastHour' | 'endedLastHour'> {
  if (recent?.ended == null) return { arrivedLastHour: null, endedLastHour: null };
  const { ended, sinceMs } = recent;
  const open = new Map((tasks ?? []).map((task) => [task.taskId, task]));
  const runs = ended.filter(({ phase }) => phase !== 'waiting');
  return {
    arrivedLastHour: tasks && arrivals(tasks, ended, sinceMs),
    endedLastHour: endsOf(runs, tasks && open),
  };
}

/** Each task once, however many of its runs have ended, and also where it is open again. */
function arrivals(tasks: readonly OpenTask[], ended: NonNullable<Recent['ended']>, sinceMs: number): number {
  const came = new Set(tasks.flatMap(({ taskId, addedMs }) => ((addedMs ?? 0) >= sinceMs ? [taskId] : [])));
  for (const { taskId, memo } of ended)
    if (memo !== null && Date.parse(memo.createdAt) >= sinceMs) came.add(taskId);
  return came.size;
}

function endsOf(
  runs: NonNullable<Recent['ended']>,
  open: ReadonlyMap<number, OpenTask> | null,
): EndedLastHour {
  const total = runs.length;
  if (open === null) return { total, completed: null, others: null };
  const inOrder = runs.filter(({ how, taskId }) => how === 'by-itself' && !open.has(taskId));
  const completed = new Set(inOrder.map(({ taskId }) => taskId)).size;
  return { total, completed, others: total - completed };
}
