import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import type { Tell } from '../activities/events.ts';
import { Unwritten } from '../activities/settle/unwritten.ts';
import type { LoadedConfig } from '../config/config.ts';
import { liveAgents } from '../config/live-agents.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { Cleanups } from '../os/cleanups.ts';
import { RETRIES } from '../temporal/retries.ts';
import { checkServes } from '../temporal/serves.ts';
import { connectTinyTask } from '../tinytask/client.ts';
import { createWorkers } from './create-workers.ts';
import { openGooseHost } from './goose-host.ts';
import { tellWhetherEnabled } from './tell-enabled.ts';
import { type NotifyDeps, type Role, workerOptions } from './worker-options.ts';

export interface WorkersOptions {
  role: Role;
  loaded: LoadedConfig;
  temporal: TemporalSettings;
  gooseBin: string;
  /** Path of the compiled guardian, where another one than that of the build is meant. */
  guardianEntry?: string;
  /** Path of the bundled workflows; likewise. */
  workflowBundle?: string;
  /** Of a daemon that has somebody to notify: what there is to tell. */
  notify?: NotifyDeps;
  /** Gets what happens, for the log. */
  tell?: Tell;
}

export interface Workers {
  client: Client;
  /** Resolves when all workers have stopped; rejects when one of them failed. */
  finished: Promise<void>;
  /** Whether a goose runs here. */
  busy(): boolean;
  /**
   * Stops the goose runs first and writes their tasks back, then stops the rest. Asked again, it is the same stop. Throws
   * what a worker has failed with, when everything is stopped.
   */
  stop(): Promise<void>;
}

const WRITE_BACK_MS = 3_000;
/**
 * After the write-back a run asks for its slot again, and for another host. A workflow task that reaches this worker
 * in the moment of its end is lost for 10 s, so it stays until these have passed.
 */
const HAND_OVER_MS = 1_000;

/**
 * Connects and starts the workers of a role. Throws when the server cannot be reached, and AnotherScheduler when its
 * scheduler works for somebody else; nothing is left open then.
 */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const opened = new Cleanups();
  try {
    return await connectAndStart(options, opened);
  } catch (error) {
    await opened.run().catch(() => undefined);
    throw error;
  }
}

async function connectAndStart(
  {
    role,
    loaded,
    temporal,
    gooseBin,
    guardianEntry,
    workflowBundle,
    notify,
    tell = () => {},
  }: WorkersOptions,
  opened: Cleanups,
): Promise<Workers> {
  const { config, environment } = loaded;
  const connection = await NativeConnection.connect(temporal.connectionOptions);
  opened.add(() => connection.close());
  const clientConnection = await Connection.connect({ ...temporal.connectionOptions, ...RETRIES });
  opened.add(() => clientConnection.close());
  const { namespace } = temporal;
  const client = new Client({ connection: clientConnection, namespace });
  const tinytask = connectTinyTask({ endpoint: config.mcpEndpoint });
  opened.add(() => tinytask.close());
  await checkServes(client, { tinytask, config }, temporal.explicitlyConfigured);
  if (role !== 'worker') await tellWhetherEnabled(client, config.enabled);
  const onTaken = (variables: string[]) => tell({ what: 'settings-taken', variables });
  const onProblem = (problem: string) => tell({ what: 'problem', about: 'host', problem });
  const { close, ...gooseHost } = await openGooseHost({ config, temporal, guardianEntry, onProblem });
  opened.add(close);
  const unwritten = new Unwritten();
  const deps = {
    ...{
      asking: new Client({ connection, namespace }),
      unwritten,
      client,
      tinytask,
      config,
      environment,
      gooseBin,
      tell,
    },
    ...{ ...gooseHost, loadAgents: liveAgents(loaded, onTaken) },
  };
  const setting = { connection, namespace, workflowBundle, deps, notify };
  const [goose, ...others] = await createWorkers(workerOptions(role, setting));
  if (goose === undefined) throw new Error(`a ${role} has no workers`);
  const beforeOthersStop = async () => {
    if (others.length === 0) return;
    if (await unwritten.writtenBack(tinytask, WRITE_BACK_MS)) await sleep(HAND_OVER_MS);
  };
  return { client, ...runWorkers({ goose, others, beforeOthersStop, opened }) };
}

interface Created {
  goose: Worker;
  others: readonly Worker[];
  /** What has to be done between the end of the goose runs and that of the others. */
  beforeOthersStop: () => Promise<void>;
  opened: Cleanups;
}

function runWorkers({ goose, others, beforeOthersStop, opened }: Created): Omit<Workers, 'client'> {
  const gooseDone = goose.run();
  const runs = [gooseDone, ...others.map((worker) => worker.run())];
  const closed = Promise.allSettled(runs).then(() => opened.run());
  const finished = Promise.all(runs).then(() => closed);
  closed.catch(() => undefined);
  finished.catch(() => undefined);
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    shutDown(goose);
    await Promise.allSettled([gooseDone]);
    // The tasks of agents that were stopped are written back by the others, so these stop last.
    await beforeOthersStop();
    for (const worker of others) shutDown(worker);
    await Promise.allSettled([closed]);
    await finished;
  };
  return {
    finished,
    busy: () => goose.getStatus().numInFlightActivities > 0,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

function shutDown(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
