import { ask } from '../api/call.ts';
import type { Summary } from '../api/shapes.ts';

/** How many tasks wait, as the first line counts them; null: not known. For whoever says what a deed with everything would do. */
export async function waitsInAll(): Promise<number | null> {
  const { counts } = await ask<Summary>('/api/summary');
  return counts?.waiting_total ?? null;
}
