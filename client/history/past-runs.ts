import type { Client } from '@temporalio/client';
import type { ClosedRun, ToldByHistory } from '../../contract/attempts.ts';
import type { PastAsked, PastRuns } from '../../contract/history.ts';
import type { EndedRun } from '../../contract/listings.ts';
import { semaphoreName } from '../../domain/semaphore-id.ts';
import { endedRuns, keptForMs } from '../../temporal/ended-runs.ts';
import type { KeptHistories } from '../../temporal/kept-histories.ts';

/** What is looked at for one answer. A list of so many takes three calls, and a history that was not read yet one each. */
export const MOST_LOOKED_AT = 2_000;
/** Whoever asks waits no longer for histories; the next one finds these kept, and goes on. */
const READ_WITHIN_MS = 1_500;

/** What ended within a time, newest first, as far as it is read in a moment. */
export async function readPastRuns(
  { client, histories }: { client: Client; histories: KeptHistories },
  { sinceMs, untilMs, agent, pool }: PastAsked,
): Promise<PastRuns> {
  const [keptMs, { runs: listed, more }] = await Promise.all([
    keptForMs(client),
    endedRuns(client, { sinceMs, untilMs, agent, most: MOST_LOOKED_AT }),
  ]);
  const atMs = Date.now();
  const ours = pool === undefined ? listed : listed.filter((run) => poolOf(run) === pool);
  const told = await histories.of(ours, READ_WITHIN_MS);
  const isRead = told.length === ours.length;
  const last = isRead ? listed.at(-1) : ours[told.length - 1];
  const all = told.flatMap((each, at) => endedRun(ours[at] as ClosedRun, each));
  const runs = all.filter(({ end }) => end !== 'left-line');
  const keptSinceMs = keptMs === null ? sinceMs : Math.max(sinceMs, atMs - keptMs);
  const isAll = isRead && !more;
  return {
    ...{ atMs, sinceMs, untilMs: untilMs ?? atMs, keptForMs: keptMs },
    knownSinceMs: isAll ? keptSinceMs : Math.max(keptSinceMs, last?.endedAtMs ?? keptSinceMs),
    ...{ runs, leftLine: all.length - runs.length, lookedAt: isRead ? listed.length : told.length },
    more: isAll ? 'no' : isRead ? 'too-many' : 'in-time',
  };
}

/** A run of the server's list with what its history tells; undefined: that is not there any more. */
export function endedRun(run: ClosedRun, told: ToldByHistory | undefined): EndedRun {
  const { workflowId: _, phase: __, memo: ___, ...shown } = run;
  const result = told?.result ?? null;
  return {
    ...{ ...shown, pool: poolOf(run), end: result?.end ?? null },
    verdict: result?.verdict ?? told?.attempts.at(-1)?.verdict ?? null,
    attempts: told?.attempts ?? null,
  };
}

/** Queue of the pool that gave it its slots; null: an agent alone did. */
export function poolOf({ memo, queue }: ClosedRun): string | null {
  // A memo is of whatever version of ours.
  if (typeof memo?.semaphore !== 'string') return queue;
  const whose = semaphoreName(memo.semaphore);
  return 'queue' in whose ? whose.queue : null;
}
