import type { Client } from '@temporalio/client';
import type { RunRecord } from './run-record.ts';

/** How long the server is told that a worker is lost; it finds that out itself within the heartbeat timeout. */
export const TELL_MS = 10_000;
const ANSWER_MS = 5_000;
const AGAIN_MS = 1_000;

/** How a process of ours reaches Temporal. Holds secrets: over pipes only, never into a file or onto a command line. */
export interface TemporalAccess {
  // biome-ignore lint/suspicious/noExplicitAny: the guardian must not load the client for the type of its options
  connectionOptions: any;
  namespace: string;
}

/**
 * Tells the server that a run's worker is lost and its processes are dead, so that the task need not wait for the
 * heartbeat timeout. Tries again for `forMs` milliseconds; after that the timeout does it. Never throws: the
 * answer says whether the server has taken it, or knew already that the activity is over.
 */
export async function failLostActivity(client: Client, record: RunRecord, forMs: number): Promise<boolean> {
  const sinceMs = performance.now();
  // Not at the top: a guardian that has nothing to tell stays small.
  const { ActivityNotFoundError } = await import('@temporalio/client');
  const { ApplicationFailure } = await import('@temporalio/common');
  const failure = ApplicationFailure.create({
    type: 'WorkerLost',
    message: `its worker on ${record.host} was lost, and its processes have been ended`,
    nonRetryable: true,
  });
  const taskToken = Buffer.from(record.activityTaskToken, 'base64');
  for (;;) {
    try {
      await client.withDeadline(Date.now() + ANSWER_MS, () => client.activity.fail(taskToken, failure));
      return true;
    } catch (error) {
      if (error instanceof ActivityNotFoundError) return true;
      if (performance.now() - sinceMs >= forMs) return false;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** The same for a process that has no client; one connection serves all of its calls. */
export class LostActivities {
  readonly #access: TemporalAccess;
  #client: Promise<Client> | undefined;

  constructor(access: TemporalAccess) {
    this.#access = access;
  }

  async fail(record: RunRecord, forMs: number): Promise<boolean> {
    this.#client ??= this.#connect();
    return failLostActivity(await this.#client, record, forMs);
  }

  async #connect(): Promise<Client> {
    const { Client, Connection } = await import('@temporalio/client');
    const { connectionOptions, namespace } = this.#access;
    // Lazy: it is the call that must succeed, and that is tried again here.
    const connection = Connection.lazy({ ...connectionOptions, interceptors: [] });
    return new Client({ connection, namespace });
  }
}
