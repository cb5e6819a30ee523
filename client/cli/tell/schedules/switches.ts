import { sayNotMadeUp, sayNowPaused, sayTakenOut } from '../../../../words/schedule-done.ts';
import { timesBetween } from '../../../schedules/next-times.ts';
import type { Context } from '../../call/context.ts';
import { saidBy } from '../../call/said-by.ts';
import { bothTimes } from '../../show/schedules/times.ts';
import { withScheduler } from '../commands.ts';
import { readerHere } from './reader.ts';

export interface Noted {
  note?: string;
}

/** `schedule pause`. */
export function pauseSchedule(context: Context, name: string, { note }: Noted): Promise<number> {
  return withScheduler(context, async ({ schedules }) => {
    const did = await schedules.pause(name, saidBy(note));
    return [sayNowPaused(name, did)];
  });
}

/** `schedule resume`: what was due meanwhile is not made up for, and is said. */
export function resumeSchedule(context: Context, name: string, { note }: Noted): Promise<number> {
  return withScheduler(context, async ({ schedules }) => {
    const { pause, definition } = (await schedules.next(name, 0)).line;
    const did = await schedules.resume(name, saidBy(note));
    if (!did) return [`Schedule ${name} is not paused.`];
    const { nowMs, ownZone } = readerHere();
    const missed = pause === undefined ? 0 : timesBetween(definition, pause.atMs, nowMs);
    const [next] = (await schedules.next(name, 1)).nextMs;
    const when =
      next === undefined ? 'nothing of it is due any more' : `next at ${bothTimes(next, definition.timeZone, ownZone)}`;
    return [`Schedule ${name} goes on: ${when}.`, ...sayNotMadeUp(name, missed)];
  });
}

/** `schedule delete`. */
export function deleteSchedule(context: Context, name: string, { note }: Noted): Promise<number> {
  return withScheduler(context, async ({ schedules }) => {
    const { open } = await schedules.delete(name, saidBy(note));
    return [sayTakenOut(name, open)];
  });
}
