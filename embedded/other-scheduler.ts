import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { TemporalSettings } from '../config/temporal.ts';
import { SCHEDULER_ID } from '../domain/ids.ts';

/**
 * Whether the scheduler on a server that merely happens to run here belongs to somebody else: two schedulers with
 * two TinyTasks in one namespace would take each other's tasks for their own. It is ours if rememberServer was called
 * for this state directory.
 */
export async function servesAnother(
  { address, namespace, connectionOptions }: TemporalSettings,
  stateDir: string,
): Promise<boolean> {
  if (remembered(stateDir) === address) return false;
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: 3_000 });
  try {
    const execution = { workflowId: SCHEDULER_ID };
    await connection.withDeadline(Date.now() + 3_000, () =>
      connection.workflowService.describeWorkflowExecution({ namespace, execution }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

/** The scheduler of this state directory lives on that server from now on. */
export async function rememberServer(stateDir: string, address: string): Promise<void> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await writeFile(markPath(stateDir), `${address}\n`);
}

function remembered(stateDir: string): string | undefined {
  try {
    return readFileSync(markPath(stateDir), 'utf8').trim();
  } catch {
    return undefined;
  }
}

function markPath(stateDir: string): string {
  return join(stateDir, 'temporal-used');
}
