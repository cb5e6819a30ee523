import { z } from '@hono/zod-openapi';
import { isoTime } from '../../../client/json/iso-time.ts';
import { missedJson, missedKey } from '../../../client/json/schedules/missed.ts';
import { readTime } from '../../../client/schedules/read-time.ts';
import type { SchedulesClient } from '../../../client/schedules-client.ts';
import { RefusedError, type WrongValue } from '../../../contract/api.ts';
import type { Note } from '../../../contract/by-hand.ts';
import { type Failure, SchedulerError } from '../../../contract/errors.ts';
import { inBatches } from '../../../contract/in-batches.ts';
import type { MissedLine } from '../../../contract/schedule.ts';
import { nameProblem } from '../../../domain/names.ts';
import { oneFailure, oneFailureJson } from '../../answer/one-failure.ts';
import { decodeCursor, encodeCursor, missedCursor } from '../cursor.ts';
import { READ_AGE_MS, type RouteDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import * as is from '../shapes.ts';
import { noteOf, writing } from '../writing.ts';

const path = '/api/missed';
const line = z.strictObject({
  ...{ schedule: is.text, timezone: is.text, planned: is.timeOrNull, times: is.count },
  ...{ why: is.text, says: is.text },
  key: is.text.openapi({ description: 'By which it is decided about.' }),
});
export const listAnswer = z
  .strictObject({ missed: z.array(line), next_cursor: is.textOrNull })
  .openapi('Missed');

const PAGE = 1_000;
const query = z.strictObject({
  since: is.moment.optional(),
  schedule: is.name.optional(),
  limit: is.whole(1, PAGE).optional(),
  cursor: is.cursor.optional(),
});
type Query = z.output<typeof query>;

/** Schedule and time, as the list has them. */
const keys = z.array(z.string().max(200)).max(500).optional();
const body = z
  .strictObject({
    run: keys,
    skip: keys,
    ...{ run_all: is.name.optional(), skip_all: is.name.optional() },
    ...writing,
  })
  .refine(
    ({ run, skip, run_all: runAll, skip_all: skipAll }) =>
      [(run?.length ?? 0) + (skip?.length ?? 0) > 0, runAll, skipAll].filter(Boolean).length === 1,
    'give run and skip (keys, as GET /api/missed has them), or run_all or skip_all (a schedule)',
  )
  .openapi('MissedBody');
type Body = z.output<typeof body>;
export const decided = z
  .strictObject({
    dry_run: z.boolean(),
    times: z.array(
      z.strictObject({
        ...{ key: is.text, schedule: is.text, planned: is.timeOrNull, decided: z.enum(['run', 'skip']) },
        occurrence: is.textOrNull.openapi({ description: 'Of one that was run.' }),
        problem: oneFailure.nullable(),
      }),
    ),
    failed: is.count,
  })
  .openapi('MissedDecided');

/** Times that were missed. */
export function missedRoutes({ scheduler, look }: RouteDeps): Route[] {
  const missed = look.beside((asked) =>
    scheduler.use(({ schedules }) => schedules.missed(...(JSON.parse(asked) as [number, string?]))),
  );
  return [
    route({
      ...{ method: 'get', path, scope: 'read', tag: 'Schedules', answer: listAnswer },
      query,
      summary: 'Times that were missed, and that nobody has decided about, oldest first',
      codes: ['no-such-schedule', 'no-daemon', 'wrong-cursor'],
      handle: async ({ query: { since = 0, schedule, ...page } }) => {
        const asked = JSON.stringify(schedule === undefined ? [since] : [since, schedule]);
        return pageOf(await missed(asked, READ_AGE_MS), page);
      },
    }),
    route({
      ...{ method: 'post', path, scope: 'operate', tag: 'Schedules', body, answer: decided },
      summary: 'Run times that were missed now, or leave them at that',
      codes: ['no-such-schedule', 'no-daemon'],
      handle: ({ body: asked, caller }) =>
        scheduler.use(async ({ schedules }) => {
          const { dry_run: dryRun = false, note } = asked;
          const times = await timesOf(schedules, asked);
          const done = dryRun
            ? await foretell(schedules, times)
            : await inBatches(times, (time) => decide(schedules, time, noteOf(caller, note)), AT_A_TIME);
          const failed = done.filter(({ failure }) => failure !== null).length;
          return { dry_run: dryRun, times: done.map(toldJson), failed };
        }),
    }),
  ];
}

/** Some that were told may have been decided about since: the next page goes on after the last of them all the same. */
function pageOf(
  lines: readonly MissedLine[],
  { limit = PAGE, cursor }: Pick<Query, 'limit' | 'cursor'>,
): Record<string, unknown> {
  const last = cursor === undefined ? undefined : decodeCursor(cursor, missedCursor);
  const rest = lines.filter((each) => last === undefined || isAfter(each, last));
  const page = rest.slice(0, limit);
  const end = page.length < rest.length ? page.at(-1) : undefined;
  return {
    ...missedJson(page),
    next_cursor: end ? encodeCursor({ planned: end.plannedMs, schedule: end.schedule }) : null,
  };
}

function isAfter({ plannedMs, schedule }: MissedLine, last: z.output<typeof missedCursor>): boolean {
  return plannedMs > last.planned || (plannedMs === last.planned && schedule > last.schedule);
}

const AT_A_TIME = 10;
const MOST_TIMES = 500;

interface Time {
  schedule: string;
  plannedMs: number;
  decide: 'run' | 'skip';
}
type Told = Time & { occurrence: string | null; failure: Failure | null };

/** @throws RefusedError `bad-request` where a key is none @throws `no-such-schedule` */
async function timesOf(schedules: SchedulesClient, asked: Body): Promise<Time[]> {
  const { run = [], skip = [], run_all: runAll, skip_all: skipAll } = asked;
  const name = runAll ?? skipAll;
  if (name !== undefined) {
    const missed = await schedules.missed(0, name);
    const what = runAll === undefined ? 'skip' : 'run';
    return missed
      .slice(0, MOST_TIMES)
      .map(({ schedule, plannedMs }) => ({ schedule, plannedMs, decide: what }));
  }
  const wrong: WrongValue[] = [];
  const times = [
    ...run.map((key, at) => timeOf(key, { decide: 'run', at, wrong })),
    ...skip.map((key, at) => timeOf(key, { decide: 'skip', at, wrong })),
  ];
  if (wrong.length > 0) throw new RefusedError({ code: 'bad-request', wrong: wrong.slice(0, 20) });
  return times.filter((time) => time !== undefined);
}

/** Of `nightly@2026-11-26T02:00:00Z`; what is none is among the wrong ones. */
function timeOf(
  key: string,
  { decide: what, at, wrong }: { decide: Time['decide']; at: number; wrong: WrongValue[] },
): Time | undefined {
  const [schedule = '', ...rest] = key.split('@');
  const read = readTime(rest.join('@'), 'UTC');
  if (nameProblem(schedule) === undefined && 'atMs' in read)
    return { schedule, plannedMs: read.atMs, decide: what };
  wrong.push({ at: `body.${what}.${at}`, says: 'it is no key that GET /api/missed tells' });
  return undefined;
}

async function decide(
  schedules: SchedulesClient,
  { schedule, plannedMs, decide: what }: Time,
  note: Note,
): Promise<Told> {
  const time = { schedule, plannedMs, decide: what };
  try {
    const occurrence = await schedules.decide(schedule, plannedMs, what, note);
    return { ...time, occurrence, failure: null };
  } catch (error) {
    if (!(error instanceof SchedulerError)) throw error;
    return { ...time, occurrence: null, failure: error.failure };
  }
}

/** Those that nobody missed could not be decided about. */
async function foretell(schedules: SchedulesClient, times: readonly Time[]): Promise<Told[]> {
  const names = [...new Set(times.map(({ schedule }) => schedule))];
  const missed = await inBatches(names, (schedule) => missedOf(schedules, schedule), AT_A_TIME);
  const byName = new Map(names.map((name, at) => [name, missed[at]]));
  return times.map((time) => {
    const { schedule, plannedMs: atMs } = time;
    const known = byName.get(schedule);
    const failure = known instanceof Set ? failureOf(known.has(atMs), schedule, atMs) : (known ?? null);
    return { ...time, occurrence: null, failure };
  });
}

function failureOf(isThere: boolean, schedule: string, atMs: number): Failure | null {
  return isThere ? null : { code: 'no-such-time', schedule, atMs };
}

/** Planned times, in milliseconds since the epoch; or why they cannot be told. */
async function missedOf(schedules: SchedulesClient, schedule: string): Promise<Set<number> | Failure> {
  try {
    return new Set((await schedules.missed(0, schedule)).map(({ plannedMs }) => plannedMs));
  } catch (error) {
    if (error instanceof SchedulerError) return error.failure;
    throw error;
  }
}

function toldJson({ schedule, plannedMs, decide: what, occurrence, failure }: Told): Record<string, unknown> {
  return {
    ...{ key: missedKey(schedule, plannedMs), schedule, planned: isoTime(plannedMs), decided: what },
    ...{ occurrence, problem: failure && oneFailureJson(failure) },
  };
}
