import type { Client } from '@temporalio/client';
import { deedOf } from '../contract/by-hand.ts';
import { taskWorkflowId } from '../contract/ids.ts';
import { runStatus } from '../contract/messages.ts';
import type { RunStatus } from '../contract/run.ts';
import type { Cause, Explanation, RunLine, Waits } from '../contract/status.ts';
import type { Plan, Standing } from '../domain/plan/decision.ts';
import { type HangsOn, hangsOn } from '../domain/plan/hangs-on.ts';
import { placeOf } from '../domain/plan/place.ts';
import { standingsOf } from '../domain/plan/plan.ts';
import type { Reason } from '../domain/plan/reason.ts';
import { type SmallestChange, smallestChange } from '../domain/plan/smallest-change.ts';
import { poolId, semaphoreOf } from '../domain/semaphore-id.ts';
import { isOpen } from '../domain/task.ts';
import { ask } from '../temporal/query.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { schedulerError } from '../words/errors.ts';
import { readAttempts } from './attempts-told.ts';
import { occurrenceOf } from './occurrence-of-task.ts';
import { readSnapshot, type Snapshot, type SnapshotDeps } from './snapshot.ts';
import { runLines, stateOf, waitingOf } from './status.ts';

export type ExplainDeps = SnapshotDeps & { client: Client; tinytask: Pick<TinyTask, 'get'> };

/** Why a task is where it is. @throws `no-such-task` */
export async function explainTask(deps: ExplainDeps, taskId: number): Promise<Explanation> {
  const task = await deps.tinytask.get(taskId);
  if (task === undefined) throw schedulerError({ code: 'no-such-task', taskId });
  const [snapshot, made, occurrence] = await Promise.all([
    readSnapshot(deps),
    readAttempts(deps.client, task),
    occurrenceOf(deps.client, task),
  ]);
  const { planned, problems } = snapshot;
  const { id, title, status, assignedTo, queue, archivedAt } = task;
  const lines = new Map(
    runLines(snapshot, deps.config.heartbeatTimeoutMs).map((line) => [line.taskId, line]),
  );
  const waits = planned && isOpen(task) ? waitsOf(planned, taskId) : null;
  const standings =
    snapshot.planInput && isOpen(task) ? standingsOf(snapshot.planInput) : new Map<number, Standing>();
  const standing = standings.get(taskId);
  const tree = hangsOn(standings, taskId);
  const [told, causes] = await Promise.all([
    lines.has(taskId) ? askRun(deps.client, snapshot, taskId) : null,
    causesOf(tree.on, { ...deps, snapshot, lines }),
  ]);
  return {
    ...stateOf(snapshot.scheduler),
    task: { id, title, status, assignedTo, queue, archived: archivedAt !== null },
    ...(occurrence && { occurrence }),
    run: lines.get(taskId) ?? null,
    ...{ told, waits, ...made, problems },
    reasons: standing?.reasons ?? [],
    ...{ hangsOn: causes, hangsOnMore: tree.more ?? 0 },
    place: placeOf(standings, taskId),
    change: changeOf(snapshot, standings, taskId),
    ...heldBy(snapshot, standing?.reasons ?? []),
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

/** What would start it; where nobody schedules, somebody has to first. */
function changeOf(
  { planInput, scheduler, answer }: Snapshot,
  standings: ReadonlyMap<number, Standing>,
  taskId: number,
): SmallestChange | null {
  const [first] = standings.get(taskId)?.reasons ?? [];
  if (planInput === undefined || first?.why === 'running' || !standings.has(taskId)) return null;
  const change = smallestChange(planInput, standings, taskId);
  if (scheduler.daemon !== null || answer !== undefined) return change;
  return { ...change, needs: [...change.needs, [{ do: 'start-daemon' }]] };
}

/** A run says more about itself where somebody serves it: until when it backs off, how its last attempt ended. */
async function askRun(
  client: Client,
  { scheduler, answer }: Snapshot,
  taskId: number,
): Promise<Pick<RunStatus, 'sinceMs' | 'untilMs' | 'last'> | null> {
  if (scheduler.daemon === null && answer === undefined) return null;
  const said = await ask(client, taskWorkflowId(taskId), runStatus);
  return said === undefined ? null : { sinceMs: said.sinceMs, untilMs: said.untilMs, last: said.last };
}

type Seen = { client: Client; snapshot: Snapshot; lines: ReadonlyMap<number, RunLine> };

/** With what their runs tell. There are no more of them than hangsOn tells of. */
async function causesOf(on: readonly HangsOn[], seen: Seen): Promise<Cause[]> {
  const { client, snapshot, lines } = seen;
  return Promise.all(
    on.map(async (each) => {
      const { taskId } = each;
      const run = lines.get(taskId) ?? null;
      const rests = run?.state === 'parked' || run?.state === 'backing-off';
      const [told, below] = await Promise.all([
        rests && each.again === undefined ? askRun(client, snapshot, taskId) : null,
        causesOf(each.on, seen),
      ]);
      const title = snapshot.tasks.find(({ id }) => id === taskId)?.title ?? null;
      const { sinceMs, untilMs } = told ?? {};
      return {
        ...{ ...each, title, run, on: below },
        told: sinceMs === undefined || untilMs === undefined ? null : { sinceMs, untilMs },
      };
    }),
  );
}
