import type { Runs } from '../../api/shapes.ts';

type Run = Runs['runs'][number];

/** Pages of a list that gets longer at its head while somebody reads on. */
export interface Pages {
  runs: readonly Run[];
  next: string | null;
}

/**
 * The first page, as it is now, before what was read of the list: where it does not reach that any more, since more has ended than
 * a page has, the rest is read anew.
 */
export function withHead(before: Pages | undefined, head: Runs): Pages {
  const fresh: Pages = { runs: head.runs, next: head.next_cursor };
  if (before === undefined || before.runs.length <= head.runs.length) return fresh;
  const ids = new Set(head.runs.map(({ run_id: id }) => id));
  const meets = before.runs.some(({ run_id: id }) => ids.has(id));
  if (!meets) return fresh;
  return { runs: [...head.runs, ...before.runs.filter(({ run_id: id }) => !ids.has(id))], next: before.next };
}

export function withPage(before: Pages, page: Runs): Pages {
  const ids = new Set(before.runs.map(({ run_id: id }) => id));
  return {
    runs: [...before.runs, ...page.runs.filter(({ run_id: id }) => !ids.has(id))],
    next: page.next_cursor,
  };
}
