import type { Client } from '@temporalio/client';
import { scheduleMemoIn } from '../../contract/memos.ts';
import type { AllSchedules, ScheduleMemo, ScheduleNow } from '../../contract/schedule.ts';
import { listPage } from '../../temporal/listed.ts';
import { nextTimes } from './next-times.ts';
import { OPEN_SCHEDULES } from './there.ts';

const PAGE = 1_000;
const MOST_PAGES = 10;

/** All schedules, as they stand: 10,000 at most, by as many calls as there are thousands. */
export async function allSchedules(client: Client): Promise<AllSchedules> {
  const atMs = Date.now();
  const schedules: ScheduleNow[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < MOST_PAGES && cursor !== null; page += 1) {
    const read = await listPage(client, OPEN_SCHEDULES, { size: PAGE, cursor });
    for (const { memo } of read.listed) {
      const known = scheduleMemoIn(memo);
      // One that is just being made has none.
      if (known !== undefined) schedules.push(scheduleNow(known, atMs));
    }
    cursor = read.cursor;
  }
  return { atMs, schedules, more: cursor !== null };
}

export function scheduleNow({ schedule, now }: ScheduleMemo, nowMs: number): ScheduleNow {
  const { definition, version, pause, finished } = schedule;
  const { name, timing, timeZone } = definition;
  return {
    ...{ name, version, timing, timeZone, running: now.open },
    state: finished ? 'finished' : pause === undefined ? 'active' : 'paused',
    ...(pause && { pause }),
    nextMs: finished || pause !== undefined ? null : nextOf({ schedule, now }, nowMs),
    last: now.last ?? null,
    problems: now.problems ?? [],
  };
}

/** What the schedule has told, where that is still to come; computing it for each of thousands takes long. */
function nextOf({ schedule, now }: ScheduleMemo, nowMs: number): number | null {
  const { definition, skips = [] } = schedule;
  const { nextMs } = now;
  if (nextMs !== undefined && nextMs > nowMs && !skips.includes(nextMs)) return nextMs;
  const left = skips.filter((ms) => ms > nowMs).slice(0, MOST_SKIPS);
  const coming = nextTimes(definition, left, { afterMs: nowMs, count: left.length + 1 });
  return coming.find((ms) => !left.includes(ms)) ?? null;
}

/** Of those that are left out, more than these are not looked past. */
const MOST_SKIPS = 100;
