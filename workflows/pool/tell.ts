import { setCurrentDetails } from '@temporalio/workflow';
import { standing } from '../../contract/complaint.ts';
import { SCHEDULER_ID } from '../../contract/ids.ts';
import type { Memos } from '../../contract/memos.ts';
import { poolChanged } from '../../contract/messages.ts';
import { forPlanning, type PoolKnown } from '../../domain/plan/agent-line.ts';
import { hasHistory, type KnownOfAgent, limitOf } from '../../domain/slots/agent-slots.ts';
import { budgetMarks } from '../../domain/slots/budget.ts';
import { knownAgents, type Pool } from '../../domain/slots/pool.ts';
import { writeMemo } from '../sdk/memo.ts';
import { send } from '../sdk/send.ts';
import type { SemaphoreState } from './semaphore-state.ts';

type Known = Pick<SemaphoreState, 'pool' | 'complaints' | 'deeds'>;
type Switches = Pick<Pool, 'paused' | 'stopped'>;

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
    const { agents, tokens } = forPlanning(semaphore);
    const told = textOf(pool, agents, unwellAndDue(pool, nowMs), budgetMarks(pool));
    if (told === this.#told && !this.#orderLost) return;
    const orderLost = this.#orderLost || undefined;
    this.#told = told;
    this.#orderLost = false;
    const { paused, stopped } = pool;
    await send({ workflowId: SCHEDULER_ID }, poolChanged, {
      semaphore: this.#semaphore,
      paused,
      ...(stopped && { stopped }),
      agents,
      ...(tokens && { tokens }),
      orderLost,
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
function textOf(
  { paused, stopped }: Switches,
  agents: PoolKnown['agents'],
  due: string[],
  marks: string[],
): string {
  const others = agents.flatMap(({ tokens, ...agent }: KnownOfAgent) =>
    tokens === undefined || hasHistory(agent) ? [agent] : [],
  );
  return JSON.stringify([paused, others, due, ...(stopped ? ['stopped'] : []), ...marks]);
}

/** What the scheduler assumes of a semaphore that has told nothing. */
const NOTHING_TO_TELL = textOf({ paused: false }, [], [], []);

export function memoOf({ pool, complaints, deeds }: Known): Memos['poolSemaphore'] {
  const { policy, paused, stopped, schedulerPaused, fencesFrom, tokens } = pool;
  const agents = knownAgents(pool);
  return {
    semaphore: {
      ...{ policy, paused, schedulerPaused, fencesFrom, agents, complaints },
      ...(stopped && { stopped }),
      ...(deeds.length > 0 && { deeds }),
      ...(tokens && { tokens }),
    },
  };
}

/** Unwell agents that may be probed. That their time has come changes nothing in the pool, but the scheduler has to plan. */
function unwellAndDue({ agents }: Pool, nowMs: number): string[] {
  return agents.flatMap(({ name, health }) =>
    health.state !== 'well' && nowMs >= health.untilMs ? [name] : [],
  );
}

/** For people. */
function sayPool(pool: Pool): string {
  const { agents, holders, waiters, paused, stopped } = pool;
  const limit = agents.reduce((sum, agent) => sum + limitOf(agent), 0);
  const unwell = agents.flatMap(({ name, health }) => {
    if (health.state === 'well') return [];
    return [`${name} ${health.state === 'cooling-down' ? 'cools down' : 'cannot run'}: ${health.reason}.`];
  });
  const off = agents.filter((agent) => agent.paused || agent.stopped).map(({ name }) => name);
  return [
    ...(stopped ? ['Its agents are stopped.'] : []),
    ...(paused ? ['Paused.'] : []),
    `${holders.length} of ${limit} slots held, ${waiters.length} in line.`,
    ...(off.length > 0 ? [`Off by themselves: ${off.slice(0, 20).join(', ')}.`] : []),
    ...unwell.slice(0, 5),
  ].join(' ');
}
