import { hasCode } from '../../../../contract/errors.ts';
import type { ScheduleLine } from '../../../../contract/schedule.ts';
import { isNoAnswer } from '../../../../temporal/connect.ts';
import { schedulerError } from '../../../../words/errors.ts';
import { sayTiming } from '../../../../words/schedule-timing.ts';
import { sayScheduleTrouble } from '../../../../words/schedule-trouble.ts';
import { lineJson } from '../../../json/schedules/line.ts';
import { plannedLine } from '../../../schedules/schedule-line.ts';
import { surroundingsOf } from '../../../schedules/surroundings.ts';
import type { Context } from '../../call/context.ts';
import { saidBy } from '../../call/said-by.ts';
import { connectHere } from '../../call/scheduler.ts';
import { print, printJson, printLines, say } from '../../show/print.ts';
import { nextText, TIMES_SHOWN } from '../../show/schedules/next.ts';
import { fieldsGiven, type GivenOptions, readDefinition } from './given-fields.ts';
import { readerHere } from './reader.ts';

export interface CreateOptions extends GivenOptions {
  paused?: boolean;
  note?: string;
  dryRun?: boolean;
  json?: boolean;
}

/** `schedule create`. Exit code 2, and nothing is created, where what was given cannot be used. */
export async function createSchedule(
  context: Context,
  name: string,
  { paused = false, note, dryRun, json, ...given }: CreateOptions,
): Promise<number> {
  const { loaded } = context;
  const around = await surroundingsOf(loaded.config);
  const { definition } = await readDefinition('create', { ...fieldsGiven(given), name }, around);
  if (given.timezone === undefined && definition.timing.kind !== 'every')
    say(`its times are those of this machine's zone, ${definition.timeZone}; --timezone names another`);
  if (dryRun) {
    await refuseExisting(context, name);
    tell(plannedLine(definition, { paused, times: TIMES_SHOWN }), {
      json,
      head: `Schedule ${name} was not created (dry run)`,
    });
    return 0;
  }
  const scheduler = await connectHere(context);
  try {
    const line = await scheduler.schedules.create(definition, { ...saidBy(note), ...(paused && { paused }) });
    for (const trouble of line.now.problems ?? []) say(sayScheduleTrouble({ schedule: name, trouble }));
    tell(line, { json, head: `Schedule ${name} is created${paused ? ', paused' : ''}` });
    return 0;
  } finally {
    await scheduler.close();
  }
}

function tell(line: ScheduleLine, { json, head }: { json: boolean | undefined; head: string }): void {
  if (json) {
    printJson(lineJson(line));
    return;
  }
  print(`${head}: ${sayTiming(line.definition.timing, line.definition.timeZone)}.`);
  printLines(nextText(line, TIMES_SHOWN, readerHere()));
}

/** A dry run needs no server, and says so where it has none. @throws `existing-schedule` */
async function refuseExisting(context: Context, name: string): Promise<void> {
  try {
    const scheduler = await connectHere(context);
    try {
      await scheduler.schedules.line(name, 0);
    } finally {
      await scheduler.close();
    }
  } catch (error) {
    if (hasCode(error, 'no-such-schedule')) return;
    if (!isNoAnswer(error)) throw error;
    say('Temporal does not answer, so whether there is one of that name already is not known');
    return;
  }
  throw schedulerError({ code: 'existing-schedule', schedule: name });
}
