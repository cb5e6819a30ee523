import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';

/** The server gives all times in a span, so it is asked about short ones first. */
const SPANS_MS = [60_000, 3_600_000, 86_400_000];

/**
 * The newest time in (after, until] at which a Temporal Schedule was due, where its occurrences begin by chance later by up
 * to its jitter, and `until` is later than that; undefined: there is none, or no such schedule. Moments are in milliseconds
 * since the epoch.
 */
export async function newestDue(
  client: Client,
  scheduleId: string,
  { afterMs, untilMs }: { afterMs: number; untilMs: number },
): Promise<number | undefined> {
  try {
    const { spec } = await client.schedule.getHandle(scheduleId).describe();
    const lastMs = untilMs - (spec.jitter ?? 0);
    const spans = [...SPANS_MS.filter((span) => span < lastMs - afterMs), lastMs - afterMs];
    for (const span of spans) {
      const newest = (await timesIn(client, scheduleId, lastMs - span, lastMs)).at(-1);
      if (newest !== undefined && newest > afterMs) return newest;
    }
    return undefined;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

async function timesIn(client: Client, scheduleId: string, fromMs: number, toMs: number): Promise<number[]> {
  if (toMs <= fromMs) return [];
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace: client.options.namespace,
    scheduleId,
    startTime: msToTs(fromMs),
    endTime: msToTs(toMs),
  });
  return startTime.map(tsToMs).sort((a, b) => a - b);
}
