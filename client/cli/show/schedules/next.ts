import type { ScheduleLine } from '../../../../contract/schedule.ts';
import { compileOrSay } from '../../../../domain/schedule/compile.ts';
import type { Upcoming } from '../../../../domain/schedule/upcoming.ts';
import { sayUpcoming } from '../../../../words/due.ts';
import { sayTimingProblem } from '../../../../words/timing-problem.ts';
import { comingOf } from '../../../schedules/next-times.ts';
import { paragraph } from '../print.ts';
import type { Reader } from './list.ts';
import { away } from './times.ts';

/** What people want to see of one schedule. */
export const TIMES_SHOWN = 10;

type Seen = Pick<ScheduleLine, 'definition' | 'state' | 'skips'>;

/** The next times for people, on both clocks, with what changes of the clocks do to them. */
export function nextText({ definition, state, skips }: Seen, count: number, reader: Reader): string {
  const { nowMs } = reader;
  if (state === 'finished') return 'Nothing of it is due any more.';
  const spec = compileOrSay(definition);
  if ('code' in spec) return paragraph(`When it is due cannot be told here: ${sayTimingProblem(spec)}`);
  const coming = comingOf(definition, skips, { afterMs: nowMs, count });
  if (coming.length === 0) return 'Nothing of it is due any more.';
  const head = state === 'paused' ? 'It would be due next, but it is paused:' : 'It is due next:';
  return paragraph(
    head,
    ...coming.map((what) => `  ${comingLine(what, definition.timeZone, skips, reader)}`),
  );
}

function comingLine(
  what: Upcoming,
  timeZone: string,
  skips: readonly number[],
  { nowMs, ownZone }: Reader,
): string {
  const said = sayUpcoming(what, timeZone, ownZone);
  if (what.kind !== 'due') return said;
  return `${said}, ${skips.includes(what.atMs) ? 'left out' : away(what.atMs, nowMs)}`;
}
