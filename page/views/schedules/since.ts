import type { MissedTime } from '../../api/shapes.ts';

const HOUR_MS = 3_600_000;

/** What is offered; null: whenever it was. */
export const SINCES: readonly (readonly [string, number | null])[] = [
  ['whenever', null],
  ['12 h ago', 12 * HOUR_MS],
  ['a day ago', 24 * HOUR_MS],
  ['a week ago', 7 * 24 * HOUR_MS],
];

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?$/;

/** A time as the API takes it; null: none is given, or it is none. */
export function readSince(text: string | null | undefined): { since: string | null; isWrong: boolean } {
  if (text == null || text === '') return { since: null, isWrong: false };
  const isTime = TIME.test(text) && Date.parse(text) > 0;
  return { since: isTime ? text : null, isWrong: !isTime };
}

export interface MissedOf {
  schedule: string;
  times: MissedTime[];
  keys: string[];
}

/** By schedule, in the order of the first time that each has missed. */
export function groupsOf(missed: readonly MissedTime[]): MissedOf[] {
  const groups = new Map<string, MissedOf>();
  for (const time of missed) {
    const group = groups.get(time.schedule) ?? { schedule: time.schedule, times: [], keys: [] };
    group.times.push(time);
    group.keys.push(time.key);
    groups.set(time.schedule, group);
  }
  return [...groups.values()];
}
