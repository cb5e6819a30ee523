import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { SCHEDULER_ID } from '../contract/ids.ts';
import type { SchedulerMemo, SemaphoreMemo } from '../contract/memos.ts';
import { schedulerMemoIn, semaphoreMemoIn } from '../contract/memos.ts';
import { disable, enable, pause, pauseAll, resume, resumeAll } from '../contract/messages.ts';
import type { SchedulerInput } from '../contract/scheduler-input.ts';
import { semaphoreName } from '../domain/semaphore-id.ts';
import { unknownAgent } from '../domain/slots/agent-slots.ts';
import { type Described, describeOpen, switchedTo, type Unhandled } from './described.ts';

/** What a semaphore says of itself; readable without any worker. Undefined before its first pass. */
export async function semaphoreMemo(client: Client, semaphore: string): Promise<SemaphoreMemo | undefined> {
  const found = await describeOpen(client, semaphore);
  return found && semaphoreMemoOf(found);
}

/** The same of a semaphore that has been described already. */
export function semaphoreMemoOf({ description, unhandled }: Described): SemaphoreMemo | undefined {
  const memo = semaphoreMemoIn(description.memo);
  return memo && asItWillBe(memo, description.workflowId, unhandled);
}

/** With the pauses that wait to be handled. To an agent's own semaphore the agent need not be named. */
export function asItWillBe(
  memo: SemaphoreMemo,
  semaphore: string,
  unhandled: readonly Unhandled[],
): SemaphoreMemo {
  if (unhandled.length === 0) return memo;
  const name = semaphoreName(semaphore);
  const about = ({ contents: [given] }: Unhandled) =>
    given === undefined && 'agent' in name ? name.agent : given;
  const signals = unhandled.map((signal) => ({ ...signal, contents: [about(signal)] }));
  const to = (agent?: string) => switchedTo(signals, pause, resume, agent);
  const agents = new Map(memo.agents.map((agent) => [agent.name, agent]));
  for (const { contents } of signals) {
    const [agent] = contents;
    if (typeof agent !== 'string') continue;
    const known = agents.get(agent) ?? unknownAgent(agent);
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
  const memo = schedulerMemoIn(description.memo);
  return {
    ...memo,
    paused: switchedTo(unhandled, pauseAll, resumeAll) ?? memo.paused,
    enabled: switchedTo(unhandled, enable, disable) ?? memo.enabled,
  };
}

/**
 * What a scheduler that is started now goes on from: where somebody has ended the one before it while a person had it
 * paused, it stays paused.
 */
export async function schedulerInput(client: Client): Promise<Pick<SchedulerInput, 'paused'>> {
  try {
    const { memo } = await client.workflow.getHandle(SCHEDULER_ID).describe();
    return { paused: schedulerMemoIn(memo).paused };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return {};
    throw error;
  }
}

/** Whether nothing may start: a person has paused the scheduler, or who schedules has it disabled. */
export async function schedulerHeld(client: Client): Promise<boolean> {
  const memo = await schedulerMemo(client);
  return memo !== undefined && (memo.paused || !memo.enabled);
}
