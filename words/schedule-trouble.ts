import { calledAs } from '../config/called-as.ts';
import type { ScheduleTrouble } from '../contract/status.ts';
import { cut } from '../domain/cut.ts';
import { moment } from './clock.ts';
import { counted } from './number.ts';

/** A reason that somebody else wrote. */
const QUOTED = { chars: 300, bytes: 1_200 };
const quoted = (text: string) => cut(text.replace(/\s+/g, ' ').trim(), QUOTED);

/** What is wrong with a schedule, and what helps, as sentences. */
export function sayScheduleTrouble({ schedule, trouble }: ScheduleTrouble): string {
  const name = `Schedule ${schedule}`;
  switch (trouble.problem) {
    case 'did-not-fire':
      return (
        `${name} did not fire: it was due at ${moment(trouble.dueMs)}, and nothing has begun. ` +
        'An occurrence needs a daemon that lives; this goes away when the next one begins.'
      );
    case 'bad-ends':
      return (
        `${name} has ended badly ${trouble.inARow} times in a row, the last time: ${quoted(trouble.reason)}. ` +
        `\`${calledAs()} schedule history ${schedule}\` tells of each.`
      );
    case 'not-kept':
      return (
        `${name} is not in force: the Temporal server does not take it (${quoted(trouble.text)}). ` +
        `\`${calledAs()} schedule edit ${schedule}\` changes it.`
      );
    case 'missed':
      return (
        `${name} has missed ${counted(trouble.count, 'time')}, the newest at ${moment(trouble.newestMs)}. ` +
        `\`${calledAs()} schedule missed\` lists them, and runs or leaves out each.`
      );
  }
}

export function sayMoreSchedules(count: number): string {
  const more = count === 1 ? '1 more schedule is' : `${count} more schedules are`;
  return `${more} in trouble; \`${calledAs()} schedule list\` tells which.`;
}
