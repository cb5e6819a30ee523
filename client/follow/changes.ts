import type { Look, OpenTask } from '../../contract/listings.ts';
import type { AllSchedules, ScheduleNow } from '../../contract/schedule.ts';
import type { AgentStatus, Problem, SchedulerState } from '../../contract/status.ts';
import type { BudgetLine } from '../../domain/plan/agent-line.ts';
import { isUsedUp } from '../../domain/slots/tokens.ts';
import { isToldBy } from './told-already.ts';

/** What is told of the scheduler as a whole. */
export interface SchedulerNow extends SchedulerState {
  problems: readonly Problem[];
}

/** What is different between two looks. */
export type Change =
  | { event: 'scheduler'; scheduler: SchedulerNow }
  | { event: 'agent'; agent: AgentStatus }
  | { event: 'agent-gone'; name: string }
  | { event: 'task'; task: OpenTask }
  /** It is not open any more: complete, archived or deleted. */
  | { event: 'task-gone'; taskId: number }
  | { event: 'schedule'; schedule: ScheduleNow }
  /** It was deleted. */
  | { event: 'schedule-gone'; name: string };

/** All that is told of, by a key: each as it would be told. */
export type Seen = ReadonlyMap<string, Change>;

/** What a look shows. While TinyTask does not answer, tasks are as they were. */
export function seenIn({ status, tasks }: Look, before: Seen | undefined): Seen {
  const seen = new Map<string, Change>([
    ['scheduler', { event: 'scheduler', scheduler: schedulerIn(status) }],
  ]);
  for (const agent of status.agents) seen.set(`agent ${agent.name}`, { event: 'agent', agent });
  if (tasks !== null) for (const task of tasks) seen.set(`task ${task.taskId}`, { event: 'task', task });
  else for (const [key, each] of before ?? []) if (each.event === 'task') seen.set(key, each);
  return seen;
}

/** The schedules. One that is not among so many may be there all the same, and is not gone. */
export function schedulesIn({ schedules, more }: AllSchedules, before: Seen | undefined): Seen {
  const seen = new Map(more ? before : []);
  for (const schedule of schedules) seen.set(schedule.name, { event: 'schedule', schedule });
  return seen;
}

/** What is new, and what is gone. */
export function changesBetween(before: Seen, now: Seen): Change[] {
  const changes: Change[] = [];
  for (const [key, each] of now) if (!isToldAlready(before.get(key), each)) changes.push(each);
  for (const [key, each] of before) if (!now.has(key)) changes.push(...goneOf(each));
  return changes;
}

function isToldAlready(before: Change | undefined, now: Change): boolean {
  if (!isToldBy(before, now)) return false;
  if (before?.event !== 'agent' || now.event !== 'agent') return true;
  return isSpent(before.agent) === isSpent(now.agent);
}

/** Figures of a budget are told with what takes them, but this one decides. */
function isSpent({ budget, poolBudget }: AgentStatus): string {
  const isUp = (each: BudgetLine | undefined) => each?.today != null && isUsedUp(each, each.today);
  return `${isUp(budget)} ${isUp(poolBudget)}`;
}

/** The scheduler always is. */
function goneOf(change: Change): Change[] {
  switch (change.event) {
    case 'agent':
      return [{ event: 'agent-gone', name: change.agent.name }];
    case 'task':
      return [{ event: 'task-gone', taskId: change.task.taskId }];
    case 'schedule':
      return [{ event: 'schedule-gone', name: change.schedule.name }];
    default:
      return [];
  }
}

function schedulerIn(status: Look['status']): SchedulerNow {
  const { scheduler, exists, paused, stopped, deeds, enabled, daemon, problems } = status;
  return {
    ...{ scheduler, exists, paused, enabled, daemon, problems },
    ...(stopped && { stopped }),
    ...(deeds && { deeds }),
  };
}
