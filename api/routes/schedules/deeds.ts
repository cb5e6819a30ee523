import { lineJson } from '../../../client/json/schedules/line.ts';
import type { SchedulesClient } from '../../../client/schedules-client.ts';
import type { Note } from '../../../contract/by-hand.ts';
import type { ScheduleLine } from '../../../contract/schedule.ts';
import type { Caller } from '../../guard/caller.ts';
import type { RouteDeps } from '../deps.ts';
import { noteOf } from '../writing.ts';
import { TIMES, withETag } from './answered.ts';

/** Something that is done with one schedule, which stays. */
export interface Deed {
  /** It is told with what else there is to tell. */
  carryOut(schedules: SchedulesClient, line: ScheduleLine, note: Note): Promise<object>;
  /** What it would be then, with the same to tell; throws what the deed would. */
  foretell(line: ScheduleLine): { after: ScheduleLine; told: object };
  /** So many next times have to be known for it. */
  times?: number;
}

export interface Asked {
  params: { id: string };
  body: { dry_run?: boolean | undefined; note?: string | undefined };
  caller: Caller;
}

/** Does it, or foretells it, with the schedule before and after. */
export function doWith(
  { scheduler }: RouteDeps,
  { params: { id }, body: { dry_run: dryRun = false, note }, caller }: Asked,
  { carryOut, foretell, times = TIMES }: Deed,
): Promise<Response> {
  return scheduler.use(async ({ schedules }) => {
    const before = await schedules.line(id, times);
    const { after, told } = dryRun
      ? foretell(before)
      : {
          told: await carryOut(schedules, before, noteOf(caller, note)),
          after: await schedules.line(id, TIMES),
        };
    return withETag(after, {
      dry_run: dryRun,
      ...{ before: lineJson(shortened(before)), after: lineJson(shortened(after)) },
      ...told,
    });
  });
}

function shortened(line: ScheduleLine): ScheduleLine {
  return { ...line, nextMs: line.nextMs.slice(0, TIMES) };
}

/** What all of them are. */
export const about = { method: 'post', scope: 'operate', tag: 'Schedules' } as const;
