import type { Alert, CheckAsked, Checked } from '../contract/check.ts';
import type { PoolStatus, PoolsStatus } from '../contract/listings.ts';
import type { AgentStatus, Problem, Status } from '../contract/status.ts';
import { schedulerError } from '../words/errors.ts';
import { poolsOf } from './pools.ts';
import { readSnapshot, type SnapshotDeps } from './snapshot.ts';
import { statusOf } from './status.ts';

/** A pass that fails, or that a person asked for, moves the next one a little. */
const PASSES_MISSED = 3;
const LEAST_MS = 60_000;

/** A last pass that is longer ago is late. */
export function latePassMs(loopIntervalMs: number): number {
  return Math.max(PASSES_MISSED * loopIntervalMs, LEAST_MS);
}

/** Whether everything is well. @throws `no-such-queue` */
export async function check(deps: SnapshotDeps, asked: CheckAsked): Promise<Checked> {
  const { heartbeatTimeoutMs, loopIntervalMs } = deps.config;
  const snapshot = await readSnapshot(deps);
  // What came and ended is not asked, so it is not read.
  const pools = poolsOf(snapshot, [], snapshot.nowMs);
  const lateMs = latePassMs(loopIntervalMs);
  return checked(statusOf(snapshot, heartbeatTimeoutMs), pools, { ...asked, lateMs, nowMs: snapshot.nowMs });
}

/** `lateMs`: a last pass that is longer ago is late. @throws `no-such-queue` */
export function checked(
  status: Status,
  { pools, placeless }: Pick<PoolsStatus, 'pools' | 'placeless'>,
  asked: CheckAsked & { lateMs: number; nowMs: number },
): Checked {
  const { pool } = asked;
  const named = pools.filter(({ queue }) => pool === undefined || queue === pool);
  if (pool !== undefined && named.length === 0)
    throw schedulerError({ code: 'no-such-queue', queue: pool, known: pools.map(({ queue }) => queue) });
  return {
    alerts: [
      ...ofScheduler(status, asked),
      ...status.problems.map(ofProblem),
      ...ofAgents(status.agents),
      ...ofTasks('interrupted', status.interrupted),
      ...pools.flatMap(unserved),
      ...(placeless ? [{ what: 'placeless', tasks: placeless } as const] : []),
      ...named.flatMap((each) => ofBacklog(each, asked)),
      ...ofTasks('parked', status.parked),
    ],
    pools: pools.length,
    agents: status.agents.length,
    running: status.running.length,
    waiting: status.queued.length + status.waiting.length,
  };
}

function ofScheduler(
  status: Status,
  { lateMs, nowMs, withoutDaemon }: CheckAsked & { lateMs: number; nowMs: number },
): Alert[] {
  if (withoutDaemon && status.scheduler === 'no-daemon') return [];
  if (status.scheduler !== 'running') return [{ what: 'scheduler', state: status }];
  const { lastPass } = status;
  return lastPass !== null && nowMs - lastPass.atMs > lateMs
    ? [{ what: 'no-pass', sinceMs: lastPass.atMs }]
    : [];
}

function ofProblem(problem: Problem): Alert {
  switch (problem.what) {
    case 'schedule': {
      const { schedule, trouble } = problem;
      return { what: `schedule-${trouble.problem}`, schedule, trouble };
    }
    case 'more-schedules':
      return problem;
    default:
      return { what: 'problem', problem };
  }
}

/** An agent that leaves, or has no slots, is as it was configured. */
function ofAgents(agents: readonly AgentStatus[]): Alert[] {
  const off = new Map<string, AgentStatus>();
  for (const agent of agents)
    if (agent.queue !== null && (agent.poolPaused || agent.poolStopped)) off.set(agent.queue, agent);
  const alone = agents.filter(
    ({ queue, health, paused, stopped }) =>
      (queue === null || !off.has(queue)) && (health.state !== 'well' || paused || stopped),
  );
  return [
    ...[...off].map(([queue, agent]) => ({ what: 'pool-off', queue, agent }) as const),
    ...alone.map((agent) => ({ what: 'agent', agent }) as const),
  ];
}

function ofTasks(what: 'parked' | 'interrupted', lines: Status['parked']): Alert[] {
  return lines.length === 0 ? [] : [{ what, taskIds: lines.map(({ taskId }) => taskId) }];
}

/** Tasks without a run that wait for nobody's end. */
function ready({ waiting, blocked }: PoolStatus): number {
  return Math.max(0, (waiting ?? 0) - (blocked ?? 0));
}

function unserved(pool: PoolStatus): Alert[] {
  const tasks = ready(pool);
  return pool.agents.length === 0 && tasks > 0 ? [{ what: 'unserved', queue: pool.queue, tasks }] : [];
}

function ofBacklog(
  pool: PoolStatus,
  { mostWaiting, oldestMs, nowMs }: CheckAsked & { nowMs: number },
): Alert[] {
  const { queue, line, oldest } = pool;
  const waiting = line + ready(pool);
  const alerts: Alert[] = [];
  if (mostWaiting !== undefined && waiting > mostWaiting)
    alerts.push({ what: 'depth', queue, waiting, most: mostWaiting });
  if (oldestMs !== undefined && oldest !== null && nowMs - oldest.addedMs > oldestMs)
    alerts.push({ what: 'age', queue, ...oldest, oldestMs });
  return alerts;
}
