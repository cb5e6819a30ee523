import type { Field, Timing } from './draft.ts';

/** What a field is, and what may stand in it. */
export interface FieldWords {
  label: string;
  hint?: string;
  placeholder?: string;
}

export const FIELD_WORDS: Readonly<Record<Field, FieldWords>> = {
  name: { label: 'Name', hint: 'Letters, digits, “.”, “_” and “-”. It stays: what is under way goes by it.' },
  cron: {
    label: 'cron',
    hint: 'Minute, hour, day of the month, month, day of the week: 0 3 * * * is every day at 03:00. Also @daily and the like.',
    placeholder: '0 3 * * *',
  },
  every: {
    label: 'Every',
    hint: '15m, 1h30m, 2d. Counted from 1970 in UTC: 15m is due at :00, :15, :30 and :45.',
    placeholder: '15m',
  },
  offset: { label: 'Moved by', hint: 'Later than that by so much: 5m.', placeholder: '5m' },
  at: { label: 'At', hint: 'Once, at this time of the zone.', placeholder: '2026-12-24 18:00' },
  calendar: {
    label: 'In words',
    hint:
      'every weekday 09:00; every monday and thursday 08:15; first monday of the month 09:00; last day of the month 18:00; ' +
      'last weekday of the month 09:00; 24 december 18:00.',
    placeholder: 'every weekday 09:00',
  },
  timezone: {
    label: 'Time zone',
    hint: 'Whose clocks count. Empty: those of the scheduler’s machine.',
    placeholder: 'Europe/Berlin',
  },
  start: { label: 'Not before', placeholder: '2026-12-01 00:00' },
  end: { label: 'Not from then on', placeholder: '2027-01-01 00:00' },
  remaining: { label: 'Ends after so many times', placeholder: 'never' },
  title: { label: 'Title', placeholder: 'Read the logs of {{date}}' },
  description: { label: 'Description' },
  queue: { label: 'Queue', hint: 'Whoever of it has a slot gets the task.' },
  agent: { label: 'Agent', hint: 'Empty: any of the queue.' },
  recipe: { label: 'Recipe', hint: 'Of the recipes directory, by its name.' },
  tags: { label: 'Tags', hint: 'One in each line.' },
  command: { label: 'Program', hint: 'Its path in BIN_DIR. No shell is between.', placeholder: 'cleanup.sh' },
  args: { label: 'Arguments', hint: 'One in each line, as they are.' },
  priority: { label: 'Priority', hint: 'critical, high, medium, low, or a number.', placeholder: 'medium' },
  overlap: { label: 'When the one before is not over' },
  catchup: {
    label: 'A missed one may begin up to … later',
    hint: 'From 10s to 31d. Of several the newest begins; the others are under “What was missed”.',
    placeholder: '1h',
  },
  jitter: {
    label: 'Begins up to … later, by chance',
    hint: 'So that not all begin at once: 5m.',
    placeholder: '0s',
  },
  job_key: { label: 'Job key', hint: 'Schedules with the same one share the next limit. Empty: the name.' },
  max_per_job: { label: 'At most so many at once with the job key', placeholder: 'any number' },
  max_global: {
    label: 'Begins while fewer than so many of all schedules are under way',
    placeholder: 'as configured',
  },
  pause_on_failure: { label: 'Pauses itself after so many bad ends in a row', placeholder: 'never' },
  pause_note: { label: 'Why it begins paused' },
};

export const TIMING_WORDS: Readonly<Record<Timing, string>> = {
  ...{ cron: 'as cron has it', every: 'every so long', at: 'once', calendar: 'in words' },
};

export const OVERLAP_WORDS: readonly (readonly [string, string])[] = [
  ['', 'leave the next one out (skip)'],
  ['buffer', 'let the next one wait, one at most (buffer)'],
  ['cancel', 'stop it, and archive its task (cancel)'],
  ['allow', 'let both go on (allow)'],
];

/** What is filled in, in a title and a description. */
export const PLACEHOLDERS: readonly (readonly [string, string])[] = [
  ['{{date}}', 'the planned day in the zone of the schedule: 2026-11-26'],
  ['{{time}}', 'the planned time there: 03:00'],
  ['{{count}}', 'which occurrence it is, from 1 on'],
  ['{{last_end}}', 'when the one before ended; “never” for the first'],
];
