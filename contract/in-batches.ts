/**
 * So many of a kind are under way at once. The server refuses more than 2,000 (`limit.numPendingSignals.error` and its
 * like), and with them all that the same workflow task did, for ever.
 */
const BATCH = 50;

/** Does the work for each item, one batch after the other; the results are in the order of the items. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  size = BATCH,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += size)
    results.push(...(await Promise.all(items.slice(at, at + size).map(work))));
  return results;
}
