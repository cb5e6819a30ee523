/**
 * When a schedule is due, as its author wrote it. Only the text is kept: what it means to the server is made of it anew each
 * time (compile.ts).
 */
export type Timing =
  /** Five fields as cron has them, in the zone of the schedule: with a day of the month and a day of the week, either is enough. */
  | { kind: 'cron'; cron: string }
  /** Every so many milliseconds, counted from 1970 in UTC and moved by the offset. */
  | { kind: 'every'; everyMs: number; offsetMs?: number }
  /** Once, at a local time of the zone: `2026-12-24 18:00`, seconds may follow. */
  | { kind: 'at'; at: string }
  /** Words, such as `last weekday of the month 09:00`: see calendar.ts. */
  | { kind: 'calendar'; calendar: string };

/** What becomes of an occurrence that is due while an earlier one of the same schedule is not over. */
export type Overlap =
  /** It is left out, and its history says so. */
  | 'skip'
  /** It waits until the earlier one is over. At most one waits: a newer one takes its place. */
  | 'buffer'
  /** The earlier one is stopped, and its task archived. */
  | 'cancel'
  /** Both go on. */
  | 'allow';

/** All of them, in the order in which people are told of them. */
export const OVERLAPS = ['skip', 'buffer', 'cancel', 'allow'] as const satisfies Overlap[];

/** A task for an agent, or a program of BIN_DIR. Titles and descriptions may have placeholders: see placeholders.ts. */
export type Work =
  | {
      kind: 'task';
      title: string;
      description?: string;
      queue?: string;
      /** Who gets it; absent: whoever of the queue has a slot. */
      agent?: string;
      /** Name of a recipe, as a tag `recipe:<name>` of a task has it. */
      recipe?: string;
      tags?: string[];
    }
  | {
      kind: 'command';
      /** Path of the program, from BIN_DIR. */
      command: string;
      args: string[];
      /** Absent: the name of the program. */
      title?: string;
      /** For people: the program is not told. */
      description?: string;
    };

/** A recurring schedule, as a person asked for it. Durations are in milliseconds, moments in milliseconds since the epoch. */
export interface Definition {
  /** Of letters, digits, `.`, `_` and `-`: see domain/names.ts. */
  name: string;
  timing: Timing;
  /** Of the tz database, such as `Europe/Berlin`. */
  timeZone: string;
  work: Work;
  /** As TinyTask has it: a larger one goes first. */
  priority: number;
  /** Occurrences of all schedules with the same key count together against `maxPerJob`; absent: the schedule's name. */
  jobKey?: string;
  /** So many occurrences with its job key at once; absent: any number. */
  maxPerJob?: number;
  /** It begins only while fewer than so many occurrences of all schedules are under way; absent: as the settings say. */
  maxGlobal?: number;
  overlap: Overlap;
  /** So long after its time an occurrence that was missed may still begin. */
  catchUpMs: number;
  /** Each occurrence begins up to so much later, by chance. */
  jitterMs: number;
  /** Nothing is due before, or from then on; absent: no bound. */
  startMs?: number;
  endMs?: number;
  /** So many planned occurrences are still to begin; absent: any number. */
  remaining?: number;
  /** After so many bad ends in a row it is paused; absent: never. */
  pauseOnFailure?: number;
}

export const DEFAULTS = {
  overlap: 'skip',
  catchUpMs: 3_600_000,
  jitterMs: 0,
  priority: 0,
} as const satisfies Partial<Definition>;

/** Words for a priority, from the most urgent on. A task without one has 0, which is `medium`. */
export const PRIORITIES = { critical: 20, high: 10, medium: 0, low: -10 } as const;

/** What is kept travels through histories and memos, so it has bounds. */
export const BOUNDS = {
  titleChars: 500,
  descriptionChars: 20_000,
  args: 100,
  argChars: 4_000,
  tags: 20,
  tagChars: 100,
  everyMs: { min: 1_000, max: 366 * 86_400_000 },
  /** The server's own least one is 10 s. */
  catchUpMs: { min: 10_000, max: 31 * 86_400_000 },
  jitterMs: { min: 0, max: 86_400_000 },
  backfill: 1_000,
  /** Of an occurrence's task. 500 occurrences have to fit into a payload. */
  links: 3,
  linkChars: 200,
  linkBytes: 300,
} as const;

/** The agent that runs the programs of schedules. */
export const COMMANDS_AGENT = 'commands';

export function jobKeyOf({ jobKey, name }: Pick<Definition, 'jobKey' | 'name'>): string {
  return jobKey ?? name;
}
