import type { Look, OpenTask } from '../../contract/listings.ts';
import type { AllSchedules, ScheduleNow } from '../../contract/schedule.ts';
import type { AgentStatus, Problem, SchedulerState } from '../../contract/status.ts';

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

/** Something of which a change is told. */
interface Thing {
  /** Another one when there is something new to tell. */
  mark: string;
  now: Change;
  /** What is told when it is there no more; the scheduler always is. */
  gone?: Change;
}

/** All that is told of, by a key. */
export type Seen = ReadonlyMap<string, Thing>;

/** What a look shows. While TinyTask does not answer, tasks are as they were. */
export function seenIn({ status, tasks }: Look, before: Seen | undefined): Seen {
  const things = new Map<string, Thing>([['scheduler', schedulerThing(status)]]);
  for (const agent of status.agents) things.set(`agent ${agent.name}`, agentThing(agent));
  if (tasks !== null) for (const task of tasks) things.set(`task ${task.taskId}`, taskThing(task));
  else for (const [key, thing] of before ?? []) if (thing.now.event === 'task') things.set(key, thing);
  return things;
}

/** The schedules. One that is not among so many may be there all the same, and is not gone. */
export function schedulesIn({ schedules, more }: AllSchedules, before: Seen | undefined): Seen {
  const things = new Map(more ? before : []);
  for (const schedule of schedules) things.set(schedule.name, scheduleThing(schedule));
  return things;
}

/** What is new, and what is gone. */
export function changesBetween(before: Seen, now: Seen): Change[] {
  const changes: Change[] = [];
  for (const [key, thing] of now) if (before.get(key)?.mark !== thing.mark) changes.push(thing.now);
  for (const [key, { gone }] of before) if (gone !== undefined && !now.has(key)) changes.push(gone);
  return changes;
}

function schedulerThing(status: Look['status']): Thing {
  const { scheduler, exists, paused, stopped, deeds, enabled, daemon, problems } = status;
  const now: SchedulerNow = {
    ...{ scheduler, exists, paused, enabled, daemon, problems },
    ...(stopped && { stopped }),
    ...(deeds && { deeds }),
  };
  const mark = JSON.stringify([scheduler, paused, stopped, enabled, daemon, problems.length]);
  return { mark, now: { event: 'scheduler', scheduler: now } };
}

function agentThing(agent: AgentStatus): Thing {
  const { name, queue, held, limit, waiting, paused, poolPaused, stopped, poolStopped, poolHold } = agent;
  const { leaving, health } = agent;
  const mark = JSON.stringify([
    ...[queue, held, limit, waiting, paused || poolPaused, stopped || poolStopped, poolHold !== undefined],
    ...[leaving, health.state, health.state === 'well' ? null : health.untilMs],
  ]);
  return { mark, now: { event: 'agent', agent }, gone: { event: 'agent-gone', name } };
}

function scheduleThing(schedule: ScheduleNow): Thing {
  const { name, state, version, nextMs, last, running, problems } = schedule;
  const mark = JSON.stringify([state, version, nextMs, last?.plannedMs, last?.endedMs, running, problems]);
  return { mark, now: { event: 'schedule', schedule }, gone: { event: 'schedule-gone', name } };
}

function taskThing(task: OpenTask): Thing {
  const { taskId, phase, agent, pool, queue, priority, run, waits, blockedBy, sinceMs } = task;
  const mark = [
    phase,
    agent,
    pool,
    queue,
    priority,
    run?.attempt,
    waits?.reason.why,
    waits?.still?.why,
    blockedBy.join(),
    sinceMs,
  ].join('\n');
  return { mark, now: { event: 'task', task }, gone: { event: 'task-gone', taskId } };
}
