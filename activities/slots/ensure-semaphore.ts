import { isDeepStrictEqual } from 'node:util';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Deed } from '../../contract/by-hand.ts';
import { MAIN_QUEUE } from '../../contract/ids.ts';
import { type Memos, type SemaphoreMemo, semaphoreMemoIn } from '../../contract/memos.ts';
import { configure } from '../../contract/messages.ts';
import type { SemaphoreInput } from '../../contract/semaphore-input.ts';
import { POOL_SEMAPHORE, type Workflows } from '../../contract/workflows.ts';
import type { PoolKnown } from '../../domain/plan/agent-line.ts';
import type { KnownOfAgent } from '../../domain/slots/agent-slots.ts';
import type { PoolPolicy } from '../../domain/slots/pool.ts';
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

/**
 * Sees to it that a semaphore runs and has the configured policy. A semaphore that was never there is fresh; one that was
 * there and is gone may have had holders, and rebuilds itself.
 */
export async function ensureSemaphore(
  client: Client,
  { semaphore, policy, moved }: Wanted,
  schedulerPaused: boolean,
): Promise<EnsuredSemaphore> {
  const handle = client.workflow.getHandle(semaphore);
  let fresh = false;
  let before: PoolKnown | undefined;
  let deeds: Deed[] = [];
  try {
    const known = await handle.describe();
    const memo = semaphoreMemoIn(known.memo);
    deeds = memo?.deeds ?? [];
    before = memo && {
      paused: memo.paused,
      ...(memo.stopped && { stopped: true }),
      ...(memo.hold && { hold: memo.hold }),
      agents: memo.agents.map((agent) => underPolicy(agent, memo, policy)),
      ...(memo.tokens && { tokens: memo.tokens }),
    };
    if (known.status.name === 'RUNNING') {
      const isAsWanted = memo && isDeepStrictEqual(memo.policy, policy) && moved.length === 0;
      if (!isAsWanted) await signalled(client, semaphore, configure, { policy, moved });
      return {
        ...{ semaphore, paused: before?.paused ?? false },
        ...(before?.stopped && { stopped: true }),
        ...(before?.hold && { hold: before.hold }),
        agents: [...(before?.agents ?? []), ...moved],
        ...(before?.tokens && { tokens: before.tokens }),
        schedulerPaused: memo?.schedulerPaused ?? schedulerPaused,
      };
    }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    fresh = true;
  }
  const input: SemaphoreInput = {
    semaphore,
    policy,
    moved,
    schedulerPaused,
    fresh,
    ...(before && { before }),
    ...(deeds.length > 0 && { deeds }),
  };
  const { paused = false, stopped, hold, agents: known = [], tokens } = before ?? {};
  const agents = [...moved, ...known];
  const memo: Memos['poolSemaphore'] = {
    semaphore: {
      ...{ policy, paused, schedulerPaused, fencesFrom: 0, agents, complaints: [] },
      ...(stopped && { stopped }),
      ...(hold && { hold }),
      ...(deeds.length > 0 && { deeds }),
      ...(tokens && { tokens }),
    },
  };
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
  return {
    ...{ semaphore, paused, agents, schedulerPaused },
    ...(stopped && { stopped }),
    ...(hold && { hold }),
    ...(tokens && { tokens }),
  };
}

/** A limit by hand holds until the configured one changes. */
function underPolicy(agent: KnownOfAgent, before: SemaphoreMemo, now: PoolPolicy): KnownOfAgent {
  const limitIn = (policy: PoolPolicy) => policy.agents.find(({ name }) => name === agent.name)?.limit;
  const is = limitIn(now);
  const was = limitIn(before.policy);
  return is === undefined || was === undefined || is === was ? agent : { ...agent, limitByHand: null };
}
