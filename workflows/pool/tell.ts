import { setCurrentDetails } from '@temporalio/workflow';
import { standing } from '../../contract/complaint.ts';
import { SCHEDULER_ID } from '../../contract/ids.ts';
import type { Memos } from '../../contract/memos.ts';
import { poolChanged } from '../../contract/messages.ts';
import { forPlanning, type PoolKnown, poolKnownOf } from '../../domain/plan/agent-line.ts';
import { hasHistory, type KnownOfAgent, limitOf } from '../../domain/slots/agent-slots.ts';
import { canaryDueMs, isTakenBy } from '../../domain/slots/breaker.ts';
import { budgetMarks } from '../../domain/slots/budget.ts';
import { knownAgents, type Pool } from '../../domain/slots/pool.ts';
import { writeMemo } from '../sdk/memo.ts';
import { send } from '../sdk/send.ts';
import type { SemaphoreState } from './semaphore-state.ts';

type Known = Pick<SemaphoreState, 'pool' | 'complaints' | 'deeds'>;

/** Tells how the pool is: to the scheduler, which plans with it, in the memo, and to people at the Web UI. */
export class Teller {
  readonly #semaphore: string;
  #orderLost: boolean;
  #memo = '';
  #told = NOTHING_TO_TELL;

  /** @param orderLost the semaphore was started anew, and the ranks with which its runs ask are old */
  constructor(semaphore: string, orderLost: boolean) {
    this.#semaphore = semaphore;
    this.#orderLost = orderLost;
  }

  /** @param nowMs what was due by then has been done; in milliseconds since the epoch */
  async tell(known: Known, nowMs: number): Promise<void> {
    const { pool, complaints } = known;
    setCurrentDetails([sayPool(pool), ...standing(complaints, nowMs).map(({ says }) => says)].join(' '));
    const { semaphore } = this.keep(known);
    const forPlan = forPlanning(poolKnownOf(semaphore));
    const told = textOf(forPlan, due(pool, nowMs), budgetMarks(pool));
    if (told === this.#told && !this.#orderLost) return;
    const orderLost = this.#orderLost || undefined;
    this.#told = told;
    this.#orderLost = false;
    await send({ workflowId: SCHEDULER_ID }, poolChanged, {
      ...{ semaphore: this.#semaphore, ...forPlan, orderLost },
    });
  }

  /** Writes the memo where it has changed, and returns it. */
  keep(known: Known): Memos['poolSemaphore'] {
    const memo = memoOf(known);
    const text = JSON.stringify(memo);
    if (text !== this.#memo) {
      this.#memo = text;
      writeMemo<'poolSemaphore'>(memo);
    }
    return memo;
  }
}

/** Each grant and each end changes what was taken of a budget; the scheduler has to know of the `marks` alone. */
function textOf({ paused, stopped, hold, agents }: PoolKnown, due: string[], marks: string[]): string {
  const others = agents.flatMap(({ tokens, ...agent }: KnownOfAgent) =>
    tokens === undefined || hasHistory(agent) ? [agent] : [],
  );
  const about = [...(stopped ? ['stopped'] : []), ...(hold ? [hold] : []), ...marks];
  return JSON.stringify([paused, others, due, ...about]);
}

/** What the scheduler assumes of a semaphore that has told nothing. */
const NOTHING_TO_TELL = textOf({ paused: false, agents: [] }, [], []);

export function memoOf({ pool, complaints, deeds }: Known): Memos['poolSemaphore'] {
  const { policy, paused, stopped, schedulerPaused, fencesFrom, tokens } = pool;
  const agents = knownAgents(pool);
  return {
    semaphore: {
      ...{ policy, schedulerPaused, fencesFrom, complaints },
      ...poolKnownOf({ paused, stopped, hold: pool.breaker?.hold, agents, tokens }),
      ...(deeds.length > 0 && { deeds }),
    },
  };
}

/**
 * Unwell agents that may be probed, and `*`, which is no name, for a held pool that may be tried. That their time has come
 * changes nothing in the pool, but the scheduler has to plan.
 */
function due({ agents, breaker }: Pool, nowMs: number): string[] {
  const hold = breaker?.hold;
  const names = agents.flatMap((agent) => {
    const { name, health } = agent;
    const isDue = health.state !== 'well' && nowMs >= health.untilMs;
    return isDue && !(hold && isTakenBy(hold, agent)) ? [name] : [];
  });
  return hold && nowMs >= canaryDueMs(hold) ? [...names, '*'] : names;
}

/** For people. */
function sayPool(pool: Pool): string {
  const { agents, holders, waiters, paused, stopped, breaker } = pool;
  const limit = agents.reduce((sum, agent) => sum + limitOf(agent), 0);
  const unwell = agents.flatMap(({ name, health }) => {
    if (health.state === 'well') return [];
    return [`${name} ${health.state === 'cooling-down' ? 'cools down' : 'cannot run'}: ${health.reason}.`];
  });
  const off = agents.filter((agent) => agent.paused || agent.stopped).map(({ name }) => name);
  return [
    ...(stopped ? ['Its agents are stopped.'] : []),
    ...(paused ? ['Paused.'] : []),
    ...(breaker?.hold ? [`Held, since one trouble took ${breaker.hold.agents.length} agents.`] : []),
    `${holders.length} of ${limit} slots held, ${waiters.length} in line.`,
    ...(off.length > 0 ? [`Off by themselves: ${off.slice(0, 20).join(', ')}.`] : []),
    ...unwell.slice(0, 5),
  ].join(' ');
}
