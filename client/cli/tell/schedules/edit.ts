import type { ScheduleLine } from '../../../../contract/schedule.ts';
import { schedulerError } from '../../../../words/errors.ts';
import { sayScheduleTrouble } from '../../../../words/schedule-trouble.ts';
import { type DefinitionFields, isList, withFields } from '../../../schedules/fields.ts';
import { fieldsOf } from '../../../schedules/fields-of.ts';
import { surroundingsOf } from '../../../schedules/surroundings.ts';
import { type Context, UsageError } from '../../call/context.ts';
import { saidBy } from '../../call/said-by.ts';
import { say } from '../../show/print.ts';
import { changedLines } from '../../show/schedules/changed.ts';
import { nextText, TIMES_SHOWN } from '../../show/schedules/next.ts';
import { withScheduler } from '../commands.ts';
import { fieldsGiven, type GivenOptions, readDefinition } from './given-fields.ts';
import { readerHere } from './reader.ts';

export interface EditOptions extends GivenOptions {
  /** Names of fields, as options without their dashes. */
  unset?: string[];
  /** The one that it was looked at; an edit since then is not undone. */
  version?: number;
  dryRun?: boolean;
}

/** `schedule edit`: only what is named changes. Exit code 2, and nothing is changed, where the result cannot be used. */
export async function editSchedule(
  context: Context,
  name: string,
  { unset = [], version, dryRun, ...given }: EditOptions,
): Promise<number> {
  const others = { ...fieldsGiven(given), ...unsetFields(unset) };
  if (Object.keys(others).length === 0)
    throw new UsageError('schedule edit: name what is to change, such as --cron or --title');
  const around = await surroundingsOf(context.loaded.config);
  return withScheduler(context, async ({ schedules }) => {
    const line = await schedules.line(name, 0);
    if (version !== undefined && version !== line.version) throw changed(line);
    const before = fieldsOf(line.definition);
    const { definition } = await readDefinition('edit', withFields(before, others), around);
    const lines = changedLines(before, fieldsOf(definition));
    if (lines.length === 0) return [`Schedule ${name} is so already: nothing is changed.`];
    if (dryRun) return [`Schedule ${name} was not edited (dry run):`, ...lines];
    const edited = await schedules.edit(definition, line.version, {
      ...saidBy(),
      ...(others.remaining === undefined && { keepRemaining: true }),
    });
    for (const trouble of edited.now.problems ?? []) say(sayScheduleTrouble({ schedule: name, trouble }));
    const next = nextText(edited, TIMES_SHOWN, readerHere()).split('\n');
    return [
      `Schedule ${name} is edited, and has version ${edited.version}. What is under way goes on as it began.`,
      ...lines,
      ...next,
    ];
  });
}

function unsetFields(names: readonly string[]): DefinitionFields {
  const fields = names.map((name) => name.replaceAll('-', '_'));
  return Object.fromEntries(fields.map((field) => [field, isList(field) ? [] : '']));
}

function changed({ name, version, by, editedMs }: ScheduleLine): Error {
  return schedulerError({
    ...{ code: 'schedule-changed', schedule: name, version, editedMs },
    ...(by !== undefined && { by }),
  });
}
