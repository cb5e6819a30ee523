import { DEFAULTS, type Definition, type Timing, type Work } from '../../domain/schedule/definition.ts';
import { lengthText } from '../../domain/schedule/length-text.ts';
import { momentsOf, type WallTime, wallTime, zoneOf } from '../../domain/schedule/zone.ts';
import { priorityWord } from '../../words/schedule.ts';
import type { DefinitionFields } from './fields.ts';

/** A definition as definitionOf reads it; what is as it would be anyhow is left out. */
export function fieldsOf(definition: Definition): DefinitionFields {
  const { name, timing, timeZone, work, priority, overlap, catchUpMs, jitterMs } = definition;
  const { jobKey, maxPerJob, maxGlobal, remaining, pauseOnFailure, startMs, endMs } = definition;
  return withoutEmpty({
    name,
    ...timingFields(timing),
    timezone: timeZone,
    start: momentText(startMs, timeZone),
    end: momentText(endMs, timeZone),
    jitter: unless(DEFAULTS.jitterMs, jitterMs, lengthText),
    catchup: unless(DEFAULTS.catchUpMs, catchUpMs, lengthText),
    ...workFields(work),
    priority: unless(DEFAULTS.priority, priority, priorityText),
    job_key: jobKey,
    max_per_job: numberText(maxPerJob),
    max_global: numberText(maxGlobal),
    overlap: unless(DEFAULTS.overlap, overlap, String),
    remaining: numberText(remaining),
    pause_on_failure: numberText(pauseOnFailure),
  });
}

function timingFields(timing: Timing): DefinitionFields {
  switch (timing.kind) {
    case 'cron':
      return { cron: timing.cron };
    case 'every':
      return {
        every: lengthText(timing.everyMs),
        ...(timing.offsetMs && { offset: lengthText(timing.offsetMs) }),
      };
    case 'at':
      return { at: timing.at };
    case 'calendar':
      return { calendar: timing.calendar };
  }
}

function workFields(work: Work): { [Key in keyof DefinitionFields]: DefinitionFields[Key] | undefined } {
  const { title, description } = work;
  if (work.kind === 'command') return { title, description, command: work.command, args: work.args };
  const { queue, agent, recipe, tags } = work;
  return { title, description, queue, agent, recipe, tags };
}

/** The word for it, where there is one. */
function priorityText(priority: number): string {
  return priorityWord(priority) ?? String(priority);
}

/** In the zone; with the offset where the clocks show it twice, or the zone is not known here. */
function momentText(ms: number | undefined, timeZone: string): string | undefined {
  if (ms === undefined) return undefined;
  const zone = zoneOf(timeZone);
  const inZone = zone && wallText(wallTime(zone, ms));
  const isIt = zone && momentsOf(zone, wallTime(zone, ms)).length === 1;
  return isIt ? inZone : new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');
}

function wallText({ year, month, day, hour, minute, second }: WallTime): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const seconds = second === 0 ? '' : `:${two(second)}`;
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}${seconds}`;
}

function numberText(number: number | undefined): string | undefined {
  return number === undefined ? undefined : String(number);
}

function unless<T>(usual: T, value: T, text: (value: T) => string): string | undefined {
  return value === usual ? undefined : text(value);
}

function withoutEmpty(
  fields: {
    [Key in keyof DefinitionFields]: DefinitionFields[Key] | undefined;
  },
): DefinitionFields {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined && value.length > 0);
  return Object.fromEntries(there) as DefinitionFields;
}
