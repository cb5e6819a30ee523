import { Client, Connection } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { TemporalSettings } from '../../config/temporal.ts';
import { schedulerMemo } from '../../temporal/memos.ts';
import { worksFor } from '../../temporal/serves.ts';
import { connectTinyTask } from '../../tinytask/client.ts';

const HOW_LONG_MS = 3_000;

/**
 * Whether the scheduler on a server that merely happens to run here belongs to somebody else: two schedulers with two
 * TinyTasks in one namespace would take each other's tasks for their own. One of which nobody knows whose it is does too.
 */
export async function servesAnother(
  { namespace, connectionOptions }: TemporalSettings,
  config: Config,
): Promise<boolean> {
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: HOW_LONG_MS });
  const tinytask = connectTinyTask({ endpoint: config.mcpEndpoint, deadlineMs: HOW_LONG_MS });
  try {
    const client = new Client({ connection, namespace });
    const memo = await connection.withDeadline(Date.now() + HOW_LONG_MS, () => schedulerMemo(client));
    if (memo === undefined) return false;
    return memo.serves === undefined || !(await worksFor(memo.serves, { tinytask, config }, false));
  } catch {
    return true;
  } finally {
    await Promise.all([connection.close(), tinytask.close()]);
  }
}
