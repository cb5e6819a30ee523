import type { Look, OpenTask } from '../contract/listings.ts';
import { TASK_PHASES } from '../contract/listings.ts';
import type { AgentStatus, Problem } from '../contract/status.ts';
import type { BudgetLine } from '../domain/plan/agent-line.ts';
import type { Reason } from '../domain/plan/reason.ts';
import { countedIn, isUsedUp } from '../domain/slots/tokens.ts';
import type { MetricName } from './catalog.ts';
import { REASONS, TROUBLES, UNWELL } from './closed-sets.ts';
import type { Figure } from './exposition.ts';

/** Of agents without a pool, and of tasks that none of our pools has. Prometheus takes it for no label. */
const NO_POOL = '';

/** What a look shows, as figures. What it does not know has none. */
export function figuresOf({ atMs, status, tasks }: Look): Figure[] {
  const pools = [...new Set(status.agents.map(poolOf))].sort();
  return [
    ...ofScheduler(status),
    ...status.agents.flatMap(ofAgent),
    ...ofSlots(status.agents, pools, status.scheduler),
    ...ofPools(status.agents),
    ...ofTroubles(status.problems),
    ...(tasks === null ? [] : ofTasks(tasks, pools, atMs)),
  ];
}

function ofScheduler({ enabled, paused, stopped, daemon, exists, lastPass }: Look['status']): Figure[] {
  return [
    is('tinyscheduler_enabled', enabled),
    is('tinyscheduler_paused', paused),
    is('tinyscheduler_stopped', stopped === true),
    is('tinyscheduler_watched', exists && daemon !== null),
    ...(lastPass === null
      ? []
      : [{ name: 'tinyscheduler_last_pass_timestamp_seconds', value: lastPass.atMs / 1_000 } as const]),
  ];
}

function ofAgent(agent: AgentStatus): Figure[] {
  const { name, limit, held, health, budget } = agent;
  const labels = { agent: name, pool: poolOf(agent) };
  return [
    { name: 'tinyscheduler_slots_limit', labels, value: limit },
    { name: 'tinyscheduler_slots_used', labels, value: held },
    ...UNWELL.map((reason) =>
      is('tinyscheduler_agent_unwell', health.state === reason, { agent: name, reason }),
    ),
    ...ofBudget(budget, 'agent', name),
  ];
}

function ofSlots(
  agents: readonly AgentStatus[],
  pools: readonly string[],
  scheduler: Look['status']['scheduler'],
): Figure[] {
  const nothingStarts = scheduler === 'paused' || scheduler === 'disabled' || scheduler === 'agents-stopped';
  const free = new Map(pools.map((pool) => [pool, 0]));
  for (const agent of agents)
    if (!nothingStarts && mayStart(agent)) add(free, poolOf(agent), Math.max(0, agent.limit - agent.held));
  return byPool('tinyscheduler_slots_free', free);
}

function mayStart(agent: AgentStatus): boolean {
  const { paused, poolPaused, stopped, poolStopped, poolHold, leaving, health } = agent;
  const isOver = [agent.budget, agent.poolBudget].some((line) => line?.today && isUsedUp(line, line.today));
  return (
    !paused &&
    !poolPaused &&
    !stopped &&
    !poolStopped &&
    !poolHold &&
    !leaving &&
    health.state === 'well' &&
    !isOver
  );
}

function ofPools(agents: readonly AgentStatus[]): Figure[] {
  // Each agent of a pool tells of it the same.
  const ofPool = new Map(agents.flatMap((agent) => (agent.queue === null ? [] : [[agent.queue, agent]])));
  return [...ofPool].flatMap(([pool, { poolHold, poolBudget }]) => [
    is('tinyscheduler_pool_held', poolHold !== undefined, { pool }),
    ...ofBudget(poolBudget, 'pool', pool),
  ]);
}

/** Nothing where nobody has told yet what was taken. */
function ofBudget(budget: BudgetLine | undefined, whose: 'agent' | 'pool', name: string): Figure[] {
  if (!budget?.today) return [];
  const used = countedIn(budget.today);
  const labels = { [whose]: name };
  return [
    { name: `tinyscheduler_${whose}_budget_used_tokens`, labels, value: used },
    { name: `tinyscheduler_${whose}_budget_left_tokens`, labels, value: budget.tokensPerDay - used },
  ];
}

function ofTroubles(problems: readonly Problem[]): Figure[] {
  const counts = new Map<string, number>(TROUBLES.map((reason) => [reason, 0]));
  for (const problem of problems) {
    if (problem.what === 'schedule') add(counts, problem.trouble.problem, 1);
    if (problem.what === 'more-schedules') add(counts, 'not-read', problem.count);
  }
  return [...counts].map(([reason, value]) => ({
    name: 'tinyscheduler_schedule_troubles',
    labels: { reason },
    value,
  }));
}

function ofTasks(tasks: readonly OpenTask[], pools: readonly string[], atMs: number): Figure[] {
  const phases = new Map<string, number>(TASK_PHASES.map((phase) => [phase, 0]));
  const reasons = new Map<string, number>(REASONS.map((reason) => [reason, 0]));
  const [ready, startable, ages] = [1, 2, 3].map(() => new Map(pools.map((pool) => [pool, 0]))) as Three;
  for (const task of tasks) {
    add(phases, task.phase, 1);
    const why = task.waits?.reason.why;
    if (why !== undefined) add(reasons, why, 1);
    if (!isReady(task)) continue;
    // Tasks name queues as they like; those that nobody serves are told by their reason.
    const pool = ready.has(task.pool ?? NO_POOL) ? (task.pool ?? NO_POOL) : NO_POOL;
    add(ready, pool, 1);
    if (isStartable(why)) add(startable, pool, 1);
    const { addedMs } = task;
    if (addedMs !== null) ages.set(pool, Math.max(ages.get(pool) ?? 0, (atMs - addedMs) / 1_000));
  }
  return [
    ...[...phases].map(
      ([phase, value]) => ({ name: 'tinyscheduler_tasks', labels: { phase }, value }) as const,
    ),
    ...[...reasons].map(
      ([reason, value]) => ({ name: 'tinyscheduler_waiting_tasks', labels: { reason }, value }) as const,
    ),
    ...byPool('tinyscheduler_ready_tasks', ready),
    ...byPool('tinyscheduler_startable_tasks', startable),
    ...byPool('tinyscheduler_oldest_ready_task_age_seconds', ages),
  ];
}

type Three = [Map<string, number>, Map<string, number>, Map<string, number>];

function isReady({ phase }: OpenTask): boolean {
  return phase === 'waiting' || phase === 'waiting-for-slot' || phase === 'waiting-for-host';
}

function isStartable(why: Reason['why'] | undefined): boolean {
  return why === 'starting' || why === 'slot-due';
}

function poolOf({ queue }: AgentStatus): string {
  return queue ?? NO_POOL;
}

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function byPool(name: MetricName, values: ReadonlyMap<string, number>): Figure[] {
  return [...values].map(([pool, value]) => ({ name, labels: { pool }, value }));
}

function is(name: MetricName, holds: boolean, labels: Figure['labels'] = {}): Figure {
  return { name, labels, value: holds ? 1 : 0 };
}
