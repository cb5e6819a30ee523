import { calledAs } from '../config/called-as.ts';
import type { ErrorCode, Failure } from '../contract/errors.ts';
import { moment } from './clock.ts';

const CODES = [
  'no-such-schedule',
  'existing-schedule',
  'schedule-changed',
  'schedule-paused',
  'schedule-finished',
  'no-daemon',
  'too-many-times',
  'no-such-time',
  'wrong-cursor',
] as const satisfies ErrorCode[];

/** A failure that has to do with a schedule. */
export type NoSchedule = Extract<Failure, { code: (typeof CODES)[number] }>;

export function isNoSchedule(failure: Failure): failure is NoSchedule {
  return CODES.some((code) => code === failure.code);
}

/** Why nothing was done with a schedule. */
export function sayNoSchedule(failure: NoSchedule): string {
  switch (failure.code) {
    case 'no-such-schedule': {
      const near = failure.known.map((name) => JSON.stringify(name)).join(' or ');
      const meant =
        near === '' ? `\`${calledAs()} schedule list\` names those that there are` : `Did you mean ${near}?`;
      return `There is no schedule ${JSON.stringify(failure.schedule)}. ${meant}${near === '' ? '.' : ''}`;
    }
    case 'existing-schedule':
      return (
        `There is a schedule ${JSON.stringify(failure.schedule)} already: ` +
        `\`${calledAs()} schedule edit ${failure.schedule}\` changes it.`
      );
    case 'schedule-changed': {
      const by = failure.by === undefined ? '' : ` by ${failure.by}`;
      return (
        `Schedule ${failure.schedule} was edited${by} at ${moment(failure.editedMs)}, since it was read; it has version ` +
        `${failure.version} now. Nothing was changed: look at it, and edit it again.`
      );
    }
    case 'schedule-paused':
      return `Schedule ${failure.schedule} is paused, so nothing was started: \`resume\` it, or say --even-if-paused.`;
    case 'schedule-finished':
      return `Schedule ${failure.schedule} is finished, so there is nothing left of it to do: \`edit\` its end to have more.`;
    case 'no-daemon': {
      const within = `within ${failure.withinMs / 1_000} s`;
      const told = failure.onlyAsked
        ? `No daemon has answered ${within}, and only the schedule itself knows.`
        : `No daemon has taken it ${within}, so it is not known whether it was done.`;
      return `${told} \`${calledAs()} start\` brings one up.`;
    }
    case 'too-many-times':
      return (
        `Schedule ${failure.schedule} was due ${failure.count} times then, and at most ${failure.most} are started at once: ` +
        'nothing was started. Name a shorter time.'
      );
    case 'wrong-cursor':
      return `${JSON.stringify(failure.cursor.slice(0, 80))} is no page of the list: begin at the first one, and give what it says.`;
    case 'no-such-time':
      return `Schedule ${failure.schedule} has nothing to decide about ${moment(failure.atMs)}.`;
  }
}
