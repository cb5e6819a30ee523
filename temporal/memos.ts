import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { type Deed, type DeedKind, NOTE_OR_NONE, withDeed } from '../contract/by-hand.ts';
import { SCHEDULER_ID } from '../contract/ids.ts';
import {
  type AnyMemo,
  isHeld,
  type SchedulerMemo,
  type SemaphoreMemo,
  schedulerMemoIn,
  semaphoreMemoIn,
} from '../contract/memos.ts';
import {
  disable,
  enable,
  pause,
  pauseAll,
  resume,
  resumeAll,
  startAgents,
  startAllAgents,
  stopAgents,
  stopAllAgents,
} from '../contract/messages.ts';
import type { SchedulerInput } from '../contract/scheduler-input.ts';
import { semaphoreName } from '../domain/semaphore-id.ts';
import { knownOf, unknownAgent } from '../domain/slots/agent-slots.ts';
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

/** With the pauses and stops that wait to be handled. To an agent's own semaphore the agent need not be named. */
export function asItWillBe(
  memo: SemaphoreMemo,
  semaphore: string,
  unhandled: readonly Unhandled[],
): SemaphoreMemo {
  const byHand = unhandled.filter(({ name }) => OF_SEMAPHORE.includes(name));
  if (byHand.length === 0) return memo;
  const name = semaphoreName(semaphore);
  const signals = byHand.map((signal): Unhandled => {
    const [given] = signal.contents;
    return { ...signal, contents: [given ?? ('agent' in name ? name.agent : undefined), signal.contents[1]] };
  });
  const paused = (agent?: string) => switchedTo(signals, pause, resume, agent);
  const stopped = (agent?: string) => switchedTo(signals, stopAgents, startAgents, agent);
  const agents = new Map(memo.agents.map((agent) => [agent.name, agent]));
  for (const { contents } of signals) {
    const [agent] = contents;
    if (typeof agent !== 'string') continue;
    const known = agents.get(agent) ?? unknownAgent(agent);
    agents.set(agent, {
      ...knownOf({ ...known, paused: paused(agent) ?? known.paused }),
      ...stoppedIf(stopped(agent) ?? known.stopped),
    });
  }
  const { stopped: wasStopped, deeds: before, ...rest } = memo;
  const deeds = withUnhandled(before ?? [], signals);
  return {
    ...{ ...rest, paused: paused() ?? memo.paused, agents: [...agents.values()] },
    ...stoppedIf(stopped() ?? wasStopped),
    ...(deeds.length > 0 && { deeds }),
  };
}

const OF_SEMAPHORE = [pause, resume, stopAgents, startAgents].map(({ name }) => name);
const OF_SCHEDULER = [pauseAll, resumeAll, stopAllAgents, startAllAgents].map(({ name }) => name);

function stoppedIf(isStopped: boolean | undefined): { stopped?: true } {
  return isStopped ? { stopped: true } : {};
}

/** What people did, by signals that name an agent, or nothing, and then have their note. */
function withUnhandled(before: readonly Deed[], signals: readonly Unhandled[]): Deed[] {
  return signals.reduce<Deed[]>(
    (deeds, { name, contents: [agent, note], atMs }) =>
      withDeed(deeds, {
        did: name as DeedKind,
        ...(typeof agent === 'string' && { agent }),
        ...{ atMs, ...NOTE_OR_NONE(note) },
      }),
    [...before],
  );
}

/** What the scheduler says of itself; readable without any worker. Undefined where it does not run. */
export async function schedulerMemo(client: Client): Promise<SchedulerMemo | undefined> {
  const found = await describeOpen(client, SCHEDULER_ID);
  return found && schedulerMemoOf(found);
}

/** The same of a scheduler that has been described already. */
export function schedulerMemoOf({ description, unhandled }: Described): SchedulerMemo {
  const { stopped: wasStopped, deeds: before, ...memo } = schedulerMemoIn(description.memo);
  // What comes with them is their note.
  const signals = unhandled
    .filter(({ name }) => OF_SCHEDULER.includes(name))
    .map((signal): Unhandled => ({ ...signal, contents: [undefined, signal.contents[0]] }));
  const deeds = withUnhandled(before ?? [], signals);
  return {
    ...memo,
    paused: switchedTo(signals, pauseAll, resumeAll) ?? memo.paused,
    enabled: switchedTo(unhandled, enable, disable) ?? memo.enabled,
    ...stoppedIf(switchedTo(signals, stopAllAgents, startAllAgents) ?? wasStopped),
    ...(deeds.length > 0 && { deeds }),
  };
}

/**
 * What a scheduler that is started now goes on from: where somebody has ended the one before it while a person had it
 * paused, it stays paused.
 */
export async function schedulerInput(client: Client): Promise<SchedulerLeft> {
  try {
    const { memo } = await client.workflow.getHandle(SCHEDULER_ID).describe();
    return leftIn(memo);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return {};
    throw error;
  }
}

/** What a person has done with a scheduler, which outlives it. */
export type SchedulerLeft = Pick<SchedulerInput, 'paused' | 'deeds'> & { stopped?: true };

export function leftIn(memo: AnyMemo): SchedulerLeft & { paused: boolean } {
  const { paused, stopped, deeds } = schedulerMemoIn(memo);
  return { paused, ...(stopped && { stopped }), ...(deeds && { deeds }) };
}

/** Whether nothing may start: a person has paused the scheduler, or who schedules has it disabled. */
export async function schedulerHeld(client: Client): Promise<boolean> {
  const memo = await schedulerMemo(client);
  return memo !== undefined && isHeld(memo);
}
