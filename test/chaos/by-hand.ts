import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Random } from './random.ts';
import { AGENTS } from './rules.ts';

const DEADLINE_MS = 5_000;
/** EVENT_TYPE_WORKFLOW_TASK_COMPLETED */
const WORKFLOW_TASK_COMPLETED = 7;

/** What a person does in the Web UI, to a random run. Each says what it did; undefined if there was nothing to do it to. */
export class ByHand {
  readonly #client: Client;
  readonly #random: Random;

  constructor(client: Client, random: Random) {
    this.#client = client;
    this.#random = random;
  }

  terminate(): Promise<string | undefined> {
    return this.#toARun('terminated', (id) => this.#client.workflow.getHandle(id).terminate('chaos'));
  }

  cancel(): Promise<string | undefined> {
    return this.#toARun('cancelled', (id) => this.#client.workflow.getHandle(id).cancel());
  }

  /** Back to a random one of its workflow tasks. */
  reset(): Promise<string | undefined> {
    return this.#toARun('reset', async (workflowId) => {
      const { events } = await this.#client.workflow.getHandle(workflowId).fetchHistory();
      const points = (events ?? []).filter(({ eventType }) => eventType === WORKFLOW_TASK_COMPLETED);
      const point = this.#random.pick(points)?.eventId;
      if (point === undefined || point === null) throw new Error('it has done nothing yet');
      await this.#client.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId },
        reason: 'chaos',
        requestId: randomUUID(),
        workflowTaskFinishEventId: point,
      });
    });
  }

  async terminateSemaphore(): Promise<string | undefined> {
    const agent = this.#random.pick(AGENTS)?.name;
    if (agent === undefined) return undefined;
    await this.#inTime(() => this.#client.workflow.getHandle(`agent-${agent}`).terminate('chaos'));
    return `terminated agent-${agent}`;
  }

  async #toARun(done: string, act: (workflowId: string) => Promise<unknown>): Promise<string | undefined> {
    const query = `WorkflowType = "runTask" AND ExecutionStatus = "Running" AND Phase IN ("running", "waiting")`;
    return await this.#inTime(async () => {
      const ids: string[] = [];
      for await (const run of this.#client.workflow.list({ query, pageSize: 100 })) ids.push(run.workflowId);
      const id = this.#random.pick(ids.sort());
      if (id === undefined) return undefined;
      await act(id);
      return `${done} ${id}`;
    });
  }

  #inTime<T>(act: () => Promise<T>): Promise<T> {
    return this.#client.connection.withDeadline(Date.now() + DEADLINE_MS, act);
  }
}
