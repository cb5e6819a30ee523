import { SCHEDULER_ID } from '../../contract/ids.ts';
import type { SchedulerStatus } from '../../contract/messages.ts';
import { eventually } from './eventually.ts';
import type { System } from './system.ts';

export function schedulerStatus(system: System): Promise<SchedulerStatus> {
  return system.client.workflow.getHandle(SCHEDULER_ID).query<SchedulerStatus>('status');
}

/** Waits until a full pass has begun and ended that began after this call. */
export async function nextWholePass(system: System): Promise<SchedulerStatus> {
  const { pass } = await schedulerStatus(system);
  return eventually('two more passes', async () => {
    const status = await schedulerStatus(system);
    return status.pass >= pass + 2 && status;
  });
}
