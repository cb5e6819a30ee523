import { Client, Connection, isGrpcCancelledError, isGrpcDeadlineError } from '@temporalio/client';
import { calledAs } from '../config/called-as.ts';
import type { Config } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { SCHEDULER_ID } from '../contract/ids.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { RETRIES } from './retries.ts';
import { checkServes } from './serves.ts';

const CONNECT_MS = 5_000;

interface Place {
  temporal: TemporalSettings;
  config: Config;
  tinytask: TinyTask;
}

/** Temporal does not answer; the message says where it was looked for and what to do. */
export class TemporalUnreachable extends Error {
  constructor({ address, explicitlyConfigured }: TemporalSettings, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const mend = explicitlyConfigured
      ? 'start that server, or correct TEMPORAL_ADDRESS'
      : `run \`${calledAs()} start\`, or set TEMPORAL_ADDRESS to your server`;
    super(`Temporal at ${address} does not answer (${why}): ${mend}.`, { cause });
    this.name = 'TemporalUnreachable';
  }
}

/** Temporal answers, but not what it is asked. */
class TemporalStuck extends Error {
  override readonly name = 'TemporalStuck';

  constructor({ address }: TemporalSettings, cause: unknown) {
    super(
      `Temporal at ${address} answers, but has not read a workflow in ${CONNECT_MS / 1_000} s: is its disk full? ` +
        'Make room, and start it again if it does not go on by itself; its log says more.',
      { cause },
    );
  }
}

/** Whether the server did not answer, or not what it was asked: nothing is known of its scheduler then. */
export function isNoAnswer(error: unknown): boolean {
  return error instanceof TemporalUnreachable || error instanceof TemporalStuck;
}

/**
 * Connects to Temporal, if its scheduler works for this place or is not there yet. Whoever gets the client closes it.
 *
 * @param place.tinytask is asked only where the addresses do not tell whose the scheduler is; it stays open
 * @throws TemporalUnreachable, and TemporalStuck: see isNoAnswer
 * @throws AnotherScheduler @throws AnothersTinyTask where it is somebody else's
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
    throw error instanceof TemporalStuck ? error : new TemporalUnreachable(settings, error);
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
    throw new TemporalStuck(settings, error);
  }
}

/** Whether a call to Temporal ended because its time was over. */
export function isTimeout(error: unknown): boolean {
  return isGrpcDeadlineError(error) || isGrpcCancelledError(error);
}
