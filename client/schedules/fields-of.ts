import {
  DEFAULTS,
  type Definition,
  PRIORITIES,
  type Timing,
  type Work,
} from '../../domain/schedule/definition.ts';
import { durationText } from '../../domain/schedule/duration.ts';
import type { DefinitionFields } from './fields.ts';

/** A definition as definitionOf reads it; what is as it would be anyhow is left out. */
export function fieldsOf(definition: Definition): DefinitionFields {
  const { name, timing, timeZone, work, priority, overlap, catchUpMs, jitterMs } = definition;
  const { jobKey, maxPerJob, maxGlobal, remaining, pauseOnFailure, startMs, endMs } = definition;
  return withoutEmpty({
    name,
    ...timingFields(timing),
    timezone: timeZone,
    start: momentText(startMs),
    end: momentText(endMs),
    jitter: unless(DEFAULTS.jitterMs, jitterMs, durationText),
    catchup: unless(DEFAULTS.catchUpMs, catchUpMs, durationText),
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
      return { every: durationText(timing.everyMs) };
    case 'at':
      return { at: timing.at };
    case 'calendar':
      return { calendar: timing.calendar };
  }
}

function workFields(work: Work): { [Key in keyof DefinitionFields]: DefinitionFields[Key] | undefined } {
  if (work.kind === 'command') return { title: work.title, command: work.command, args: work.args };
  const { title, description, queue, agent, recipe, tags } = work;
  return { title, description, queue, agent, recipe, tags };
}

/** The word for it, where there is one. */
export function priorityText(priority: number): string {
  return Object.entries(PRIORITIES).find(([, number]) => number === priority)?.[0] ?? String(priority);
}

function momentText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
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
