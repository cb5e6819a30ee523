import { expect, test } from 'vitest';
import { type PlanDraft, planOf, type ShortPlan } from './tasks.ts';

/** A plan as a row of a table: what there is, what starts, why the others wait, and who is in line, where anybody is. */
export type PlanRow = [
  name: string,
  input: Partial<PlanDraft>,
  starts: string[],
  waiting: Record<number, string>,
  line?: Partial<Pick<ShortPlan, 'inLine' | 'misplaced'>>,
];

export function checkPlans(rows: PlanRow[]): void {
  test.each(rows)('%s', (_, input, starts, waiting, line) => {
    expect(planOf(input)).toEqual({ inLine: {}, misplaced: [], ...line, starts, waiting });
  });
}
