import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { taskWorkflowId } from '../../contract/ids.ts';
import { grantSlot, releaseSlot } from '../../contract/messages.ts';
import type { Random } from './random.ts';
import { seesSignal } from './sees-signal.ts';
import { SEMAPHORE_IDS } from './semaphores.ts';

const DEADLINE_MS = 5_000;
/** A semaphore that is in use gives or takes back a slot within this. */
const GRANT_MS = 8_000;
/** EVENT_TYPE_WORKFLOW_TASK_COMPLETED */
const WORKFLOW_TASK_COMPLETED = 7;

/** What a person does in the Web UI. Each says what it did; undefined if there was nothing to do it to. */
export class ByHand {
  readonly #client: Client;
  readonly #random: Random;

  constructor(client: Client, random: Random) {
    this.#client = client;
    this.#random = random;
  }

  terminate(): Promise<string | undefined> {
    return this.#toARun((id) => this.#terminate(id));
  }

  cancel(): Promise<string | undefined> {
    return this.#toARun(async (id) => {
      await this.#client.workflow.getHandle(id).cancel();
      return `cancelled ${id}`;
    });
  }

  reset(): Promise<string | undefined> {
    return this.#toARun((id) => this.#reset(id));
  }

  async terminateSemaphore(): Promise<string | undefined> {
    const id = this.#random.pick(SEMAPHORE_IDS);
    if (id === undefined) return undefined;
    await this.#inTime(() => this.#client.workflow.getHandle(id).terminate('chaos'));
    return `terminated ${id}`;
  }

  /** As soon as a slot is given back to it, or right after it has given one away. */
  async terminateSemaphoreAtAGrant(): Promise<string | undefined> {
    const id = this.#random.pick(SEMAPHORE_IDS);
    const signal = this.#random.next() < 0.5 ? releaseSlot.name : grantSlot.name;
    if (id === undefined) return undefined;
    const seen = await seesSignal(this.#client, id, signal, GRANT_MS);
    if (!seen) return undefined;
    await this.#inTime(() => this.#client.workflow.getHandle(id).terminate('chaos'));
    return `terminated ${id} at a ${signal}`;
  }

  /** What is done to the run of a task, whatever it is at. */
  terminateRunOf(task: number): Promise<string> {
    return this.#inTime(() => this.#terminate(taskWorkflowId(task)));
  }

  resetRunOf(task: number): Promise<string> {
    return this.#inTime(() => this.#reset(taskWorkflowId(task)));
  }

  async #terminate(workflowId: string): Promise<string> {
    await this.#client.workflow.getHandle(workflowId).terminate('chaos');
    return `terminated ${workflowId}`;
  }

  /** Back to a random one of its workflow tasks. */
  async #reset(workflowId: string): Promise<string> {
    const { events } = await this.#client.workflow.getHandle(workflowId).fetchHistory();
    const points = (events ?? []).filter(({ eventType }) => eventType === WORKFLOW_TASK_COMPLETED);
    const point = this.#random.pick(points)?.eventId;
    if (point === undefined || point === null) throw new Error('it has done nothing yet');
    await this.#client.workflowService.resetWorkflowExecution({
      namespace: this.#client.options.namespace,
      workflowExecution: { workflowId },
      reason: 'chaos',
      requestId: randomUUID(),
      workflowTaskFinishEventId: point,
    });
    return `reset ${workflowId}`;
  }

  async #toARun(act: (workflowId: string) => Promise<string>): Promise<string | undefined> {
    const query = `WorkflowType = "runTask" AND ExecutionStatus = "Running" AND Phase IN ("running", "waiting")`;
    return await this.#inTime(async () => {
      const ids: string[] = [];
      for await (const run of this.#client.workflow.list({ query, pageSize: 100 })) ids.push(run.workflowId);
      const id = this.#random.pick(ids.sort());
      return id === undefined ? undefined : await act(id);
    });
  }

  #inTime<T>(act: () => Promise<T>): Promise<T> {
    return this.#client.connection.withDeadline(Date.now() + DEADLINE_MS, act);
  }
}
