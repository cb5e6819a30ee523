import { compareRank } from '../rank.ts';
import { type AgentSlots, limitOf, setProbe } from './agent-slots.ts';
import { beCanary, canaryDueMs, isTakenBy } from './breaker.ts';
import { budgetsDueMs, expectedOf, leftOf, reserve, rollDays } from './budget.ts';
import { type Expected, type Grant, nextFence, type Pool, type Waiter, withRules } from './pool.ts';
import { type RunRef, refOf } from './run-ref.ts';

/** An agent that can be given something now. */
interface Able {
  agent: AgentSlots;
  /** Slots. */
  free: number;
  /** Slots, those of dying runs too. */
  held: number;
  /** Tokens of its budget. */
  left: number;
}

/**
 * The grants that are due now, best rank first; their runs hold the slots from now on. Each names its agent: the one that
 * the task wants, else the best of the pool. So no agent has a free slot while a run is in line that it may take.
 */
export function grantDue(pool: Pool, nowMs: number): Grant[] {
  rollDays(pool, nowMs);
  pool.dying = pool.dying.filter((dying) => nowMs < dying.freeAtMs);
  if (pool.paused || pool.stopped || pool.schedulerPaused || pool.waiters.length === 0) return [];
  const hold = pool.breaker?.hold;
  if (hold !== undefined && nowMs < canaryDueMs(hold)) return [];
  let left = leftOf({ budget: pool.policy.budget, tokens: pool.tokens });
  const able = new Map(ableAgents(pool, nowMs).map((each) => [each.agent.name, each]));
  const grants = new Map<Waiter, Grant>();
  for (const next of lineOf(pool, nowMs)) {
    if (able.size === 0 || left <= 0) break;
    const chosen = next.wants === null ? bestOf(able.values()) : able.get(next.wants);
    if (chosen === undefined) continue;
    const recipe = 'recipe' in next ? next.recipe : undefined;
    const takes = expectedOf(pool, chosen.agent, recipe) ?? 0;
    // The slot of an expected run is kept for it: it is taken from the agent, and nobody is given it.
    if ('runId' in next) {
      if (hasPredecessor(pool, next)) continue;
      grants.set(next, give(pool, next, chosen.agent, nowMs));
    }
    chosen.free -= 1;
    chosen.held += 1;
    chosen.left -= takes;
    left -= takes;
    const isDone = chosen.free <= 0 || chosen.left <= 0 || chosen.agent.probe !== null;
    if (isDone) able.delete(chosen.agent.name);
    // One task tries for all.
    if (hold !== undefined) break;
  }
  pool.waiters = pool.waiters.filter((waiter) => !grants.has(waiter));
  return [...grants.values()];
}

/** Those in line and those that are expected, best rank first. */
function lineOf({ waiters, expected }: Pool, nowMs: number): (Waiter | Expected)[] {
  const still = expected.filter(({ untilMs }) => nowMs < untilMs);
  if (still.length === 0) return waiters;
  return [...waiters, ...still].sort((a, b) => compareRank(a.rank, b.rank));
}

/**
 * Whether another run of the same task has a slot, or had one until it was ended. At most one of the two is open, and the
 * other one's goose may live.
 */
export function hasPredecessor({ holders, dying }: Pool, run: RunRef): boolean {
  const before = ({ workflowId, runId }: RunRef) => workflowId === run.workflowId && runId !== run.runId;
  return holders.some(before) || dying.some(before);
}

/**
 * When something is due by time alone, in milliseconds since the epoch.
 *
 * @param newDaysMs when the days of budgets are over that are waited for
 */
export function nextDueMs(pool: Pool, nowMs: number, newDaysMs = budgetsDueMs(pool)): number | undefined {
  const times = [...pool.dying.map((dying) => dying.freeAtMs), ...newDaysMs];
  if (pool.waiters.length > 0) times.push(...pool.expected.map(({ untilMs }) => untilMs));
  const hold = pool.breaker?.hold;
  if (hold !== undefined) times.push(canaryDueMs(hold));
  for (const agent of pool.agents) {
    const { health, probe } = agent;
    if (health.state === 'well' || probe !== null || (hold !== undefined && isTakenBy(hold, agent))) continue;
    times.push(health.untilMs);
  }
  return times.filter((time) => time > nowMs).reduce<number | undefined>(earlier, undefined);
}

function earlier(a: number | undefined, b: number): number {
  return a === undefined || b < a ? b : a;
}

/** Those with a free slot. An unwell agent can be given one task, as its probe, when its time has come. */
function ableAgents(pool: Pool, nowMs: number): Able[] {
  const hold = pool.breaker?.hold;
  const held = new Map<string, number>();
  for (const { agent } of [...pool.holders, ...pool.dying]) held.set(agent, (held.get(agent) ?? 0) + 1);
  return pool.agents.flatMap((agent) => {
    const { name, paused, stopped, quiet, health, probe } = agent;
    const used = held.get(name) ?? 0;
    const free = limitOf(agent) - used;
    const left = leftOf(agent);
    if (paused || stopped || quiet || free <= 0 || left <= 0) return [];
    if (health.state === 'well') return [{ agent, free, held: used, left }];
    const isDue = nowMs >= health.untilMs || (hold !== undefined && isTakenBy(hold, agent));
    return probe === null && isDue ? [{ agent, free: 1, held: used, left }] : [];
  });
}

/** One that is known to work comes first, then most free slots, then fewest runs, then the name. */
function bestOf(able: Iterable<Able>): Able | undefined {
  let best: Able | undefined;
  for (const one of able) if (best === undefined || compare(one, best) < 0) best = one;
  return best;
}

function compare(a: Able, b: Able): number {
  return (
    Number(isUnwell(a)) - Number(isUnwell(b)) ||
    b.free - a.free ||
    a.held - b.held ||
    (a.agent.name < b.agent.name ? -1 : 1)
  );
}

const isUnwell = ({ agent }: Able) => agent.health.state !== 'well';

function give(pool: Pool, waiter: Waiter, agent: AgentSlots, nowMs: number): Grant {
  const fence = nextFence(pool, nowMs);
  const { name, gooseQueue, health } = agent;
  const holder = { ...refOf(waiter), agent: name, fence, sinceMs: nowMs };
  pool.holders.push(holder);
  reserve(pool, holder, waiter.recipe);
  const hold = pool.breaker?.hold;
  if (hold !== undefined) beCanary(hold, waiter, nowMs);
  const isUntried = health.state !== 'well';
  if (isUntried) setProbe(agent, refOf(waiter));
  return {
    ...refOf(waiter),
    fence,
    agent: name,
    gooseQueue,
    probe: isUntried || hold !== undefined,
    ...withRules(pool, name),
  };
}
