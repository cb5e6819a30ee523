import type { Client } from '@temporalio/client';
import type { ClosedRun } from '../contract/attempts.ts';
import type { PoolStatus, PoolsStatus } from '../contract/listings.ts';
import { groupedBy } from '../domain/grouped.ts';
import { poolId } from '../domain/semaphore-id.ts';
import { awaitsReleaseBy, type Task } from '../domain/task.ts';
import { endedRuns } from '../temporal/ended-runs.ts';
import { reasonsOf, waitsForTasks } from './open-tasks.ts';
import { poolOfTask } from './pool-of-task.ts';
import { slotsHeld } from './slots-held.ts';
import { readSnapshot, type Snapshot, type SnapshotDeps } from './snapshot.ts';
import { problemsOf, stateOf, upToDate } from './status.ts';

const HOUR_MS = 3_600_000;
/** Of the last hour: some 5 MB. */
const MOST_ENDS = 10_000;

/** What ended in the last hour; null: more than can be read in a moment. */
type Ends = readonly ClosedRun[] | null;

/** The pools, and what came to each and left it in the last hour. */
export async function readPools(deps: SnapshotDeps & { client: Client }): Promise<PoolsStatus> {
  const sinceMs = Date.now() - HOUR_MS;
  const [snapshot, ended] = await Promise.all([
    readSnapshot(deps),
    endedRuns(deps.client, { sinceMs, most: MOST_ENDS }),
  ]);
  return poolsOf(snapshot, ended.more ? null : ended.runs, sinceMs);
}

/** @param sinceMs when the last hour began, in milliseconds since the epoch */
export function poolsOf(snapshot: Snapshot, ends: Ends, sinceMs: number): PoolsStatus {
  const { tasks, planned, agents, inForce } = snapshot;
  const isKnown = planned !== undefined;
  const tasksOf = groupedBy(tasks, poolOfTask(agents));
  const endsOf = groupedBy(ends ?? [], ({ memo }) => memo?.semaphore);
  const served = agents.flatMap(({ queue }) => queue ?? []);
  const wanted = [...tasksOf.keys()].filter((queue) => queue !== null);
  const queues = [...new Set([...served, ...wanted])].sort();
  const countTasks = taskCounter(snapshot);
  const ofServer = runCounter(snapshot);
  return {
    ...stateOf(snapshot.scheduler),
    pools: queues.map((queue) => {
      const open = tasksOf.get(queue) ?? [];
      const ended = ends && (endsOf.get(poolId(queue)) ?? []);
      return {
        ...ofServer(queue),
        ...(isKnown ? countTasks(open, queue) : UNKNOWN),
        arrived: isKnown ? arrivals(open, ended, sinceMs) : null,
        ended: ended?.filter(didNotLeaveLine).length ?? null,
      };
    }),
    placeless: isKnown ? tasks.filter(isPlaceless).length : null,
    mode: inForce.mode,
    problems: problemsOf(snapshot),
  };
}

/** That of an occurrence gets its place from that. */
function isPlaceless(task: Task): boolean {
  return task.queue === null && task.assignedTo === null && awaitsReleaseBy(task) === undefined;
}

const UNKNOWN = { waiting: null, unassigned: null, blocked: null, oldest: null };

type OfServer = Pick<
  PoolStatus,
  'queue' | 'agents' | 'held' | 'limit' | 'paused' | 'stopped' | 'hold' | 'deeds' | 'line' | 'budget'
>;

/** What needs no TinyTask. */
function runCounter({ agents, runs, deeds, nowMs }: Snapshot): (queue: string) => OfServer {
  const byQueue = groupedBy(agents, ({ queue }) => queue);
  const bySemaphore = groupedBy(runs, ({ memo }) => memo?.semaphore);
  return (queue) => {
    const members = byQueue.get(queue) ?? [];
    const budget = members.find(({ poolBudget }) => poolBudget)?.poolBudget;
    const ours = bySemaphore.get(poolId(queue)) ?? [];
    const about = (deeds.get(poolId(queue)) ?? []).filter(({ agent }) => agent === undefined);
    const byAgent = groupedBy(ours, ({ agent }) => agent);
    // Of one that has left the configuration all that runs has a slot.
    const limitOf = (name: string | null) =>
      members.find((member) => member.name === name)?.limit ?? Number.POSITIVE_INFINITY;
    const { isTaken: _, ...hold } = members.find(({ poolHold }) => poolHold)?.poolHold ?? {};
    return {
      queue,
      agents: members.map(({ name }) => name),
      held: [...byAgent].reduce((sum, [name, own]) => sum + slotsHeld(own, limitOf(name)), 0),
      limit: members.reduce((sum, { limit }) => sum + limit, 0),
      paused: members.some(({ poolPaused }) => poolPaused),
      ...(members.some(({ poolStopped }) => poolStopped) && { stopped: true }),
      ...(about.length > 0 && { deeds: about }),
      ...('reason' in hold && { hold }),
      line: ours.filter(({ phase }) => phase === 'waiting').length,
      ...(budget && { budget: upToDate(budget, nowMs) }),
    };
  };
}

function taskCounter(snapshot: Snapshot) {
  const reasons = reasonsOf(snapshot);
  const withRun = new Map(snapshot.runs.map((run) => [run.taskId, run.phase]));
  const isBlocked = ({ id }: Task) => waitsForTasks(reasons.get(id));
  const waits = ({ id, status }: Task) =>
    status === 'idle' && (withRun.get(id) === undefined || withRun.get(id) === 'waiting');
  return (tasks: readonly Task[], queue: string) => ({
    waiting: tasks.filter(({ id, status }) => status === 'idle' && !withRun.has(id)).length,
    unassigned: tasks.filter((task) => task.queue === queue && task.assignedTo === null).length,
    blocked: tasks.filter((task) => !withRun.has(task.id) && isBlocked(task)).length,
    oldest: oldestOf(tasks.filter((task) => waits(task) && !isBlocked(task))),
  });
}

function oldestOf(tasks: readonly Task[]): PoolStatus['oldest'] {
  let oldest: PoolStatus['oldest'] = null;
  for (const { id, createdAt } of tasks) {
    const addedMs = Date.parse(createdAt);
    if (addedMs < (oldest?.addedMs ?? Number.POSITIVE_INFINITY)) oldest = { taskId: id, addedMs };
  }
  return oldest;
}

function didNotLeaveLine({ phase }: ClosedRun): boolean {
  return phase !== 'waiting';
}

/** Each task once, however many of its runs have ended, and also where it is open again. */
function arrivals(open: readonly Task[], ends: Ends, sinceMs: number): number | null {
  if (ends === null) return null;
  const isNew = (createdAt: string) => Date.parse(createdAt) >= sinceMs;
  const came = new Set(open.filter(({ createdAt }) => isNew(createdAt)).map(({ id }) => id));
  for (const { taskId, memo } of ends) if (memo !== null && isNew(memo.createdAt)) came.add(taskId);
  return came.size;
}
