import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowUpdateStage,
} from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { MAIN_QUEUE, SCHEDULER_ID } from '../contract/ids.ts';
import type { PassReport } from '../contract/pass.ts';
import { connectOurs, isTimeout } from '../temporal/connect.ts';
import { schedulerInput } from '../temporal/memos.ts';
import { connectTinyTask } from '../tinytask/client.ts';
import { addTask } from './add-task.ts';
import { cancelTask } from './cancel.ts';
import { explainTask } from './explain.ts';
import { outcomeOf } from './outcome.ts';
import { noTask, retryTask } from './retry.ts';
import type { SchedulerClient, Selection } from './scheduler-client.ts';
import { readStatus } from './status.ts';
import { tellSemaphore } from './tell-semaphore.ts';

/**
 * Connects to the scheduler. TinyTask is only asked when something needs it.
 * @throws what connectOurs does
 */
export async function connectScheduler(options: {
  temporal: TemporalSettings;
  config: Config;
}): Promise<SchedulerClient> {
  const { temporal, config } = options;
  const tinytask = connectTinyTask({ endpoint: config.mcpEndpoint });
  const client = await connectOurs({ temporal, config, tinytask }).catch(async (error) => {
    await tinytask.close();
    throw error;
  });
  const deps = { client, tinytask, config };

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
