import { z } from 'zod';

/** Where a page ended: the last of it, and how many came before. */
const shape = z.strictObject({
  sort: z.enum(['line', 'id']),
  id: z.int().min(1),
  at: z.int().min(0),
});
export type Cursor = z.infer<typeof shape>;

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Undefined: it is none that encodeCursor has made. */
export function decodeCursor(text: string): Cursor | undefined {
  try {
    return shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    return undefined;
  }
}
