import type { Client } from '@temporalio/client';
import type { ClosedRun, ToldByHistory } from '../../contract/attempts.ts';
import type { PastAsked, PastRuns } from '../../contract/history.ts';
import type { EndedRun } from '../../contract/listings.ts';
import { semaphoreName } from '../../domain/semaphore-id.ts';
import { keptForMs } from '../../temporal/ended-runs.ts';
import type { KeptHistories } from '../../temporal/kept-histories.ts';
import type { KnownEnded } from '../../temporal/known-ended.ts';

/** What is looked at for one answer. */
export const MOST_LOOKED_AT = 2_000;
/** Whoever asks waits no longer for histories; the next one finds these kept, and goes on. */
const READ_WITHIN_MS = 1_500;

export interface PastDeps {
  client: Client;
  ended: KnownEnded;
  histories: KeptHistories;
}

/** What ended within a time, newest first, as far as it is read in a moment. */
export async function readPastRuns(
  { client, ended, histories }: PastDeps,
  { sinceMs, untilMs, agent, pool }: PastAsked,
): Promise<PastRuns> {
  const keptMs = await keptForMs(client);
  const atMs = Date.now();
  const keptSinceMs = keptMs === null ? sinceMs : Math.max(sinceMs, atMs - keptMs);
  const { runs: listed, more } = await ended.within({ sinceMs: keptSinceMs, untilMs, most: MOST_LOOKED_AT });
  const ours = listed.filter(
    (run) => (agent === undefined || run.agent === agent) && (pool === undefined || poolOf(run) === pool),
  );
  const told = await histories.of(ours, READ_WITHIN_MS);
  const isRead = told.length === ours.length;
  const last = isRead ? listed.at(-1) : ours[told.length - 1];
  const all = told.flatMap((each, at) => endedRun(ours[at] as ClosedRun, each));
  const runs = all.filter(({ end }) => end !== 'left-line');
  const isAll = isRead && more === 'no';
  return {
    ...{ atMs, sinceMs, untilMs: untilMs ?? atMs, keptForMs: keptMs },
    knownSinceMs: isAll ? keptSinceMs : (last?.endedAtMs ?? untilMs ?? atMs),
    ...{ runs, leftLine: all.length - runs.length, lookedAt: isRead ? listed.length : told.length },
    more: isRead ? more : 'in-time',
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
