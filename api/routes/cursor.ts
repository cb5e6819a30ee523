import { z } from 'zod';
import { RefusedError } from '../../contract/api.ts';

/** Where a page of tasks ended: the last of it, and how many came before. */
export const taskCursor = z.strictObject({
  sort: z.enum(['line', 'id', 'complete']),
  id: z.int().min(1),
  at: z.int().min(0),
});
export type TaskCursor = z.infer<typeof taskCursor>;
/** Of ended runs: the last of it. */
export const runCursor = z.strictObject({ ended: z.int().min(0).max(8e15), run: z.string().max(100) });
/** Of passes: those of runs of the scheduler that began before. */
export const passCursor = z.strictObject({ before: z.int().min(0).max(8e15) });
/** Of occurrences: the planned time of the last one, and how many of that time were told. */
export const occurrenceCursor = z.strictObject({
  until: z.int().min(0).max(8e15),
  told: z.int().min(1).max(100_000),
});

/** Of missed times: the last of them. */
export const missedCursor = z.strictObject({
  planned: z.int().min(0).max(8e15),
  schedule: z.string().max(200),
});

export function encodeCursor(cursor: object): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @throws RefusedError `wrong-cursor` where it is none that encodeCursor has made of such a one */
export function decodeCursor<Cursor>(text: string, shape: z.ZodType<Cursor>): Cursor {
  try {
    return shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw wrongCursor(text);
  }
}

export function wrongCursor(text: string): RefusedError {
  return new RefusedError({ code: 'wrong-cursor', cursor: text.slice(0, 100) });
}
