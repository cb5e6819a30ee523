import type { ScheduleLine } from '../contract/schedule.ts';
import type { Removed, SchedulerState } from '../contract/status.ts';
import { dueNextMs } from '../domain/schedule/due-next.ts';
import { moment } from './clock.ts';
import { counted } from './number.ts';
import { sayTiming } from './schedule-timing.ts';
import { sayScheduler } from './scheduler.ts';

// The first sentences of what tools answer to agents.

export interface Counts {
  open: number;
  running: number;
  pending: number;
  blocked: number;
  parked: number;
}

export function sayCounts({ open, running, pending, blocked, parked }: Counts): string {
  return `${counted(open, 'task')} open: ${running} running, ${pending} pending, ${blocked} blocked, ${parked} parked`;
}

export function sayDaemon(state: SchedulerState): string {
  return `Scheduler: ${sayScheduler(state)}.`;
}

/** @param all such as `12 open tasks` */
export function sayListed(shown: number, total: number, all: string): string {
  return shown < total ? `${shown} of ${all}.` : `${all}.`;
}

export function sayScheduleLine(line: ScheduleLine): string {
  const { name, state, definition, pause } = line;
  const nextMs = dueNextMs(line);
  const next = nextMs === undefined ? 'no next time' : `next ${moment(nextMs)}`;
  const by = pause?.by === undefined ? '' : ` by ${pause.by}`;
  return `Schedule ${name} is ${state}${by}: ${sayTiming(definition.timing, definition.timeZone)}; ${next}`;
}

export function sayRemoved(removed: Removed): string {
  if (removed.did === 'removed')
    return `Task ${removed.taskId} is removed: it is archived, and does not start any more.`;
  return `Task ${removed.taskId} is ${removed.since} already, so there is nothing to remove.`;
}

/** A cancel that has been asked for, and is not carried out yet. */
export function sayAskedToStop(taskId: number, seeHow: string): string {
  return `Task ${taskId} was asked to stop, which takes some seconds. ${seeHow} tells when it has: its phase is parked then.`;
}

export function sayStopped(running: number): string {
  const goOn =
    running === 0
      ? 'Nothing runs.'
      : `${counted(running, 'task')} that run${running === 1 ? 's' : ''} go on.`;
  return `Nothing new starts, and what is queued stays. ${goOn}`;
}

/** A switch that was turned by a message which nobody has taken yet. */
export const NOT_TAKEN =
  'It is asked for, and counts as soon as a daemon takes it: scheduler_daemon_status tells when';
