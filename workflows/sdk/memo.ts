import { makeContinueAsNewFunc, upsertMemo } from '@temporalio/workflow';
import type { Memos } from '../../contract/memos.ts';
import type { Workflows } from '../../contract/workflows.ts';

// The only ways in which a workflow writes its memo, so that the compiler compares it with what is read.

/**
 * Writes the memo, or what is given of it. What is written is merged into what is there, so what is there no more has to be
 * named.
 *
 * @param gone keys that are taken away
 */
export function writeMemo<Of extends keyof Workflows>(
  memo: Partial<Memos[Of]>,
  gone: readonly (keyof Memos[Of])[] = [],
): void {
  upsertMemo({ ...memo, ...Object.fromEntries(gone.map((key) => [key, null])) });
}

/** Continues as new. The memo has to be given, since one that was written does not go along by itself. */
export function continueAsNew<Of extends keyof Workflows>(
  input: Parameters<Workflows[Of]>[0],
  memo: Memos[Of],
): Promise<never> {
  const next = makeContinueAsNewFunc<(input: Parameters<Workflows[Of]>[0]) => Promise<unknown>>({
    memo: { ...memo },
  });
  return next(input);
}
