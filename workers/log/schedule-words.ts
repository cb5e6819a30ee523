import type { ScheduleEvent } from '../../activities/schedule-events.ts';
import { counted } from '../../words/number.ts';
import { sayNotBegun, sayTrigger, sayWaitsFor } from '../../words/occurrence.ts';
import { type Entry, type Fields, info } from './line.ts';
import { localTime } from './local-time.ts';

/** What the log says of schedules and their occurrences. */
export function scheduleWords(event: ScheduleEvent): Entry[] {
  switch (event.what) {
    case 'schedule-kept':
      return kept(event);
    case 'occurrence-began': {
      const { schedule, number, version, trigger, plannedMs, occurrence } = event;
      const about = `occurrence ${number} of ${localTime(plannedMs)}, ${sayTrigger(trigger)}`;
      return [
        info(`Schedule ${schedule}: ${about}, begins; version ${version}, ${occurrence}`, fieldsOf(event)),
      ];
    }
    case 'occurrence-left-out': {
      const { schedule, plannedMs, because, occurrence } = event;
      const text = `Schedule ${schedule}: the occurrence of ${localTime(plannedMs)} is left out: ${sayNotBegun(because)}; ${occurrence}`;
      const isMissed =
        because.why === 'too-late' || because.why === 'superseded' || because.why === 'not-fired';
      return [{ level: isMissed ? 'WARNING' : 'INFO', text, fields: fieldsOf(event) }];
    }
    case 'occurrence-waits':
      return [waits(event)];
    case 'occurrence-task': {
      const { schedule, occurrence, taskId } = event;
      return [info(`Schedule ${schedule}: task ${taskId} is made by ${occurrence}`, fieldsOf(event))];
    }
    case 'occurrence-over':
      return [over(event)];
  }
}

type Of<What extends ScheduleEvent['what']> = Extract<ScheduleEvent, { what: What }>;

function fieldsOf(event: { schedule: string; occurrence: string; taskId?: number }): Fields {
  const { schedule, occurrence, taskId } = event;
  return { schedule, occurrence, ...(taskId !== undefined && { taskId }) };
}

/** That one is refused lasts until it is taken, or gone. */
function kept({ schedule, wanted, nextMs, refused }: Of<'schedule-kept'>): Entry[] {
  const key = `schedule ${schedule}`;
  const fields = { schedule };
  if (refused !== undefined) {
    const text = `Schedule ${schedule} is not in force: the Temporal server does not take it: ${refused}`;
    return [
      {
        key,
        now: [{ id: schedule, value: refused.slice(0, 500), say: () => ({ level: 'ERROR', text, fields }) }],
      },
    ];
  }
  return [{ key, now: [] }, info(`Schedule ${schedule} is ${sayWanted(wanted)}${sayNext(nextMs)}`, fields)];
}

function sayWanted(wanted: Of<'schedule-kept'>['wanted']): string {
  switch (wanted) {
    case 'active':
      return 'in force';
    case 'paused':
      return 'paused';
    case 'absent':
      return 'taken out of the Temporal server: nothing of it is to come';
  }
}

function sayNext([next]: readonly number[]): string {
  return next === undefined ? '' : `; due next at ${localTime(next)}`;
}

/** It asks each minute, and says why once, and again each hour. */
function waits({ schedule, occurrence, waits: forWhat }: Of<'occurrence-waits'>): Entry {
  const text = `Schedule ${schedule}: ${occurrence} waits: ${sayWaitsFor(forWhat)}`;
  const say = () => ({ level: 'INFO', text, fields: { schedule, occurrence } }) as const;
  return {
    key: 'occurrences that wait',
    how: 'occasions',
    now: [{ id: `${occurrence} ${forWhat.for}`, value: '', say }],
  };
}

function over(event: Of<'occurrence-over'>): Entry {
  const { schedule, occurrence, taskId, look, calledOff } = event;
  const { state, reason, attempts } = look;
  const became = calledOff ? 'is called off' : state === 'complete' ? 'is done' : 'ended badly';
  const why = reason === undefined ? '' : `: ${reason}`;
  const text = `Schedule ${schedule}: ${occurrence} ${became}${why}; task ${taskId}, ${counted(attempts, 'attempt')}`;
  const isBad = !calledOff && state !== 'complete';
  return { level: isBad ? 'WARNING' : 'INFO', text, fields: { ...fieldsOf(event), state } };
}
