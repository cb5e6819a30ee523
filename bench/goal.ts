import { round } from './numbers.ts';

/** What a figure ought to be: by itself, or beside the bare minimum of the same run, which a slow day does not distort. */
export type Goal =
  | { atMost: number }
  | { atLeast: number }
  | { atMostTimesBare: number }
  | { atLeastTimesBare: number };

export interface Judged {
  goal?: Goal;
  /** Null: it did not come about while it was waited for. */
  value: number | null;
  /** The same of the bare minimum, on the same server; undefined where there is nothing to compare with. */
  bare?: number | undefined;
}

/** Undefined without a goal. Not reached, too, where nothing was seen, or nothing that it could be compared with. */
export function reached({ goal, value, bare }: Judged): boolean | undefined {
  if (goal === undefined) return undefined;
  if (value === null) return false;
  if ('atMost' in goal) return value <= goal.atMost;
  if ('atLeast' in goal) return value >= goal.atLeast;
  if (bare === undefined) return false;
  return 'atMostTimesBare' in goal
    ? value <= goal.atMostTimesBare * bare
    : value >= goal.atLeastTimesBare * bare;
}

export function goalText(goal: Goal, unit: string): string {
  if ('atMost' in goal) return `<= ${show(goal.atMost, unit)}`;
  if ('atLeast' in goal) return `>= ${show(goal.atLeast, unit)}`;
  return 'atMostTimesBare' in goal ? `<= x ${goal.atMostTimesBare}` : `>= x ${goal.atLeastTimesBare}`;
}

/** A share has no unit. */
export function show(value: number, unit: string): string {
  return unit === '' ? `${round(value * 100)} %` : `${value} ${unit}`;
}
