import { expect, test } from 'vitest';
import type { PlanInput } from '../../domain/plan.ts';
import { planOf } from './tasks.ts';

/** A plan as a row of a table: what there is, what starts, and why the others wait. */
export type PlanRow = [
  name: string,
  input: Partial<PlanInput>,
  starts: string[],
  waiting: Record<number, string>,
];

export function checkPlans(rows: PlanRow[]): void {
  test.each(rows)('%s', (_, input, starts, waiting) => {
    expect(planOf(input)).toEqual({ starts, waiting });
  });
}
