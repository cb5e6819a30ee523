import { type Client, WorkflowUpdateStage } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { passUpdate, pause, pauseAll, resume, resumeAll, runNow } from '../contract/messages.ts';
import type { PassReport } from '../contract/pass.ts';
import { connectOurs, isTimeout } from '../temporal/connect.ts';
import { schedulerStart, signalScheduler } from '../temporal/scheduler.ts';
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

  const switchTo = async (
    { agent, queue }: Selection,
    all: typeof pauseAll,
    some: typeof pause,
  ): Promise<void> => {
    if (agent !== undefined) await tellSemaphore(deps, { agent }, some);
    else if (queue !== undefined) await tellSemaphore(deps, { queue }, some);
    else await signalScheduler(client, all, []);
  };

  return {
    status: () => readStatus(deps),
    tasks: () => tinytask.list({ limit: 100_000 }),
    pause: (what = {}) => switchTo(what, pauseAll, pause),
    resume: (what = {}) => switchTo(what, resumeAll, resume),
    async runNow(taskId) {
      if (taskId !== undefined) {
        const task = await tinytask.get(taskId);
        if (task === undefined) throw noTask(taskId);
        if (task.status === 'complete')
          throw new Error(`Task ${taskId} is complete, so there is nothing to run.`);
      }
      await signalScheduler(client, runNow, [taskId]);
    },
    retry: (taskId) => retryTask({ client, tinytask }, taskId),
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
  const start = await schedulerStart(client);
  start.workflowHandle().catch(() => undefined);
  try {
    const handle = await client.connection.withDeadline(Date.now() + acceptMs, () =>
      client.workflow.startUpdateWithStart(passUpdate, {
        updateId: id,
        args: [{ once }],
        waitForStage: WorkflowUpdateStage.ACCEPTED,
        startWorkflowOperation: start,
      }),
    );
    return await handle.result();
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
}
