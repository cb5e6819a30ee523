import { isDeepStrictEqual } from 'node:util';
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/client';
import { MAIN_QUEUE } from '../../contract/ids.ts';
import { type Memos, type SemaphoreMemo, semaphoreMemoIn } from '../../contract/memos.ts';
import { configure } from '../../contract/messages.ts';
import type { SemaphoreInput } from '../../contract/semaphore-input.ts';
import { POOL_SEMAPHORE, type Workflows } from '../../contract/workflows.ts';
import { type PoolKnown, poolKnownOf } from '../../domain/plan/agent-line.ts';
import type { KnownOfAgent } from '../../domain/slots/agent-slots.ts';
import { firstFenceAfter, type PoolPolicy } from '../../domain/slots/pool.ts';
import { describeAny } from '../../temporal/described.ts';
import { signalled } from '../../temporal/signalled.ts';

/** What a semaphore is to be. */
export interface Wanted {
  semaphore: string;
  policy: PoolPolicy;
  /** Agents that come from another pool. */
  moved: KnownOfAgent[];
}

/** How a semaphore is. */
export interface EnsuredSemaphore extends PoolKnown {
  semaphore: string;
  /** What it takes the scheduler's pause for. */
  schedulerPaused: boolean;
}

/** `paused`: the scheduler. `nowMs`: by the server's clock, in milliseconds since the epoch. */
export interface Now {
  paused: boolean;
  nowMs: number;
}

/**
 * Sees to it that a semaphore runs and has the configured policy. A semaphore that was never there is fresh; one that was
 * there and is gone may have had holders, and rebuilds itself.
 */
export async function ensureSemaphore(
  client: Client,
  wanted: Wanted,
  { paused: schedulerPaused, nowMs }: Now,
): Promise<EnsuredSemaphore> {
  const { semaphore, policy, moved } = wanted;
  const described = await describeAny(client, semaphore);
  const memo = described && semaphoreMemoIn(described.memo);
  const agents = (memo?.agents ?? []).map((agent) => underPolicy(agent, memo, policy));
  const before = memo && poolKnownOf({ ...memo, agents });
  const knowing = (all: KnownOfAgent[]) => poolKnownOf({ ...(before ?? { paused: false }), agents: all });
  if (described?.status.name === 'RUNNING') {
    const isAsWanted = memo && isDeepStrictEqual(memo.policy, policy) && moved.length === 0;
    if (!isAsWanted) await signalled(client, semaphore, configure, { policy, moved });
    const now = knowing([...agents, ...moved]);
    return { semaphore, ...now, schedulerPaused: memo?.schedulerPaused ?? schedulerPaused };
  }
  // What was known elsewhere of an agent that comes from there is newer.
  const now = knowing([...moved, ...agents]);
  const fresh = described === undefined;
  // It may have given slots since `nowMs`: what a survey finds out takes a while.
  const endedMs = Math.max(nowMs, described?.closeTime?.getTime() ?? 0);
  const fencesFrom = fresh ? 0 : firstFenceAfter(memo?.fencesFrom, endedMs);
  const deeds = memo?.deeds?.length ? { deeds: memo.deeds } : {};
  const input: SemaphoreInput = {
    ...{ semaphore, policy, moved, schedulerPaused, fresh },
    ...(!fresh && { fencesFrom }),
    ...(before && { before }),
    ...deeds,
  };
  // Its fences from the start: its first workflow task may take a while, and a grant of the one before counts no more.
  const kept = { policy, schedulerPaused, fencesFrom, complaints: [], ...now, ...deeds };
  await start(client, input, { semaphore: kept });
  return { semaphore, ...now, schedulerPaused };
}

/** Unless somebody else has started it meanwhile. */
async function start(client: Client, input: SemaphoreInput, memo: Memos['poolSemaphore']): Promise<void> {
  const { semaphore, policy } = input;
  try {
    await client.workflow.start<Workflows['poolSemaphore']>(POOL_SEMAPHORE, {
      workflowId: semaphore,
      taskQueue: MAIN_QUEUE,
      args: [input],
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      memo,
      staticSummary: `slots of ${policy.agents.length === 1 ? policy.agents[0]?.name : `${policy.agents.length} agents`}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** A limit by hand holds until the configured one changes. */
function underPolicy(agent: KnownOfAgent, before: SemaphoreMemo | undefined, now: PoolPolicy): KnownOfAgent {
  const limitIn = (policy: PoolPolicy) => policy.agents.find(({ name }) => name === agent.name)?.limit;
  const is = limitIn(now);
  const was = before && limitIn(before.policy);
  return is === undefined || was === undefined || is === was ? agent : { ...agent, limitByHand: null };
}
