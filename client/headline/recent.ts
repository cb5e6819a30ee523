import type { Client } from '@temporalio/client';
import type { Recent } from '../../contract/headline.ts';
import type { KnownEnded } from '../../temporal/known-ended.ts';
import { pastPasses } from '../../temporal/past-passes.ts';

const HOUR_MS = 3_600_000;
/** Of the last hour: some 5 MB. */
const MOST_ENDS = 10_000;
/** One is made each loop interval. */
const PASSES = 20;

/** What came, went and changed a while ago, which a look does not have. */
export async function readRecent(client: Client, known: KnownEnded): Promise<Recent> {
  const sinceMs = Date.now() - HOUR_MS;
  const [ended, { passes }] = await Promise.all([
    known.within({ sinceMs, most: MOST_ENDS }),
    pastPasses(client, { limit: PASSES }),
  ]);
  return { sinceMs, ended: ended.more === 'no' ? ended.runs : null, passes };
}
