import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { MAIN_QUEUE } from '../../contract/ids.ts';
import type { Workflows } from '../../contract/workflows.ts';
import type { Starting } from '../../temporal/fulfilled.ts';
import { startTestWorkers } from './test-workers.ts';

// Once for the workers of a file.
let bundling: ReturnType<typeof bundleWorkflowCode> | undefined;

/** A worker for the workflow of fixtures/granting-workflow.ts. */
export async function startGranting(address: string): Promise<{ stop(): Promise<void> }> {
  const workflowsPath = new URL('../fixtures/granting-workflow.ts', import.meta.url).pathname;
  bundling ??= bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  return startTestWorkers(address, { taskQueue: MAIN_QUEUE, workflowBundle: await bundling });
}

/** One of its own to ask, started with the first wish. */
export function newGranting(): Starting {
  const workflow = 'granting' as keyof Workflows;
  return { workflowId: `granting-${randomUUID()}`, start: { workflow, args: [], summary: 'grants wishes' } };
}

export const doneBy = (client: Client, { workflowId }: Starting) =>
  client.workflow.getHandle(workflowId).query<string[]>('done');
