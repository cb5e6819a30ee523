import { sayMomentInBoth } from '../../../../words/due.ts';
import { sayBackfilled, saySkipped } from '../../../../words/schedule-done.ts';
import { readTime } from '../../../schedules/read-time.ts';
import { type Context, UsageError } from '../../call/context.ts';
import { saidBy } from '../../call/said-by.ts';
import { withScheduler } from '../commands.ts';
import { readerHere } from './reader.ts';

/** `schedule skip-next`: exit code 1 where nothing is due that could be left out. */
export function skipNext(context: Context, name: string): Promise<number> {
  return withScheduler(context, async ({ schedules }) => {
    const done = await schedules.skipNext(name, saidBy());
    const { definition } = await schedules.line(name, 0);
    const when =
      done.skipped === null ? '' : sayMomentInBoth(done.skipped, definition.timeZone, readerHere().ownZone);
    return { lines: [saySkipped(name, done, when)], code: done.skipped === null ? 1 : 0 };
  });
}

export interface BackfillOptions {
  from: string;
  to: string;
}

/** `schedule backfill`. */
export function backfill(context: Context, name: string, { from, to }: BackfillOptions): Promise<number> {
  const spanIn = (timeZone: string) => {
    const span = { fromMs: momentIn(from, timeZone, '--from'), toMs: momentIn(to, timeZone, '--to') };
    if (span.toMs < span.fromMs) throw new UsageError('backfill: --to is before --from');
    return span;
  };
  // Whether these are times at all can be told without the schedule.
  spanIn('UTC');
  return withScheduler(context, async ({ schedules }) => {
    const span = spanIn((await schedules.line(name, 0)).definition.timeZone);
    if (span.fromMs > Date.now())
      throw new UsageError('backfill: --from is in the future; the plan has that');
    return [sayBackfilled(name, await schedules.backfill(name, span, saidBy()))];
  });
}

/** As readTime has it. @throws UsageError */
export function momentIn(text: string, timeZone: string, option: string): number {
  const read = readTime(text, timeZone);
  if ('problem' in read) throw new UsageError(`${option}: ${read.problem}`);
  return read.atMs;
}
