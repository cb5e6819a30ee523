import { condition } from '@temporalio/workflow';
import { inBatches } from '../../contract/in-batches.ts';
import type { Message } from '../../contract/messages.ts';
import { send } from './send.ts';

/**
 * What a workflow answers to other workflows. Handlers put it in; it is sent beside the loop, so that nobody waits for that. One
 * that is lost is asked for again.
 */
export class Replies {
  readonly #due: (() => Promise<boolean>)[] = [];
  #sending = 0;

  /** One that is gone is told nothing. */
  put<Args extends unknown[]>(workflowId: string, message: Message<Args>, ...args: NoInfer<Args>): void {
    // Nobody would take what it throws, and the workflow could not go on.
    this.#due.push(() => send({ workflowId }, message, ...args).catch(() => false));
  }

  /** What is not sent is lost with continue-as-new. */
  get atRest(): boolean {
    return this.#due.length === 0 && this.#sending === 0;
  }

  async send(): Promise<never> {
    for (;;) {
      await condition(() => this.#due.length > 0);
      const due = this.#due.splice(0);
      this.#sending = due.length;
      await inBatches(due, (each) => each());
      this.#sending = 0;
    }
  }
}
