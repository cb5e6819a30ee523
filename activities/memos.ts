import type { Client } from '@temporalio/client';
import { SCHEDULER_ID, semaphoreId } from '../domain/ids.ts';
import type { SchedulerMemo } from '../domain/pass.ts';
import { type Described, describeOpen, switchedTo } from './described.ts';
import type { SemaphoreMemo } from './ensure-semaphore.ts';

/** What an agent's semaphore says of itself; readable without any worker. Undefined before its first pass. */
export async function semaphoreMemo(client: Client, agent: string): Promise<SemaphoreMemo | undefined> {
  const found = await describeOpen(client, semaphoreId(agent));
  const memo = found?.description.memo?.semaphore as SemaphoreMemo | undefined;
  return memo && { ...memo, paused: switchedTo(found?.unhandled ?? [], 'pause', 'resume') ?? memo.paused };
}

/** What the scheduler says of itself; readable without any worker. Undefined where it does not run. */
export async function schedulerMemo(client: Client): Promise<SchedulerMemo | undefined> {
  const found = await describeOpen(client, SCHEDULER_ID);
  return found && schedulerMemoOf(found);
}

/** The same of a scheduler that has been described already. */
export function schedulerMemoOf({ description, unhandled }: Described): SchedulerMemo {
  const memo = (description.memo ?? {}) as Partial<SchedulerMemo>;
  return {
    paused: switchedTo(unhandled, 'pause', 'resume') ?? memo.paused ?? false,
    enabled: switchedTo(unhandled, 'enable', 'disable') ?? memo.enabled ?? true,
    ...(memo.serves && { serves: memo.serves }),
    ...(memo.complaints && { complaints: memo.complaints }),
  };
}

/** Whether nothing may start: a person has paused the scheduler, or who schedules has it disabled. */
export async function schedulerHeld(client: Client): Promise<boolean> {
  const memo = await schedulerMemo(client);
  return memo !== undefined && (memo.paused || !memo.enabled);
}
