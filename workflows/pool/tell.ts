import { setCurrentDetails, upsertMemo } from '@temporalio/workflow';
import { type Complaint, standing } from '../../contract/complaint.ts';
import { SCHEDULER_ID } from '../../contract/ids.ts';
import type { SemaphoreMemo } from '../../contract/memos.ts';
import { poolChanged } from '../../contract/messages.ts';
import { type KnownOfAgent, knownAgents, limitOf, type Pool } from '../../domain/slots/pool.ts';
import { send } from '../sdk/send.ts';

/** Tells the scheduler, which plans with it, and whoever reads the memo or looks at the Web UI, how the pool is. */
export class Teller {
  readonly #semaphore: string;
  #orderLost: boolean;
  #memo = '';
  #told = NOTHING_TO_TELL;

  /** @param orderLost the semaphore was started anew: the ranks that its runs ask with are old */
  constructor(semaphore: string, orderLost: boolean) {
    this.#semaphore = semaphore;
    this.#orderLost = orderLost;
  }

  /** @param nowMs what was due by then has been done; in milliseconds since the epoch */
  async tell(pool: Pool, complaints: Complaint[], nowMs: number): Promise<void> {
    setCurrentDetails([sayPool(pool), ...standing(complaints, nowMs).map(({ says }) => says)].join(' '));
    const memo = memoOf(pool, complaints);
    const text = JSON.stringify(memo);
    if (text !== this.#memo) {
      this.#memo = text;
      upsertMemo(memo);
    }
    const { agents } = memo.semaphore;
    const told = textOf(pool.paused, agents, unwellAndDue(pool, nowMs));
    if (told === this.#told && !this.#orderLost) return;
    const orderLost = this.#orderLost || undefined;
    this.#told = told;
    this.#orderLost = false;
    const { paused } = pool;
    await send({ workflowId: SCHEDULER_ID }, poolChanged, {
      semaphore: this.#semaphore,
      paused,
      agents,
      orderLost,
    });
  }
}

function textOf(paused: boolean, agents: KnownOfAgent[], due: string[]): string {
  return JSON.stringify([paused, agents, due]);
}

/** What the scheduler takes for granted of a semaphore that has told nothing. */
const NOTHING_TO_TELL = textOf(false, [], []);

export function memoOf(pool: Pool, complaints: Complaint[]): { semaphore: SemaphoreMemo } {
  const { policy, paused, schedulerPaused, fencesFrom } = pool;
  const agents = knownAgents(pool);
  return { semaphore: { policy, paused, schedulerPaused, fencesFrom, agents, complaints } };
}

/** Agents that wait for a probe: a time that comes changes nothing in the pool, and yet a probe may be planned. */
function unwellAndDue({ agents }: Pool, nowMs: number): string[] {
  return agents.flatMap(({ name, health }) =>
    health.state !== 'well' && nowMs >= health.untilMs ? [name] : [],
  );
}

/** For people. */
function sayPool(pool: Pool): string {
  const { agents, holders, waiters, paused } = pool;
  const limit = agents.reduce((sum, agent) => sum + limitOf(agent), 0);
  const unwell = agents.flatMap(({ name, health }) => {
    if (health.state === 'well') return [];
    return [`${name} ${health.state === 'cooling-down' ? 'cools down' : 'cannot run'}: ${health.reason}.`];
  });
  const off = agents.filter((agent) => agent.paused).map(({ name }) => name);
  return [
    ...(paused ? ['Paused.'] : []),
    `${holders.length} of ${limit} slots held, ${waiters.length} in line.`,
    ...(off.length > 0 ? [`Paused by themselves: ${off.slice(0, 20).join(', ')}.`] : []),
    ...unwell.slice(0, 5),
  ].join(' ');
}
