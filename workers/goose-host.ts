import { Client, Connection } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { Guardian } from '../goose/guardian/guardian.ts';
import { helperMark } from '../goose/host/helper-mark.ts';
import { HostWatch } from '../goose/host/host-watch.ts';
import { failLostActivity, TELL_MS } from '../goose/host/lost-activity.ts';
import type { Place } from '../goose/host/owner.ts';
import { identify, type ProcessId } from '../goose/host/process-table.ts';
import type { RunRecord } from '../goose/host/run-record.ts';
import { endLeftovers, makePlace } from './leftovers.ts';

export interface GooseHostOptions {
  config: Config;
  temporal: TemporalSettings;
  /** Path of the compiled guardian, where another one than that of the build is meant. */
  guardianEntry?: string | undefined;
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
  let watch: HostWatch | undefined;
  const guardian = await Guardian.start({
    hasRuns: () => watch?.hasRuns ?? true,
    runningDir: place.runningDir,
    graceMs: config.killGraceMs,
    worker,
    mark: await helperMark('guardian', config.stateDir),
    access: { connectionOptions: temporal.connectionOptions, namespace: temporal.namespace },
    onProblem,
    ...(guardianEntry !== undefined && { entry: guardianEntry }),
  });
  // Without the SDK's retries: a heartbeat that has failed is followed by the next one, and a retry of a connection
  // that was closed in between would end the process.
  const connection = Connection.lazy({ ...temporal.connectionOptions, interceptors: [] });
  const leaseClient = new Client({ connection, namespace: temporal.namespace });
  watch = watchHost(place, config.killGraceMs, leaseClient, onProblem);
  const close = async () => {
    watch?.close();
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

/**
 * What the guardians of this host do, this process does too: all of them may be stopped, or be replaced in the middle of
 * ending a run.
 */
function watchHost(
  place: Place,
  graceMs: number,
  client: Client,
  onProblem: (problem: string) => void,
): HostWatch {
  const onEnded = (record: RunRecord) => void failLostActivity(client, record, TELL_MS);
  const watch = new HostWatch({ place, graceMs, onEnded, onProblem });
  void keepLooking(watch, onProblem);
  return watch;
}

async function keepLooking(watch: HostWatch, onProblem: (problem: string) => void): Promise<void> {
  while (!watch.isClosed) {
    await watch.look().catch((error) => onProblem(String(error)));
    await watch.rest();
  }
}
