import type { Client } from '@temporalio/client';
import { WELL } from '../domain/health.ts';
import { SCHEDULER_ID, semaphoreName } from '../domain/ids.ts';
import type { SchedulerMemo } from '../domain/pass.ts';
import type { SemaphoreMemo } from '../domain/slots/semaphore-memo.ts';
import { type Described, describeOpen, switchedTo, type Unhandled } from './described.ts';

/** What a semaphore says of itself; readable without any worker. Undefined before its first pass. */
export async function semaphoreMemo(client: Client, semaphore: string): Promise<SemaphoreMemo | undefined> {
  const found = await describeOpen(client, semaphore);
  const memo = found?.description.memo?.semaphore as SemaphoreMemo | undefined;
  return memo && asItWillBe(memo, semaphore, found?.unhandled ?? []);
}

/** With the pauses that wait to be handled. To an agent's own semaphore the agent need not be named. */
export function asItWillBe(
  memo: SemaphoreMemo,
  semaphore: string,
  unhandled: readonly Unhandled[],
): SemaphoreMemo {
  if (unhandled.length === 0) return memo;
  const name = semaphoreName(semaphore);
  const about = ({ contents: [given] }: Unhandled) => given ?? ('agent' in name ? name.agent : undefined);
  const signals = unhandled.map((signal) => ({ ...signal, contents: [about(signal)] }));
  const to = (agent?: string) => switchedTo(signals, 'pause', 'resume', agent);
  const agents = new Map(memo.agents.map((agent) => [agent.name, agent]));
  for (const { contents } of signals) {
    const [agent] = contents;
    if (typeof agent !== 'string') continue;
    const known = agents.get(agent) ?? { name: agent, limitByHand: null, paused: false, health: WELL };
    agents.set(agent, { ...known, paused: to(agent) ?? known.paused });
  }
  return { ...memo, paused: to() ?? memo.paused, agents: [...agents.values()] };
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
