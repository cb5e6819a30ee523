import {
  Client,
  Connection,
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowUpdateStage,
} from '@temporalio/client';
import { schedulerInput } from '../activities/memos.ts';
import { checkServes } from '../activities/serves.ts';
import { calledAs } from '../config/called-as.ts';
import type { Config } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { RETRIES } from '../config/temporal-retries.ts';
import { MAIN_QUEUE, SCHEDULER_ID } from '../domain/ids.ts';
import type { PassReport } from '../domain/pass.ts';
import { connectTinyTask } from '../tinytask/client.ts';
import { addTask } from './add-task.ts';
import { cancelTask } from './cancel.ts';
import { explainTask } from './explain.ts';
import { outcomeOf } from './outcome.ts';
import { noTask, retryTask } from './retry.ts';
import type { SchedulerClient, Selection } from './scheduler-client.ts';
import { readStatus } from './status.ts';
import { tellSemaphore } from './tell-semaphore.ts';

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
export class TemporalStuck extends Error {
  override readonly name = 'TemporalStuck';

  constructor({ address }: TemporalSettings, cause: unknown) {
    super(
      `Temporal at ${address} answers, but has not read a workflow in ${CONNECT_MS / 1_000} s: is its disk full? ` +
        'Make room, and start it again if it does not go on by itself; its log says more.',
      { cause },
    );
  }
}

const CONNECT_MS = 5_000;

/** Connects to Temporal. @throws TemporalUnreachable @throws TemporalStuck */
export async function connectTemporal(settings: TemporalSettings): Promise<Client> {
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

/**
 * Connects to the scheduler. TinyTask is only asked when something needs it.
 * @throws TemporalUnreachable @throws AnotherScheduler where it is somebody else's
 */
export async function connectScheduler(options: {
  temporal: TemporalSettings;
  config: Config;
}): Promise<SchedulerClient> {
  const client = await connectTemporal(options.temporal);
  const tinytask = connectTinyTask({ endpoint: options.config.mcpEndpoint });
  const deps = { client, tinytask, config: options.config };
  try {
    await checkServes(client, deps, options.temporal.explicitlyConfigured);
  } catch (error) {
    await Promise.all([tinytask.close(), client.connection.close()]);
    throw error;
  }

  /** Also before the scheduler's first start: it then starts with the message, and waits for a daemon. */
  const tell = async (signal: string, args: unknown[] = []) =>
    client.workflow.signalWithStart('scheduler', {
      workflowId: SCHEDULER_ID,
      taskQueue: MAIN_QUEUE,
      args: [await schedulerInput(client)],
      signal,
      signalArgs: args,
    });
  const switchTo = async (signal: 'pause' | 'resume', { agent, queue }: Selection = {}) => {
    if (agent !== undefined) await tellSemaphore(deps, { agent }, signal);
    else if (queue !== undefined) await tellSemaphore(deps, { queue }, signal);
    else await tell(signal);
  };

  return {
    status: () => readStatus(deps),
    tasks: () => tinytask.list({ limit: 100_000 }),
    pause: (what) => switchTo('pause', what),
    resume: (what) => switchTo('resume', what),
    async runNow(taskId) {
      if (taskId !== undefined) {
        const task = await tinytask.get(taskId);
        if (task === undefined) throw noTask(taskId);
        if (task.status === 'complete')
          throw new Error(`Task ${taskId} is complete, so there is nothing to run.`);
      }
      await tell('run-now', taskId === undefined ? [] : [taskId]);
    },
    retry: (taskId) => retryTask({ client, tinytask, tell }, taskId),
    cancel: (taskId) => cancelTask(deps, taskId),
    add: (task) => addTask(tinytask, task),
    pass: (pass) => askForPass(client, pass),
    outcomeOf: (taskId, runId) => outcomeOf(client, taskId, runId),
    explain: (taskId) => explainTask(deps, taskId),
    async close() {
      await tinytask.close();
      await client.connection.close();
    },
  };
}

/**
 * One full pass. The update is accepted by whatever worker serves the scheduler; when none does within
 * `acceptMs`, nothing was asked and the answer is undefined.
 */
async function askForPass(
  client: Client,
  { id, once, acceptMs }: { id: string; once: boolean; acceptMs: number },
): Promise<PassReport | undefined> {
  const start = new WithStartWorkflowOperation('scheduler', {
    workflowId: SCHEDULER_ID,
    taskQueue: MAIN_QUEUE,
    args: [await schedulerInput(client)],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });
  start.workflowHandle().catch(() => undefined);
  try {
    const handle = await client.connection.withDeadline(Date.now() + acceptMs, () =>
      client.workflow.startUpdateWithStart('pass', {
        updateId: id,
        args: [{ once }],
        waitForStage: WorkflowUpdateStage.ACCEPTED,
        startWorkflowOperation: start,
      }),
    );
    return (await handle.result()) as PassReport;
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
}

function isTimeout(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (/deadline|timed? ?out|cancelled/i.test(`${at.name} ${at.message}`)) return true;
  }
  return false;
}
