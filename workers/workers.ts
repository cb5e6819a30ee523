import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { gooseActivities } from '../activities/attempt/goose.ts';
import type { Tell } from '../activities/events.ts';
import { settleActivities } from '../activities/settle/settle.ts';
import { Unwritten } from '../activities/settle/unwritten.ts';
import { semaphoreActivities } from '../activities/slots/semaphore.ts';
import { surveyActivities } from '../activities/survey/survey.ts';
import { watchActivities } from '../activities/survey/watch.ts';
import { loadAgents } from '../config/agent-control.ts';
import type { LoadedConfig } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { DAEMON_QUEUE, gooseQueue, MAIN_QUEUE } from '../contract/ids.ts';
import { disable, enable } from '../contract/messages.ts';
import { schedulerMemo } from '../temporal/memos.ts';
import { RETRIES } from '../temporal/retries.ts';
import { signalScheduler } from '../temporal/scheduler.ts';
import { checkServes } from '../temporal/serves.ts';
import { connectTinyTask } from '../tinytask/client.ts';
import { openGooseHost } from './goose-host.ts';
import { heartbeats } from './heartbeats.ts';
import { workflowSource } from './workflow-source.ts';

/**
 * What a process does. `daemon`: everything. `once`: what it is asked, and goose runs. `worker`: goose runs only.
 */
export type Role = 'daemon' | 'once' | 'worker';

export interface WorkersOptions {
  role: Role;
  loaded: LoadedConfig;
  temporal: TemporalSettings;
  gooseBin: string;
  /** Path of the compiled guardian; only where this runs from its TypeScript sources. */
  guardianEntry?: string;
  /** Path of the bundled workflows; likewise. */
  workflowBundle?: string;
  /** Gets what happens, for the log. */
  tell?: Tell;
}

export interface Workers {
  client: Client;
  /** Resolves when all workers have stopped; rejects when one of them failed. */
  finished: Promise<void>;
  /** Whether a goose runs here. */
  busy(): boolean;
  /** Goose runs are stopped first and written back, then the rest stops. Asked again, it is the same stop. */
  stop(): Promise<void>;
}

/** A workflow task for a worker that was killed waits this long before another one gets it (10 s by default). */
const STICKY_TIMEOUT = '1s';
/** Long enough to stop goose (TERM, grace, KILL) and to report. */
const STOP_MARGIN_MS = 15_000;
const WRITE_BACK_MS = 3_000;
/**
 * After the write-back a run asks for its slot again, and for another host. A workflow task that reaches this worker
 * in the moment of its end is lost for 10 s, so it stays until these have passed.
 */
const HAND_OVER_MS = 1_000;

/**
 * Connects and starts the workers of a role. Throws when the server cannot be reached, and AnotherScheduler when its
 * scheduler works for somebody else.
 */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { role, loaded, temporal, gooseBin, guardianEntry, workflowBundle, tell = () => {} } = options;
  const onProblem = (problem: string) => tell({ what: 'problem', about: 'host', problem });
  const { config, environment } = loaded;
  const connection = await NativeConnection.connect(temporal.connectionOptions);
  const clientConnection = await Connection.connect({ ...temporal.connectionOptions, ...RETRIES });
  const client = new Client({ connection: clientConnection, namespace: temporal.namespace });
  const tinytask = connectTinyTask({ endpoint: config.mcpEndpoint });
  try {
    await checkServes(client, { tinytask, config }, temporal.explicitlyConfigured);
    if (role !== 'worker') await tellWhetherEnabled(client, config.enabled);
  } catch (error) {
    await Promise.all([tinytask.close(), clientConnection.close(), connection.close()]);
    throw error;
  }
  const agents = () => loadAgents(config);
  const unwritten = new Unwritten();
  const { close, ...gooseHost } = await openGooseHost({
    ...{ config, temporal, onProblem },
    ...(guardianEntry !== undefined && { guardianEntry }),
  }).catch(async (error) => {
    await Promise.all([tinytask.close(), clientConnection.close(), connection.close()]);
    throw error;
  });
  const deps = {
    ...{ unwritten, client, tinytask, config, environment, gooseBin, loadAgents: agents, tell },
    ...gooseHost,
  };
  const common = {
    connection,
    namespace: temporal.namespace,
    shutdownForceTime: config.killGraceMs + STOP_MARGIN_MS,
    // Else the SDK keeps heartbeats back for most of the heartbeat timeout, and cancellations with them.
    maxHeartbeatThrottleInterval: '1s',
  } satisfies Partial<WorkerOptions>;

  const scheduling: WorkerOptions[] = [];
  if (role !== 'worker') {
    scheduling.push({
      ...common,
      taskQueue: MAIN_QUEUE,
      ...workflowSource(workflowBundle),
      activities: { ...surveyActivities(deps), ...semaphoreActivities(deps), ...settleActivities(deps) },
      interceptors: { activity: [heartbeats] },
      maxCachedWorkflows: 500,
      stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    });
  }
  if (role === 'daemon') {
    scheduling.push({
      ...common,
      taskQueue: DAEMON_QUEUE,
      activities: { ...surveyActivities(deps), ...watchActivities(deps) },
      interceptors: { activity: [heartbeats] },
    });
  }
  const gooseOptions: WorkerOptions = {
    ...common,
    taskQueue: gooseQueue(config.hostGroup),
    activities: gooseActivities(deps),
    maxConcurrentActivityTaskExecutions: config.runsPerHost,
  };
  const [goose, ...others] = await createAll([gooseOptions, ...scheduling]).catch(async (error) => {
    await close();
    throw error;
  });

  // An agent that is stopped is written back by the others, so these stop after it.
  const gooseDone = goose.run();
  const othersDone = others.map((worker) => worker.run());
  const finished = Promise.all([gooseDone, ...othersDone]).then(async () => {
    await tinytask.close();
    await close();
    await clientConnection.close();
    await connection.close();
  });
  finished.catch(() => undefined);
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    if (goose.getState() === 'RUNNING') goose.shutdown();
    await gooseDone;
    if (others.length > 0 && (await unwritten.writtenBack(tinytask, WRITE_BACK_MS)))
      await sleep(HAND_OVER_MS);
    for (const worker of others) if (worker.getState() === 'RUNNING') worker.shutdown();
    await finished;
  };
  return {
    client,
    finished,
    busy: () => goose.getStatus().numInFlightActivities > 0,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Before any work is taken: a goose run looks whether it may start, and its slot may have been granted long ago. */
async function tellWhetherEnabled(client: Client, enabled: boolean): Promise<void> {
  if (((await schedulerMemo(client))?.enabled ?? true) === enabled) return;
  await signalScheduler(client, enabled ? enable : disable, []);
}

async function createAll([first, ...rest]: [WorkerOptions, ...WorkerOptions[]]): Promise<
  [Worker, ...Worker[]]
> {
  return [await Worker.create(first), ...(await Promise.all(rest.map((options) => Worker.create(options))))];
}
