import { Client, Connection } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { Guardian } from '../goose/guardian.ts';
import type { Place } from '../goose/owner.ts';
import { identify, type ProcessId } from '../goose/process-table.ts';
import { endLeftovers, makePlace } from './leftovers.ts';

export interface GooseHostOptions {
  config: Config;
  temporal: TemporalSettings;
  /** Path of the compiled guardian; only where this runs from its TypeScript sources. */
  guardianEntry?: string;
  /** Called with a sentence. */
  onProblem: (problem: string) => void;
}

/** What a process needs to run goose on this host. */
export interface GooseHost {
  place: Place;
  /** This process. */
  worker: ProcessId;
  guardian: Guardian;
  /** On a connection of its own: see the lease. */
  leaseClient: Client;
  /** When no run is left. */
  close(): Promise<void>;
}

/**
 * Makes this process one that may run goose: with a guardian at its side, and what other workers have left on this host
 * ended. Throws when the folder of run records cannot be used or no guardian can be started.
 */
export async function openGooseHost({
  config,
  temporal,
  guardianEntry,
  onProblem,
}: GooseHostOptions): Promise<GooseHost> {
  const place = await makePlace(config.runningDir).catch((error: Error) => {
    throw new Error(
      `The folder of run records cannot be used (${error.message}): make it writable, or set TINYSCHEDULER_RUNNING_DIR.`,
    );
  });
  const worker = await identify(process.pid);
  const guardian = await Guardian.start({
    runningDir: place.runningDir,
    graceMs: config.killGraceMs,
    worker,
    access: { connectionOptions: temporal.connectionOptions, namespace: temporal.namespace },
    onProblem,
    ...(guardianEntry !== undefined && { entry: guardianEntry }),
  });
  // Without the SDK's retries: a heartbeat that has failed is followed by the next one, and a retry of a connection
  // that was closed in between would end the process.
  const connection = Connection.lazy({ ...temporal.connectionOptions, interceptors: [] });
  const leaseClient = new Client({ connection, namespace: temporal.namespace });
  const close = async () => {
    await guardian.leave();
    await connection.close();
  };
  try {
    await endLeftovers(place, config.killGraceMs, leaseClient, onProblem);
    return { place, worker, guardian, leaseClient, close };
  } catch (error) {
    await close();
    throw error;
  }
}
