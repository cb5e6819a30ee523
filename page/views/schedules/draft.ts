// What a person has typed of a definition, and what of it is sent. Texts as they stand in the fields; lists one in a line.

/** The fields of the form, by the names that the API has for them. */
export const FIELDS = [
  ...([
    'name',
    'cron',
    'every',
    'offset',
    'at',
    'calendar',
    'timezone',
    'start',
    'end',
    'remaining',
  ] as const),
  ...(['title', 'description', 'queue', 'agent', 'recipe', 'tags', 'command', 'args', 'priority'] as const),
  ...(['overlap', 'catchup', 'jitter', 'job_key', 'max_per_job', 'max_global', 'pause_on_failure'] as const),
  'pause_note',
] as const;
export type Field = (typeof FIELDS)[number];

export const TIMINGS = ['cron', 'every', 'at', 'calendar'] as const;
export type Timing = (typeof TIMINGS)[number];
export type Work = 'task' | 'command';

export interface Draft {
  timing: Timing;
  work: Work;
  texts: Readonly<Partial<Record<Field, string>>>;
  /** Only of one that is new: it begins paused. */
  paused: boolean;
}

const LISTS: readonly Field[] = ['tags', 'args'];
const OF_TASKS: readonly Field[] = ['queue', 'agent', 'recipe', 'tags'];
const OF_PROGRAMS: readonly Field[] = ['command', 'args'];
const OF_WORK: readonly Field[] = ['title', 'description', ...OF_TASKS, ...OF_PROGRAMS];

export const EMPTY: Draft = { timing: 'cron', work: 'task', texts: {}, paused: false };

/** One that works where an agent serves the queue. */
export function exampleDraft(queue: string | undefined, timezone: string): Draft {
  const texts = {
    ...{ name: 'nightly', cron: '0 3 * * *', timezone, title: 'Read the logs of {{date}}' },
    ...(queue !== undefined && { queue }),
  };
  return { ...EMPTY, texts };
}

/** @param definition as the API has it */
export function draftOf(definition: Readonly<Record<string, unknown>>): Draft {
  const texts = FIELDS.flatMap((field): [Field, string][] => {
    const value = definition[field];
    if (value === undefined || value === null) return [];
    return [[field, Array.isArray(value) ? value.join('\n') : String(value)]];
  });
  return {
    timing: TIMINGS.find((each) => definition[each] != null) ?? 'cron',
    work: definition.command == null ? 'task' : 'command',
    texts: Object.fromEntries(texts),
    paused: false,
  };
}

/** Whether a field belongs to what was chosen; what was typed into others is kept, and not sent. */
export function isOf({ timing, work, paused }: Draft, field: Field): boolean {
  if (TIMINGS.some((each) => each === field)) return field === timing;
  if (field === 'offset') return timing === 'every';
  if (OF_TASKS.includes(field)) return work === 'task';
  if (OF_PROGRAMS.includes(field)) return work === 'command';
  return field !== 'pause_note' || paused;
}

export type Body = Record<string, string | string[] | boolean | null>;

/** All that there is, for the API to make or to preview. */
export function bodyOf(draft: Draft): Body {
  const given = FIELDS.flatMap((field): [Field, string | string[]][] => {
    const value = sentOf(draft, field);
    return value.length === 0 ? [] : [[field, value]];
  });
  return { ...Object.fromEntries(given), ...(draft.paused && { enabled: false }) };
}

/** What differs, for the API to change: null takes a field away. */
export function changesOf(before: Draft, draft: Draft): Body {
  const changed = FIELDS.filter((field) => !isSame(sentOf(before, field), sentOf(draft, field)));
  // Where another kind of work is named, the API lets all go that the kind before had; so it does where a program is.
  const isOther = before.work !== draft.work || changed.includes('command');
  const sent = isOther
    ? FIELDS.filter((field) => changed.includes(field) || isSentOfWork(draft, field))
    : changed;
  return Object.fromEntries(
    sent.map((field) => {
      const value = sentOf(draft, field);
      return [field, value.length === 0 ? null : value];
    }),
  );
}

function isSentOfWork(draft: Draft, field: Field): boolean {
  return OF_WORK.includes(field) && sentOf(draft, field).length > 0;
}

/** As it is sent; empty: nothing is said. */
function sentOf(draft: Draft, field: Field): string | string[] {
  const text = isOf(draft, field) ? (draft.texts[field] ?? '') : '';
  if (LISTS.includes(field)) return text.split('\n').filter((line) => line.trim() !== '');
  return field === 'description' ? text : text.trim();
}

function isSame(one: string | string[], other: string | string[]): boolean {
  return [one].flat().join('\n') === [other].flat().join('\n');
}

/** Names of the fields that differ. */
export function changedFields(before: Draft, draft: Draft): Field[] {
  return FIELDS.filter((field) => !isSame(sentOf(before, field), sentOf(draft, field)));
}

/** As it stands, for who compares; a dash: nothing. */
export function sayField(draft: Draft, field: Field): string {
  return [sentOf(draft, field)].flat().join(', ') || '–';
}

/** What was changed of `before`, done to `theirs`: where both changed a field, mine counts. */
export function onTopOf(before: Draft, mine: Draft, theirs: Draft): Draft {
  const changed = changedFields(before, mine);
  const texts: Partial<Record<Field, string>> = { ...theirs.texts };
  for (const field of FIELDS)
    if (changed.includes(field) || !isOf(theirs, field)) texts[field] = mine.texts[field] ?? '';
  const timing = before.timing === mine.timing ? theirs.timing : mine.timing;
  const work = before.work === mine.work ? theirs.work : mine.work;
  return { timing, work, texts, paused: mine.paused };
}
