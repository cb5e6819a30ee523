import { listensAt } from '../../../embedded/servers/reachable.ts';
import { connectOurs, isNoAnswer } from '../../../temporal/connect.ts';
import { checkTinytask } from '../../../temporal/serves.ts';
import { connectTinyTask, type TinyTask } from '../../../tinytask/client.ts';
import { addTask } from '../../add-task.ts';
import type { NewTaskInput, SchedulerClient } from '../../scheduler-client.ts';
import type { Context } from '../call/context.ts';

/** What adds tasks by TinyTask alone. */
export async function adder(context: Context): Promise<Pick<SchedulerClient, 'add' | 'close'>> {
  const tinytask = connectTinyTask({ endpoint: context.loaded.config.mcpEndpoint });
  return {
    async add(task: NewTaskInput) {
      await refuseAnothers(context, tinytask);
      return addTask(tinytask, task);
    },
    close: () => tinytask.close(),
  };
}

/**
 * What answers on TinyTask's usual port may belong to the scheduler of another folder, whose agents would take the task.
 * Without a server there is no such scheduler.
 */
async function refuseAnothers({ loaded, temporal }: Context, tinytask: TinyTask): Promise<void> {
  const { config } = loaded;
  await checkTinytask({ config });
  if (config.mcpEndpointExplicit || temporal.explicitlyConfigured) return;
  if (!(await listensAt(temporal.address))) return;
  try {
    const client = await connectOurs({ temporal, config, tinytask });
    await client.connection.close();
  } catch (error) {
    if (!isNoAnswer(error)) throw error;
  }
}
