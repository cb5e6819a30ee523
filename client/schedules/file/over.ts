import type { Applied } from '../../../contract/schedule-applied.ts';
import type { FileProblem } from '../../../contract/schedule-file.ts';
import type { Wanted } from './read-file.ts';

/** A time that is over is good in a file that was good once; of a schedule that is new, or gets it now, it is a slip of the pen. */
export function overProblems(wanted: readonly Wanted[], plan: readonly Applied[]): FileProblem[] {
  const planned = new Map(plan.map((each) => [each.schedule, each]));
  return wanted.flatMap(({ definition: { name: schedule }, over, line }) => {
    const what = planned.get(schedule);
    const isNew = what?.did === 'created' || (what?.did === 'edited' && isOverNow(what.changed));
    if (over === undefined || !isNew) return [];
    return [{ line, schedule, code: 'over' as const, problem: over }];
  });
}

const TIMES = ['cron', 'every', 'offset', 'at', 'calendar', 'timezone', 'start', 'end', 'remaining'];

function isOverNow(changed: readonly string[]): boolean {
  return changed.some((field) => TIMES.includes(field));
}
