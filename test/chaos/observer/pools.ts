import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, QueryRejectCondition } from '@temporalio/client';
import type { Figures } from '../messages.ts';
import { askSemaphore, SEMAPHORE_IDS } from '../semaphores.ts';
import { IDLE_MS, idleBesideWork, type PoolLook } from './idle-rule.ts';

/** Who does not answer within this is not served now, so nothing is known of the time since the look before. */
const ANSWER_MS = 1_000;
const EVERY_MS = IDLE_MS + 200;

/** What must hold of the pools, by what their semaphores say: a query adds nothing to their history. */
export class Pools {
  readonly figures: Pick<Figures, 'poolLooks'> = { poolLooks: 0 };
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #before = new Map<string, PoolLook>();
  readonly #violation: (rule: number, about: string, text: string) => void;

  constructor(address: string, violation: (rule: number, about: string, text: string) => void) {
    this.#connection = Connection.lazy({ address });
    this.#client = new Client({
      connection: this.#connection,
      // A semaphore that was terminated would answer, too, with what it knew last.
      workflow: { queryRejectCondition: QueryRejectCondition.QUERY_REJECT_CONDITION_NOT_OPEN },
    });
    this.#violation = violation;
  }

  /** One look at each, one after the other, spread over the time between two looks. `servedBy`: see `PoolLook`. */
  async look(servedBy: () => string): Promise<void> {
    for (const id of SEMAPHORE_IDS) {
      const next = sleep(EVERY_MS / SEMAPHORE_IDS.length);
      const now = await this.#ask(id, servedBy);
      const before = this.#before.get(id);
      if (now === undefined) this.#before.delete(id);
      else this.#before.set(id, now);
      if (now !== undefined) this.#judge(id, before, now);
      await next;
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #ask(id: string, servedBy: () => string): Promise<PoolLook | undefined> {
    const by = servedBy();
    try {
      const status = await this.#client.withDeadline(Date.now() + ANSWER_MS, () =>
        askSemaphore(this.#client, id),
      );
      return { atMs: Date.now(), servedBy: by === servedBy() ? by : '', status };
    } catch {
      return undefined;
    }
  }

  #judge(id: string, before: PoolLook | undefined, now: PoolLook): void {
    for (const { name, health } of now.status.agents) {
      if (health.state === 'misconfigured')
        this.#violation(
          8,
          name,
          `${name} counts as misconfigured, and only tasks are: ${health.reason ?? 'no reason'}`,
        );
    }
    if (before === undefined) return;
    this.figures.poolLooks += 1;
    for (const { agent, waiter } of idleBesideWork(before, now))
      this.#violation(
        7,
        `${agent} ${waiter.workflowId} ${waiter.runId}`,
        `${agent} of ${id} was idle for ${now.atMs - before.atMs} ms while ${waiter.workflowId} (run ${waiter.runId.slice(0, 8)}), which it may take, was in line: ${JSON.stringify(now.status)}`,
      );
  }
}
