import { Client, Connection } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { hasCode } from '../contract/errors.ts';
import { SCHEDULER_ID } from '../contract/ids.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { schedulerError } from '../words/errors.ts';
import { isTimeout } from './failures.ts';
import { RETRIES } from './retries.ts';
import { checkServes } from './serves.ts';

const CONNECT_MS = 5_000;

interface Place {
  temporal: TemporalSettings;
  config: Config;
  tinytask: TinyTask;
}

/** Whether the server did not answer, or not what it was asked: nothing is known of its scheduler then. */
export function isNoAnswer(error: unknown): boolean {
  return hasCode(error, 'temporal-unreachable', 'temporal-stuck');
}

/**
 * Connects to Temporal, if its scheduler works for this place or is not there yet. Whoever gets the client closes it.
 *
 * @param place.tinytask is asked only where the addresses do not tell whose the scheduler is; it stays open
 * @throws `temporal-unreachable` @throws `temporal-stuck`: see isNoAnswer
 * @throws `another-scheduler` @throws `anothers-tinytask` where it is somebody else's
 */
export async function connectOurs({ temporal, ...place }: Place): Promise<Client> {
  const client = await connectTemporal(temporal);
  try {
    await checkServes(client, place, temporal.explicitlyConfigured);
    return client;
  } catch (error) {
    await client.connection.close();
    throw error;
  }
}

async function connectTemporal(settings: TemporalSettings): Promise<Client> {
  try {
    const connection = await Connection.connect({
      ...settings.connectionOptions,
      ...RETRIES,
      connectTimeout: CONNECT_MS,
    });
    const client = new Client({ connection, namespace: settings.namespace });
    await refuseStuck(client, settings);
    return client;
  } catch (error) {
    if (hasCode(error, 'temporal-stuck')) throw error;
    const { address, explicitlyConfigured: named } = settings;
    const text = error instanceof Error ? error.message : String(error);
    throw schedulerError({ code: 'temporal-unreachable', address, named, text }, { cause: error });
  }
}

/** A server whose disk is full takes connections, and each call is tried again for 25 s; a command makes several. */
async function refuseStuck(client: Client, settings: TemporalSettings): Promise<void> {
  const { connection, workflow } = client;
  try {
    await connection.withDeadline(Date.now() + CONNECT_MS, () => workflow.getHandle(SCHEDULER_ID).describe());
  } catch (error) {
    // Whatever else is wrong is told by the call that needs it.
    if (!isTimeout(error)) return;
    await connection.close();
    const { address } = settings;
    throw schedulerError({ code: 'temporal-stuck', address, withinMs: CONNECT_MS }, { cause: error });
  }
}
