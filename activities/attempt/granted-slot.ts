import type { Client } from '@temporalio/client';
import { type Message, modelAnswered, processesGone, releaseSlot } from '../../contract/messages.ts';
import type { Agent } from '../../domain/agent.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import { semaphoreOf } from '../../domain/semaphore-id.ts';
import type { RunRef } from '../../domain/slots/run-ref.ts';
import type { Spent } from '../../domain/slots/tokens.ts';
import { signalled } from '../../temporal/signalled.ts';

export interface GrantedSlotOptions {
  client: Client;
  /** Workflow id of the semaphore that gave the slot. */
  semaphore: string;
  grant: RunRef & { fence: number };
  /** The agent as the configuration has it now. */
  agent: () => Promise<Pick<Agent, 'name' | 'queue'>>;
}

/** The slot of an attempt, as its host speaks of it to the semaphore. All of these say whether the semaphore was told. */
export class GrantedSlot {
  readonly #options: GrantedSlotOptions;

  constructor(options: GrantedSlotOptions) {
    this.#options = options;
  }

  /** @param verdict what the attempt shows of the agent; null: nothing */
  release(verdict: Verdict | null, spent: Spent): Promise<boolean> {
    return this.#tell(releaseSlot, { ...this.#options.grant, verdict, spent });
  }

  processesGone(): Promise<boolean> {
    return this.#tell(processesGone, this.#options.grant);
  }

  modelAnswered(): Promise<boolean> {
    return this.#tell(modelAnswered, this.#options.grant);
  }

  async #tell<Content>(message: Message<[Content]>, content: Content): Promise<boolean> {
    const { client, semaphore, agent } = this.#options;
    const tell = (to: string) => signalled(client, to, message, content).catch(() => false);
    const [told, now] = await Promise.all([tell(semaphore), agent()]);
    // The agent may be in another pool by now, whose semaphore has found this run.
    const semaphoreNow = semaphoreOf(now);
    if (semaphoreNow !== semaphore) await tell(semaphoreNow);
    return told;
  }
}
