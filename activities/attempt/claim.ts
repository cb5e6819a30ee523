import type { Client } from '@temporalio/client';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import { isSameTask, type Task, type TaskRef } from '../../domain/task.ts';
import { schedulerHeld, semaphoreMemo } from '../../temporal/memos.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { TaskNotFound, TinyTaskError } from '../../tinytask/errors.ts';
import { beginReading } from '../../tinytask/reading.ts';

/** `claimed` may be true beside a verdict: the write went out, and no answer told whether it arrived. */
export type Claim = { task: Task } | { verdict: Verdict; claimed: boolean };

export interface ClaimWanted {
  task: TaskRef;
  agent: string;
  /** To whom the task may be assigned besides the agent: who had it by our own claim. Null: to nobody. */
  assignee: string | null;
  /**
   * Asked when somebody has the task: whose slot the run had that this one was reset from, and that is certainly over;
   * null: it was not reset.
   */
  agentBefore?: () => Promise<string | null>;
  /** Blockers do not count (`TINYSCHEDULER_DISABLE_BLOCKING`). */
  mayBeBlocked?: boolean;
}

/**
 * Sets the task to `working` for the agent. TinyTask has no compare-and-set, so the claim reads, writes and
 * reads again, and stands down when somebody else has it. The same agent name used from elsewhere between
 * the reads is not noticed.
 */
export async function claim(
  tinytask: TinyTask,
  { task: ref, agent, assignee, agentBefore = async () => null, mayBeBlocked = false }: ClaimWanted,
): Promise<Claim> {
  let claimed = false;
  const mayWrite = beginReading();
  try {
    const before = await tinytask.get(ref.id);
    const may = { beWith: [null, agent, assignee], beBlocked: mayBeBlocked };
    let obstacle = obstacleToClaim(before, ref, { ...may, beLeftBy: null });
    if (obstacle !== undefined && before?.assignedTo)
      obstacle = obstacleToClaim(before, ref, { ...may, beLeftBy: await agentBefore() });
    if (obstacle !== undefined) return { verdict: standDown(obstacle), claimed };
    await tinytask.update(ref.id, { status: 'working', assignedTo: agent }, () => {
      mayWrite();
      claimed = true;
    });
    const after = await tinytask.get(ref.id);
    if (after === undefined || !isSameTask(after, ref))
      return { verdict: standDown('it was deleted'), claimed };
    if (after.assignedTo !== agent)
      return { verdict: standDown(`${after.assignedTo ?? 'somebody'} has it now`), claimed };
    if (after.status !== 'working')
      return {
        verdict: standDown(`it was set ${after.status === 'idle' ? 'back to idle' : 'to complete'}`),
        claimed,
      };
    return { task: after };
  } catch (error) {
    if (error instanceof TaskNotFound) return { verdict: standDown('it was deleted'), claimed };
    if (!(error instanceof TinyTaskError)) throw error;
    return { verdict: { kind: 'tinytask-unavailable', reason: error.message }, claimed };
  }
}

interface May {
  beWith: readonly (string | null)[];
  /** Whose run is certainly over, whatever it left. */
  beLeftBy: string | null;
  beBlocked: boolean;
}

function obstacleToClaim(task: Task | undefined, ref: TaskRef, may: May): string | undefined {
  if (task === undefined || !isSameTask(task, ref)) return 'it was deleted';
  if (task.archivedAt !== null) return 'it was archived';
  if (task.status === 'complete') return 'it is complete';
  const isLeft = task.assignedTo !== null && task.assignedTo === may.beLeftBy;
  if (!isLeft && !may.beWith.includes(task.assignedTo)) return `${task.assignedTo} has it now`;
  if (!isLeft && task.status === 'working') return 'somebody is working on it';
  if (task.isCurrentlyBlocked && !may.beBlocked) return `task ${task.blockedByTaskId} blocks it now`;
  return undefined;
}

function standDown(reason: string): Verdict {
  return { kind: 'not-ours', reason: `not started: ${reason}` };
}

/** Why an attempt that has its slot does not begin now. */
export type PutOff = 'paused' | 'slot-lost';

/**
 * Whether an attempt has to be put off, asked at the last moment before the claim. `paused`: the scheduler, the pool or the
 * agent is. `slot-lost`: the semaphore that gave the slot was ended, or does not have the agent any more, so that the slot may
 * be given to somebody else. The server is asked, so no worker is needed; where it does not answer, nothing is started.
 */
export async function putOff(
  client: Client,
  { semaphore, agent, fence }: { semaphore: string; agent: string; fence: number },
): Promise<PutOff | undefined> {
  try {
    const [held, slots] = await Promise.all([schedulerHeld(client), semaphoreMemo(client, semaphore)]);
    const isOff = slots?.agents.some(({ name, paused, stopped }) => name === agent && (paused || stopped));
    if (held || slots?.schedulerPaused || slots?.paused || slots?.stopped || isOff) return 'paused';
    if (slots === undefined) return undefined;
    // Its agent may have gone to another pool since, which gives its slots now.
    const isHere = slots.policy.agents.some(({ name }) => name === agent);
    return !isHere || fence < slots.fencesFrom ? 'slot-lost' : undefined;
  } catch {
    return 'paused';
  }
}
