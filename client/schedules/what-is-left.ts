import type { ScheduleLine } from '../../contract/schedule.ts';
import type { Definition } from '../../domain/schedule/definition.ts';

/**
 * What remains of a schedule gets less by itself. Where as many have begun as would explain the difference, it is the same number
 * still: else each time that a file is applied a schedule would begin anew, and one that was made a moment ago would be another one.
 */
export function withWhatIsLeft(wanted: Definition, { definition, now }: ScheduleLine): Definition {
  const { remaining: left } = definition;
  if (wanted.remaining === undefined || left === undefined) return wanted;
  const began = wanted.remaining - left;
  return began > 0 && began <= now.count ? { ...wanted, remaining: left } : wanted;
}
