import { groupedBy } from '../grouped.ts';
import { isTryDue, type Unwell } from '../slots/health.ts';
import { countedIn } from '../slots/tokens.ts';
import type { AgentLine, BudgetLine, PoolHold } from './agent-line.ts';
import { type PlanInput, tasksOf } from './input.ts';
import type { BudgetFigures, Obstacle } from './reason.ts';

/** What an agent can still take. It shrinks with every task that the plan gives the agent (docs/adr/0027). */
export interface Capacity {
  agent: AgentLine;
  /** Tasks that run on it, and those that the plan has given it. */
  used: number;
  /** Of them, those that run on it. */
  held: number;
  /** Free slots; below zero: minus the number of runs in line beyond the slots. */
  free: number;
  /** How far below zero `free` may go: so many runs may be in line, ready to take the next slot at once. */
  lookAhead: number;
  /** Why the agent is given nothing at all. */
  obstacle: Obstacle | undefined;
  /** All of that which held before the plan gave it anything, the same one first. */
  obstacles: readonly Obstacle[];
  /** Tokens that are left of its budgets. */
  purses: Purse[];
  /** For an unwell agent that may be probed: what keeps all further tasks away once one task probes it. */
  afterProbe: Obstacle | undefined;
  /** Of a held pool that may be tried: what keeps all further tasks from its agents once one task tries. */
  afterCanary: { obstacle: Obstacle; members: readonly Capacity[] } | undefined;
}

/** What is left of a budget. It shrinks likewise, by what each run is expected to take. */
interface Purse {
  figures: BudgetFigures;
  /** What keeps its agents when nothing is left. */
  obstacle: (budget: BudgetFigures) => Obstacle;
  members: Capacity[];
}

/** The capacities of all agents, in the order of the agents' names. */
export interface Capacities {
  byName: ReadonlyMap<string, Capacity>;
  /** Null: agents without a pool. */
  byQueue: ReadonlyMap<string | null, readonly Capacity[]>;
}

export function capacitiesOf(input: PlanInput): Capacities {
  const agents = [...input.agents].sort((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map(agents.map((agent) => [agent.name, capacityOf(agent, input)]));
  const byQueue = groupedBy([...byName.values()], ({ agent }) => agent.queue);
  takeForRuns(input, byName);
  // What has a slot is reserved for already.
  openPurses(byName.values(), input.nowMs);
  for (const capacity of byName.values()) limitToProbe(capacity);
  for (const members of byQueue.values()) limitToCanary(members);
  return { byName, byQueue };
}

function capacityOf(agent: AgentLine, { lookAhead, nowMs }: PlanInput): Capacity {
  const obstacles = obstaclesOf(agent, nowMs);
  return {
    ...{
      agent,
      used: 0,
      held: 0,
      free: agent.limit,
      lookAhead: agent.health.state === 'well' && !agent.poolHold ? lookAhead : 0,
    },
    ...{ obstacle: obstacles[0], obstacles },
    ...{ purses: [], afterProbe: undefined, afterCanary: undefined },
  };
}

/** For the runs that have a slot. A run whose task is not `working` yet is in line, and takes when its turn comes. */
function takeForRuns({ tasks, openRuns }: PlanInput, byName: ReadonlyMap<string, Capacity>): void {
  const active = openRuns.filter((run) => run.state === 'active');
  const taskOf = tasksOf(active, tasks);
  for (const run of active) {
    const task = taskOf.get(run.taskId);
    if (task?.status !== 'working') continue;
    const capacity = byName.get(task.assignedTo ?? run.agent ?? run.wants ?? '');
    if (capacity === undefined) continue;
    take(capacity);
    capacity.held += 1;
  }
}

/** An unwell agent is given one task at most. Runs from before it was unwell may go on for hours beside the probe. */
function limitToProbe(capacity: Capacity): void {
  const { agent } = capacity;
  if (agent.health.state === 'well') return;
  capacity.free = Math.min(capacity.free, 1);
  capacity.afterProbe = unwell(agent, { ...agent.health, probing: true });
}

/** One task tries for a held pool, whichever agent has it. */
function limitToCanary(members: readonly Capacity[]): void {
  for (const capacity of members) {
    const { queue, poolHold } = capacity.agent;
    if (queue === null || poolHold === undefined) continue;
    capacity.free = Math.min(capacity.free, 1);
    capacity.afterCanary = { obstacle: poolHeld(queue, { ...poolHold, trying: true }), members };
  }
}

/** In the order in which a person would ask. */
function obstaclesOf(agent: AgentLine, nowMs: number): Obstacle[] {
  const { name, queue, health, poolHold } = agent;
  const obstacles: (Obstacle | false | undefined)[] = [
    agent.limit === 0 && { why: 'limit-zero', agent: name },
    // What was stopped outlasts a pause: who asks why is told of that first.
    queue !== null && agent.poolStopped && { why: 'pool-paused', queue, stopped: true },
    agent.stopped && { why: 'agent-paused', agent: name, stopped: true },
    queue !== null && agent.poolPaused && { why: 'pool-paused', queue },
    agent.paused && { why: 'agent-paused', agent: name },
    ...(queue === null ? [] : usedUp(agent.poolBudget, nowMs)).map(
      (budget) => ({ why: 'pool-budget', queue: queue ?? '', budget }) as const,
    ),
    ...usedUp(agent.budget, nowMs).map((budget) => ({ why: 'agent-budget', agent: name, budget }) as const),
    agent.quiet && { why: 'agent-quiet', agent: name },
    queue !== null && poolHold !== undefined && nowMs < poolHold.untilMs && poolHeld(queue, poolHold),
    // The trouble that holds the pool is told as the pool's.
    health.state !== 'well' && !isTryDue(health, nowMs) && !poolHold?.isTaken && unwell(agent, health),
  ];
  return obstacles.filter((obstacle): obstacle is Obstacle => typeof obstacle === 'object');
}

/** The figures of a budget that is used up; none: it is not, or there is none. */
function usedUp(budget: BudgetLine | undefined, nowMs: number): BudgetFigures[] {
  const figures = figuresOf(budget, nowMs);
  return figures === undefined || countedIn(figures) < figures.tokensPerDay ? [] : [figures];
}

/** Undefined: there is no budget, or nobody has told what was taken of it in this day. */
function figuresOf(budget: BudgetLine | undefined, nowMs: number): BudgetFigures | undefined {
  if (!budget?.today || nowMs >= budget.today.endsMs) return undefined;
  const { tokensPerDay, timeZone, today } = budget;
  const { used, unknown, unknownAttempts, reserved, endsMs: untilMs } = today;
  return { tokensPerDay, timeZone, used, unknown, unknownAttempts, reserved, untilMs };
}

function unwell({ name: agent }: AgentLine, { state, untilMs, reason, probing }: Unwell): Obstacle {
  const why = state === 'cooling-down' ? 'agent-cooling-down' : 'agent-misconfigured';
  return { why, agent, untilMs, reason, ...(probing && { probing }) };
}

export function poolHeld(
  queue: string,
  { untilMs, reason, taken, trying }: PoolHold,
): Extract<Obstacle, { why: 'pool-held' }> {
  return { why: 'pool-held', queue, untilMs, reason, taken, ...(trying && { trying }) };
}

/** Whether a slot is free, or one more run may be in line. */
export function canTake({ free, lookAhead }: Capacity): boolean {
  return free > -lookAhead;
}

export function take(capacity: Capacity): void {
  // Only a task that gets a slot is a probe.
  if (capacity.free > 0) {
    capacity.obstacle ??= capacity.afterProbe;
    const { members, obstacle } = capacity.afterCanary ?? {};
    for (const each of members ?? []) each.obstacle ??= obstacle;
  }
  capacity.free -= 1;
  capacity.used += 1;
  for (const purse of capacity.purses) spend(purse, capacity.agent.tokensPerRun ?? 0);
}

function spend({ figures, obstacle, members }: Purse, tokens: number): void {
  figures.reserved += tokens;
  if (countedIn(figures) < figures.tokensPerDay) return;
  for (const member of members) member.obstacle ??= obstacle({ ...figures });
}

/** One for the budget of each agent, and one for that of each pool. Those that are used up are obstacles already. */
function openPurses(capacities: Iterable<Capacity>, nowMs: number): void {
  const ofPools = new Map<string, Purse>();
  for (const capacity of capacities) {
    const { name, queue, budget, poolBudget } = capacity.agent;
    const own = figuresOf(budget, nowMs);
    if (own !== undefined)
      capacity.purses.push({
        ...{ figures: own, members: [capacity] },
        obstacle: (left) => ({ why: 'agent-budget', agent: name, budget: left }),
      });
    const figures = figuresOf(poolBudget, nowMs);
    if (queue === null || figures === undefined) continue;
    const purse = ofPools.get(queue) ?? {
      ...{ figures, members: [] },
      obstacle: (left) => ({ why: 'pool-budget', queue, budget: left }),
    };
    ofPools.set(queue, purse);
    purse.members.push(capacity);
    capacity.purses.push(purse);
  }
}

/**
 * Whose slot is taken first. This is the order in which semaphores give slots (slots/grant.ts), so that a slot that is said
 * to be due is the one that is given: a well agent first, then the most free slots, then the fewest tasks; a sort keeps
 * the order of names for the rest. Agents with no free slot come after all others.
 */
export function inTurn(a: Capacity, b: Capacity): number {
  return turn(a) - turn(b) || b.free - a.free || a.used - b.used;
}

function turn(capacity: Capacity): number {
  if (capacity.free > 0) return capacity.afterProbe === undefined ? 0 : 1;
  return canTake(capacity) ? 2 : 3;
}

export function membersOf(queue: string | null, { byQueue }: Capacities): readonly Capacity[] {
  return queue === null ? [] : (byQueue.get(queue) ?? []);
}
