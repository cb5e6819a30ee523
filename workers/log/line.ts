import type { LogLevel } from '../../config/config.ts';

/** Ids and figures of a line, for programs: `taskId`, `agent`, `runId`. */
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** A line of the log. */
export interface Line {
  level: LogLevel;
  text: string;
  fields?: Fields;
}

/** Something that holds for a while. */
export interface Item {
  /** Tells it from the others under its key. */
  id: string | number;
  /** It is said again when this changes. */
  value: string;
  /** Called when it is to be said. */
  say: () => Line;
  /** What is said when it holds no more; absent: nothing. */
  over?: Line;
}

/** All that holds under a key now: each is said when it begins or changes, hourly while it lasts, and when it ends. */
export interface Standing {
  key: string;
  now: readonly Item[];
  /**
   * `partial`: what is not among them may hold too. `once`: not again each hour. `occasions`: they do not last but
   * happen, and each is said at most once an hour.
   */
  how?: 'partial' | 'once' | 'occasions';
  /** At most so many of them are said in one go. */
  most?: number;
  /** Says that there are more than these. */
  more?: (unsaid: number) => Line;
}

export type Entry = Line | Standing;

/** Lines about single tasks or problems in one pass; the rest is a number. */
export const MOST_OF_A_KIND = 5;

export function info(text: string, fields?: Fields): Line {
  return { level: 'INFO', text, ...(fields && { fields }) };
}
