/** Numbers from `from` to `to`, both included, `step` apart. */
export interface Range {
  from: number;
  to: number;
  step: number;
}

/** Matches a wall time of the zone when each of its fields does. Days of the week: 0 is Sunday. */
export interface CalendarRanges {
  second: Range[];
  minute: Range[];
  hour: Range[];
  dayOfMonth: Range[];
  month: Range[];
  /** Empty: every year. */
  year: Range[];
  dayOfWeek: Range[];
}

/**
 * When a schedule is due, as the server is told: whenever a calendar or an interval matches and no `skip` does. It is made of a
 * timing (compile.ts), never kept. Durations are in milliseconds and whole seconds.
 */
export interface ServerSpec {
  timeZone: string;
  calendars: CalendarRanges[];
  skip: CalendarRanges[];
  intervals: { everyMs: number; offsetMs: number }[];
  /** The first moment and the last one that count. */
  startMs?: number;
  endMs?: number;
  jitterMs: number;
}

/** The years that the server knows. */
export const YEARS = { min: 2000, max: 2100 } as const;

/** Everything that a field can have. */
export const WHOLE = {
  second: { from: 0, to: 59, step: 1 },
  minute: { from: 0, to: 59, step: 1 },
  hour: { from: 0, to: 23, step: 1 },
  dayOfMonth: { from: 1, to: 31, step: 1 },
  month: { from: 1, to: 12, step: 1 },
  dayOfWeek: { from: 0, to: 6, step: 1 },
} as const satisfies Record<string, Range>;

export type Field = keyof typeof WHOLE;

/** The ranges that have exactly these numbers: the fewest that one step makes of what follows one another evenly. */
export function rangesOf(numbers: Iterable<number>): Range[] {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const ranges: Range[] = [];
  for (const number of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && last.from === last.to) {
      last.step = number - last.from;
      last.to = number;
    } else if (last !== undefined && number - last.to === last.step) {
      last.to = number;
    } else {
      ranges.push({ from: number, to: number, step: 1 });
    }
  }
  return ranges.flatMap(split);
}

/** Two numbers that are far apart are no range. */
function split(range: Range): Range[] {
  const { from, to, step } = range;
  if (step === 1 || to - from > step) return [range];
  return [
    { from, to: from, step: 1 },
    { from: to, to, step: 1 },
  ];
}

export function isIn(ranges: readonly Range[], number: number): boolean {
  return ranges.some(({ from, to, step }) => number >= from && number <= to && (number - from) % step === 0);
}
