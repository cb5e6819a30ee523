import type { Client } from '@temporalio/client';
import { deedOf } from '../contract/by-hand.ts';
import { taskWorkflowId } from '../contract/ids.ts';
import { runStatus } from '../contract/messages.ts';
import type { Explanation, Waits } from '../contract/status.ts';
import type { Plan } from '../domain/plan/decision.ts';
import type { Reason } from '../domain/plan/reason.ts';
import { poolId, semaphoreOf } from '../domain/semaphore-id.ts';
import { isOpen } from '../domain/task.ts';
import { ask } from '../temporal/query.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { schedulerError } from '../words/errors.ts';
import { readSnapshot, type Snapshot, type SnapshotDeps } from './snapshot.ts';
import { runLines, stateOf, waitingOf } from './status.ts';

export type ExplainDeps = SnapshotDeps & { client: Client; tinytask: Pick<TinyTask, 'get' | 'listOpen'> };

/** Why a task is where it is. @throws `no-such-task` */
export async function explainTask(deps: ExplainDeps, taskId: number): Promise<Explanation> {
  const task = await deps.tinytask.get(taskId);
  if (task === undefined) throw schedulerError({ code: 'no-such-task', taskId });
  const snapshot = await readSnapshot(deps);
  const { id, title, status, assignedTo, queue, archivedAt } = task;
  const run = runLines(snapshot, deps.config.heartbeatTimeoutMs).find((line) => line.taskId === taskId);
  const waits = snapshot.planned && isOpen(task) ? waitsOf(snapshot.planned, taskId) : null;
  return {
    ...stateOf(snapshot.scheduler),
    task: { id, title, status, assignedTo, queue, archived: archivedAt !== null },
    run: run ?? null,
    told: run === undefined ? null : await askRun(deps.client, snapshot, taskId),
    waits,
    problems: snapshot.problems,
    ...heldBy(snapshot, [waits?.reason, waits?.still, run?.waits?.reason, run?.waits?.still]),
  };
}

/** Who has paused or stopped what the reasons name. */
function heldBy(
  { agents, deeds }: Snapshot,
  reasons: readonly (Reason | undefined)[],
): Pick<Explanation, 'held'> {
  const obstacles = reasons.flatMap((reason) =>
    reason?.why === 'pool-unavailable' ? reason.obstacles : (reason ?? []),
  );
  const held = obstacles.flatMap((reason) => {
    if (reason.why !== 'agent-paused' && reason.why !== 'pool-paused') return [];
    const did = reason.stopped ? ('stop-agents' as const) : ('pause' as const);
    const whose = reason.why === 'agent-paused' ? { agent: reason.agent } : { queue: reason.queue };
    const name = 'agent' in whose ? whose.agent : undefined;
    const agent = name === undefined ? undefined : agents.find((each) => each.name === name);
    const semaphore = 'queue' in whose ? poolId(whose.queue) : agent && semaphoreOf(agent);
    const deed = semaphore === undefined ? undefined : deedOf(deeds.get(semaphore), [did], name);
    return deed === undefined ? [] : [{ whose, deed }];
  });
  return held.length === 0 ? {} : { held };
}

function waitsOf(planned: Plan, id: number): Waits | null {
  const found = [...waitingOf(planned), ...planned.inLine].find(({ taskId }) => taskId === id);
  return found === undefined ? null : { reason: found.reason, ...(found.still && { still: found.still }) };
}

/** A run says more about itself where somebody serves it: until when it backs off, how its last attempt ended. */
async function askRun(
  client: Client,
  { scheduler, answer }: Snapshot,
  taskId: number,
): Promise<Explanation['told']> {
  if (scheduler.daemon === null && answer === undefined) return null;
  const said = await ask(client, taskWorkflowId(taskId), runStatus);
  return said === undefined ? null : { untilMs: said.untilMs, last: said.last };
}
