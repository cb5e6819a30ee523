import { budgetOf } from '../budget.ts';
import { groupedBy } from '../grouped.ts';
import type { AgentLine } from '../plan/agent-line.ts';
import type { PlanInput } from '../plan/input.ts';
import { semaphoreOf } from '../semaphore-id.ts';
import { type KnownOfAgent, limitOf } from '../slots/agent-slots.ts';
import type { Hold } from '../slots/breaker.ts';
import { budgetsDueMs, reserveFound } from '../slots/budget.ts';
import { modelAnswered, release } from '../slots/give-back.ts';
import { grantDue, nextDueMs } from '../slots/grant.ts';
import { isTryDue, WELL } from '../slots/health.ts';
import { agentOf, type Grant, newPool, type Pool, type Waiter } from '../slots/pool.ts';
import type { RunRef } from '../slots/run-ref.ts';
import type { ZoneDays } from '../slots/tokens.ts';
import { ANY_RECIPE, budgetPolicy, openLedgers, tokensOf } from './budgets.ts';
import { Heap } from './heap.ts';

/** A task in line: its place in the order of all, and how it asks. */
export interface InLine {
  place: number;
  waiter: Waiter;
}

/** A slot that a task has. */
export type Held = Pick<Grant, 'workflowId' | 'runId' | 'fence' | 'agent'>;

/**
 * The line of one semaphore while a forecast is played. Its slots are given and given back by the same functions as in
 * the semaphore itself; here is only what keeps a long line cheap: of those that want the same agent only the first is looked at.
 */
export class PlayedLine {
  readonly pool: Pool;
  /** Of all agents; of one that has more runs than slots, the runs. So no slot is free where as many are held. */
  #slots: number;
  readonly #groups = new Map<string | null, Heap<InLine>>();

  constructor(pool: Pool) {
    this.pool = pool;
    this.#slots = pool.agents.reduce((sum, agent) => sum + limitOf(agent), 0);
  }

  /** A run that has a slot from before. An agent that is not of the pool has given it none of these. */
  hold(run: RunRef & { agent: string }, sinceMs: number): void {
    const agent = agentOf(this.pool, run.agent);
    if (agent === undefined) return;
    const { holders } = this.pool;
    holders.push({ ...run, fence: null, sinceMs });
    reserveFound(this.pool, { ...run, fence: null });
    if (holders.filter((each) => each.agent === run.agent).length > limitOf(agent)) this.#slots += 1;
  }

  add(next: InLine): void {
    const { wants } = next.waiter;
    const group = this.#groups.get(wants);
    if (group === undefined) this.#groups.set(wants, new Heap(isBefore, [next]));
    else group.add(next);
  }

  /** All grants that are due, each to the best rank that one of the free slots is for. */
  grants(nowMs: number): { place: number; grant: Grant }[] {
    const given: { place: number; grant: Grant }[] = [];
    const passed = new Set<Heap<InLine>>();
    for (let best = this.#best(passed); best !== undefined; best = this.#best(passed)) {
      const { group, first } = best;
      // It would find none, and looking costs most of a forecast.
      if (this.pool.holders.length >= this.#slots) break;
      this.pool.waiters = [first.waiter];
      const [grant] = grantDue(this.pool, nowMs);
      this.pool.waiters = [];
      if (grant === undefined) {
        passed.add(group);
        continue;
      }
      group.take();
      given.push({ place: first.place, grant });
      if (!grant.probe) continue;
      // What is tried again works, as far as a forecast goes: then the others may have it, too.
      modelAnswered(this.pool, grant, nowMs);
      passed.clear();
    }
    return given;
  }

  /** When an agent that is unwell may be tried again, or a budget begins anew, where somebody waits; undefined: nothing is due by time. */
  nextDueMs(nowMs: number): number | undefined {
    for (const { first } of this.#groups.values())
      if (first !== undefined) return nextDueMs(this.pool, nowMs, budgetsDueMs(this.pool, { ifLeft: true }));
    return undefined;
  }

  /** @param tokens that the attempt took; undefined: not known, so that what such runs took counts */
  giveBack({ workflowId, runId, fence, agent }: Held, tokens: number | undefined, nowMs: number): void {
    const verdict = { kind: 'completed', reason: '' } as const;
    const spent = tokens === undefined ? undefined : { agent, tokens, recipe: ANY_RECIPE };
    release(this.pool, { workflowId, runId, fence, verdict, spent }, nowMs);
  }

  #best(passed: ReadonlySet<Heap<InLine>>): { group: Heap<InLine>; first: InLine } | undefined {
    let best: { group: Heap<InLine>; first: InLine } | undefined;
    for (const group of this.#groups.values()) {
      const { first } = group;
      if (first === undefined || passed.has(group)) continue;
      if (best === undefined || isBefore(first, best.first)) best = { group, first };
    }
    return best;
  }
}

function isBefore(a: InLine, b: InLine): boolean {
  return a.place < b.place;
}

/** The pools as they are now, without those who hold their slots. Each call makes new ones. */
export function poolsOf(
  { agents, paused, enabled, nowMs }: PlanInput,
  zones: readonly ZoneDays[],
): Map<string, Pool> {
  return new Map(
    [...groupedBy(agents, semaphoreOf)].map(([semaphore, lines]) => {
      const policy = {
        agents: lines.map(({ name, limit, budget }) => ({
          ...{ name, limit, gooseQueue: '' },
          ...(budget && { budget: budgetOf(budget) }),
        })),
        ...budgetPolicy(lines, zones),
        ...{ heartbeatTimeoutMs: 0, coolDownMs: 0, coolDownMaxMs: 0, passIntervalMs: 0 },
      };
      const pool = newPool(
        policy,
        paused || !enabled,
        lines.map((line) => knownOf(line, zones, nowMs)),
      );
      pool.paused = lines.some(({ poolPaused }) => poolPaused);
      if (lines.some(({ poolStopped }) => poolStopped)) pool.stopped = true;
      const hold = holdOf(lines, nowMs);
      if (hold !== undefined) pool.breaker = { troubles: [], hold };
      openLedgers(pool, lines, nowMs);
      return [semaphore, pool];
    }),
  );
}

/** Where a task tries already, the pool is taken to be open with its answer. */
function holdOf(lines: readonly AgentLine[], nowMs: number): Hold | undefined {
  const known = lines.find(({ poolHold }) => poolHold)?.poolHold;
  if (known === undefined) return undefined;
  const { reason, sinceMs, untilMs, trying } = known;
  const taken = lines.filter(({ poolHold }) => poolHold?.isTaken);
  const isBroken = taken.some(({ health }) => health.state === 'misconfigured');
  return {
    ...{ state: isBroken ? 'misconfigured' : 'cooling-down', reason, sinceMs, times: 1 },
    untilMs: trying ? nowMs : untilMs,
    agents: taken.map(({ name }) => name),
  };
}

/** The limit of the line is the one in force. */
function knownOf(line: AgentLine, zones: readonly ZoneDays[], nowMs: number): KnownOfAgent {
  const { name, paused, stopped, quiet, health } = line;
  const tokens = tokensOf(line, zones, nowMs);
  // The task that tries it has a slot already.
  const isTried = health.state === 'cooling-down' && health.probing === true;
  // Only somebody who mends it makes it well.
  const isBroken = health.state === 'misconfigured' && !isTryDue(health, nowMs);
  return {
    ...{ name, limitByHand: null, paused, quiet: quiet || isBroken },
    health: isTried ? WELL : health,
    ...(stopped && { stopped }),
    ...(tokens && { tokens }),
  };
}
