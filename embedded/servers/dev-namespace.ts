import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { abortable } from '../../os/abortable.ts';

/** The dev server keeps closed runs for a day; ours are looked at for a week. */
const RETENTION_SECONDS = 7 * 24 * 60 * 60;
const LOOK_EVERY_MS = 50;

export interface NamespaceWait {
  deadlineMs: number;
  /** Whether the server's process is there. */
  alive: () => boolean;
  /** Whoever waits is being stopped. */
  signal?: AbortSignal | undefined;
}

/**
 * Waits until the server answers and its namespace `default` keeps closed runs for 7 days.
 * Throws with the last failure when `deadlineMs` is over or `alive` says that the server has ended, and the signal's
 * reason at once when it is aborted, also while a call waits for an answer.
 */
export async function prepareNamespace(
  address: string,
  { deadlineMs, alive, signal }: NamespaceWait,
): Promise<void> {
  // A call under way is left alone, and no other one follows it.
  const prepared = untilPrepared(address, deadlineMs, () => alive() && !signal?.aborted);
  await (signal ? abortable(prepared, signal) : prepared);
}

async function untilPrepared(address: string, deadlineMs: number, alive: () => boolean): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (true) {
    try {
      await keepClosedRuns(address);
      return;
    } catch (error) {
      if (!alive()) throw new Error('it has ended');
      if (performance.now() > deadline) {
        throw new Error(
          `nothing usable answers at ${address} after ${deadlineMs / 1000} s (${(error as Error).message})`,
        );
      }
      await sleep(LOOK_EVERY_MS);
    }
  }
}

async function keepClosedRuns(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  try {
    await connection.withDeadline(Date.now() + 3_000, async () => {
      const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
      if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) === RETENTION_SECONDS) return;
      await connection.workflowService.updateNamespace({
        namespace: 'default',
        config: { workflowExecutionRetentionTtl: msToTs(RETENTION_SECONDS * 1000) },
      });
    });
  } finally {
    await connection.close();
  }
}
