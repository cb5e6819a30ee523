import type { Client } from '@temporalio/client';
import { inBatches } from '../../contract/in-batches.ts';
import type { RecentOccurrences } from '../../contract/schedule.ts';
import { fullOf } from './history.ts';
import { historyLine } from './schedule-line.ts';

/** A worker that has to replay a long schedule takes a moment; whoever looks at many does not want to wait for the slowest. */
const ANSWER_MS = 2_000;
const AT_ONCE = 10;

/** The last occurrences of many schedules, newest first. One that does not answer in time, or is not there, has null. */
export async function readRecent(
  client: Client,
  names: readonly string[],
  each: number,
): Promise<RecentOccurrences[]> {
  const [first, rest] = [names.slice(0, AT_ONCE), names.slice(AT_ONCE)];
  const read = (schedule: string) => recentOf(client, schedule, each);
  const begun = await inBatches(first, read, AT_ONCE);
  // Nobody answers for any of them, so nobody would for the others: each would cost its whole time.
  if (begun.every(({ occurrences }) => occurrences === null))
    return names.map((schedule) => ({ schedule, occurrences: null }));
  return [...begun, ...(await inBatches(rest, read, AT_ONCE))];
}

async function recentOf(client: Client, schedule: string, each: number): Promise<RecentOccurrences> {
  const full = await fullOf(client, schedule, ANSWER_MS);
  if (full === undefined) return { schedule, occurrences: null };
  const { definition } = full.memo.schedule;
  const newest = full.history
    .toSorted((a, b) => b.plannedMs - a.plannedMs || (b.startedMs ?? 0) - (a.startedMs ?? 0))
    .slice(0, each);
  return { schedule, occurrences: newest.map((occurrence) => historyLine(definition, occurrence)) };
}
