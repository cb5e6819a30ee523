import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Agent } from '../domain/agent.ts';
import type { Complaint } from '../domain/complaint.ts';
import { type Health, WELL } from '../domain/health.ts';
import { MAIN_QUEUE, semaphoreId } from '../domain/ids.ts';
import type { AgentLine } from '../domain/pass.ts';
import { agentLine } from '../domain/plan-input.ts';
import type { SlotPolicy } from '../domain/slots.ts';
import type { SemaphoreInput } from '../workflows/agent-semaphore.ts';

/** What a semaphore keeps as its memo, so that it can be read without waking it. */
export interface SemaphoreMemo {
  policy: SlotPolicy;
  paused: boolean;
  schedulerPaused: boolean;
  limitByHand: number | null;
  health: Health;
  /** About what people sent it; absent where nothing was wrong. */
  complaints?: Complaint[];
}

export interface EnsuredSemaphore {
  line: AgentLine;
  /** What it takes the scheduler's pause for. */
  schedulerPaused: boolean;
}

/**
 * Sees to it that an agent's semaphore runs and has the configured policy. A semaphore that was never there
 * is fresh; one that was there and is gone may have had holders, and rebuilds itself.
 */
export async function ensureSemaphore(
  client: Client,
  agent: Agent,
  policy: SlotPolicy,
  schedulerPaused: boolean,
): Promise<EnsuredSemaphore> {
  const handle = client.workflow.getHandle(semaphoreId(agent.name));
  let fresh = false;
  try {
    const known = await handle.describe();
    if (known.status.name === 'RUNNING') {
      const memo = known.memo?.semaphore as SemaphoreMemo | undefined;
      if (memo === undefined || JSON.stringify(memo.policy) !== JSON.stringify(policy)) {
        await handle.signal('configure', policy);
      }
      const changed = memo !== undefined && memo.policy.limit !== policy.limit;
      return {
        line: agentLine(agent, changed ? { ...memo, limitByHand: null } : memo),
        schedulerPaused: memo?.schedulerPaused ?? schedulerPaused,
      };
    }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    fresh = true;
  }
  const input: SemaphoreInput = { agent: agent.name, policy, schedulerPaused, fresh };
  const memo: SemaphoreMemo = { policy, paused: false, schedulerPaused, limitByHand: null, health: WELL };
  try {
    await client.workflow.start('agentSemaphore', {
      workflowId: handle.workflowId,
      taskQueue: MAIN_QUEUE,
      args: [input],
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      memo: { semaphore: memo },
      staticSummary: `slots of ${agent.name}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return { line: agentLine(agent, memo), schedulerPaused };
}
