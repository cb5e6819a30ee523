import { ask } from '../../api/call.ts';
import type { Schedule, Schedules } from '../../api/shapes.ts';
import { useResource } from '../../live/resource.ts';

const PAGE = 1_000;
/** So many schedules there may be. */
const MOST_PAGES = 10;
/** Each row counts down by itself, so this need not be fast: 1,000 schedules are a megabyte. */
const EVERY_MS = 10_000;

/** All schedules, kept fresh. */
export function useSchedules() {
  return useResource<AllSchedules>(
    `/api/schedules?limit=${PAGE}`,
    { everyMs: EVERY_MS, onChangeMs: EVERY_MS },
    readAll,
  );
}

export interface AllSchedules {
  schedules: Schedule[];
  /** There are more than these. */
  isCut: boolean;
}

async function readAll(path: string): Promise<AllSchedules> {
  const schedules: Schedule[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const asked: string = cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`;
    const answer: Schedules = await ask(asked);
    schedules.push(...answer.schedules);
    cursor = answer.next_cursor;
    if (cursor === null) break;
  }
  // One that is made meanwhile may move another onto the next page, too.
  const byName = new Map(schedules.map((each) => [each.name, each]));
  return { schedules: [...byName.values()], isCut: cursor !== null };
}
