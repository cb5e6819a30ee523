import { causeKey, sayCauses } from '../cause.ts';
import { endsOfChains } from './chain.ts';
import type { Standing } from './decision.ts';
import type { Reason } from './reason.ts';

/** Open tasks that the same thing keeps from running. */
export interface BacklogGroup {
  /**
   * Of the first of them; where `behind` is not null, the first reason of that task. Null: that one is not among the open tasks,
   * or the run of these is in a line where it may not stay.
   */
  reason: Reason | null;
  /** The task at the end of their chains of blockers; null: nothing is before them. */
  behind: number | null;
  /** Why they are parked or back off, where their runs tell; figures that differ from run to run are left out. */
  cause: string | null;
  count: number;
  /** In the order in which they would go; at most `IDS_SHOWN`. */
  taskIds: number[];
}

export interface Grouped {
  /** Largest first; at most `GROUPS_SHOWN`. */
  groups: BacklogGroup[];
  /** Groups that are not among these, and their tasks. */
  moreGroups: number;
  moreTasks: number;
  running: number;
}

const IDS_SHOWN = 10;
const GROUPS_SHOWN = 50;

/**
 * A whole backlog by cause: by the first reason of each task, and of a blocked one by the task at the end of its chain.
 *
 * @param causeOf why a run backs off or is parked
 */
export function groupByCause(
  standings: ReadonlyMap<number, Standing>,
  causeOf: (taskId: number) => string | undefined,
): Grouped {
  const groups = new Map<string, BacklogGroup>();
  const causes = new Map<BacklogGroup, Set<string>>();
  const endOf = endsOfChains(standings);
  let running = 0;
  for (const { taskId, reasons } of standings.values()) {
    if (reasons[0]?.why === 'running') {
      running += 1;
      continue;
    }
    const end = endOf(taskId);
    const behind = end === taskId ? null : end;
    const reason = standings.get(end)?.reasons[0] ?? null;
    const cause = behind === null ? (causeOf(taskId) ?? null) : null;
    const like = cause && causeKey(cause);
    const key = JSON.stringify(behind === null ? [reason && sameThing(reason), like] : behind);
    const group = groups.get(key) ?? { reason, behind, cause, count: 0, taskIds: [] };
    groups.set(key, group);
    group.count += 1;
    if (group.taskIds.length < IDS_SHOWN) group.taskIds.push(taskId);
    if (cause !== null) causes.set(group, (causes.get(group) ?? new Set()).add(cause));
  }
  for (const [group, told] of causes) group.cause = sayCauses([...told]);
  // A sort keeps the order in which they would go for the rest.
  const sorted = [...groups.values()].sort((a, b) => b.count - a.count);
  const rest = sorted.slice(GROUPS_SHOWN);
  const moreTasks = rest.reduce((sum, { count }) => sum + count, 0);
  return { groups: sorted.slice(0, GROUPS_SHOWN), moreGroups: rest.length, moreTasks, running };
}

/** What tells one cause from another: not how many slots were taken when a task's turn came, or until when. */
function sameThing(reason: Reason): unknown[] {
  switch (reason.why) {
    case 'agent-full':
      return [reason.why, reason.agent];
    case 'pool-full':
      return [reason.why, reason.queue];
    case 'open-subtasks':
    case 'run-dying':
    case 'starts-limited':
      return [reason.why];
    case 'cycle':
      return [reason.why, Math.min(...reason.ids)];
    default:
      return [JSON.stringify(reason)];
  }
}
