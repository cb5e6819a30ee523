import type { Note } from '../../../../contract/by-hand.ts';
import { dueNextMs } from '../../../../domain/schedule/due-next.ts';
import { sayMomentInBoth } from '../../../../words/due.ts';
import { sayGoesOn, sayNotMadeUp, sayNowPaused, sayTakenOut } from '../../../../words/schedule-done.ts';
import { timesBetween } from '../../../schedules/next-times.ts';
import type { SchedulesClient } from '../../../schedules-client.ts';
import type { Context } from '../../call/context.ts';
import { saidBy } from '../../call/said-by.ts';
import { withScheduler } from '../commands.ts';
import { readerHere } from './reader.ts';

/** `schedule pause`, `resume`, `delete`. */
export function switchSchedule(
  context: Context,
  verb: 'pause' | 'resume' | 'delete',
  { name, note }: { name: string; note?: string },
): Promise<number> {
  const said = saidBy(note);
  return withScheduler(context, async ({ schedules }) => {
    switch (verb) {
      case 'pause':
        return [sayNowPaused(name, await schedules.pause(name, said))];
      case 'resume':
        return resume(schedules, name, said);
      case 'delete':
        return [sayTakenOut(name, (await schedules.delete(name, said)).open)];
    }
  });
}

/** What was due while it was paused is not made up for, and is said. */
async function resume(schedules: SchedulesClient, name: string, said: Note): Promise<string[]> {
  const { pause, definition } = await schedules.line(name, 0);
  if (!(await schedules.resume(name, said))) return [`Schedule ${name} is not paused.`];
  const { nowMs, ownZone } = readerHere();
  const missed = pause === undefined ? 0 : timesBetween(definition, pause.atMs, nowMs);
  const next = dueNextMs(await schedules.line(name, 1));
  const when = next === undefined ? undefined : sayMomentInBoth(next, definition.timeZone, ownZone);
  return [sayGoesOn(name, when), ...sayNotMadeUp(name, missed)];
}
