import type { Client } from '@temporalio/client';
import { scheduleWorkflowId } from '../../contract/ids.ts';
import { inBatches } from '../../contract/in-batches.ts';
import { occurrenceMemoIn } from '../../contract/memos.ts';
import { scheduleStatus } from '../../contract/messages.ts';
import type { Occurrence } from '../../contract/occurrence.ts';
import type { HistoryAsked, HistoryLine, MissedLine, ScheduleFull } from '../../contract/schedule.ts';
import { SCHEDULED_RUN } from '../../contract/workflows.ts';
import { missedBecause } from '../../domain/schedule/ended.ts';
import { listPage } from '../../temporal/listed.ts';
import { ask } from '../../temporal/query.ts';
import { schedulerError } from '../../words/errors.ts';
import { withWhereTheyAre } from './occurrence.ts';
import { historyLine } from './schedule-line.ts';
import { newestNames, scheduleMemoOf, troubledNames } from './there.ts';

/** A worker that has to replay a long schedule takes a moment. */
const ANSWER_MS = 5_000;
const LINES = 50;
/** Of those under way, so many are looked at. */
const LOOKED_AT = 100;
/** Of all schedules so many are asked that nothing is known of, and the newest occurrences of all of them say which. */
const SCHEDULES_ASKED = 200;
const NEWEST_OCCURRENCES = 1_000;

/** What only the schedule itself knows; undefined where no worker answers for it within so many milliseconds. */
export function fullOf(client: Client, name: string, withinMs: number): Promise<ScheduleFull | undefined> {
  return ask(client, scheduleWorkflowId(name), scheduleStatus, { withinMs });
}

/** Newest first, by planned time. @throws `no-such-schedule` @throws `no-daemon` */
export async function readHistory(client: Client, asked: HistoryAsked): Promise<HistoryLine[]> {
  const { schedule, limit = LINES } = asked;
  if (schedule !== undefined) await scheduleMemoOf(client, schedule);
  const names = schedule === undefined ? await thatDidSomething(client) : [schedule];
  const lines = await occurrencesOf(client, names);
  const newest = lines
    .filter((line) => isAskedFor(line, asked))
    .sort((a, b) => b.plannedMs - a.plannedMs || (b.startedMs ?? 0) - (a.startedMs ?? 0))
    .slice(0, limit);
  return withWhereTheyAre(client, newest, LOOKED_AT);
}

function isAskedFor(
  { plannedMs, endedMs, ended }: Occurrence,
  { sinceMs = 0, untilMs = Number.POSITIVE_INFINITY, end }: HistoryAsked,
): boolean {
  if ((endedMs ?? Number.POSITIVE_INFINITY) < sinceMs || plannedMs > untilMs) return false;
  return end === undefined || end === (ended?.end ?? 'under-way');
}

/** @throws `no-daemon` */
async function occurrencesOf(client: Client, names: readonly string[]): Promise<HistoryLine[]> {
  const all = await inBatches(names, async (schedule) => {
    const full = await fullOf(client, schedule, ANSWER_MS);
    return full?.history.map((occurrence) => historyLine(full.memo.schedule.definition, occurrence));
  });
  const answers = all.filter((lines) => lines !== undefined);
  // One that was deleted meanwhile does not answer either.
  if (answers.length === 0 && names.length > 0)
    throw schedulerError({ code: 'no-daemon', withinMs: ANSWER_MS, onlyAsked: true });
  return answers.flat();
}

/** Those in trouble, and those of which something happened last: neither leaves the others no room. */
async function thatDidSomething(client: Client): Promise<string[]> {
  const [troubled, lately] = await Promise.all([troubledNames(client), latelyNames(client)]);
  return [...new Set([troubled, lately].flatMap((names) => names.slice(0, SCHEDULES_ASKED)))];
}

/** The server lists what is open first, then what was closed last. */
async function latelyNames(client: Client): Promise<string[]> {
  const query = `WorkflowType = "${SCHEDULED_RUN}"`;
  const { listed } = await listPage(client, query, { size: NEWEST_OCCURRENCES });
  return [...new Set(listed.flatMap(({ memo }) => occurrenceMemoIn(memo)?.schedule ?? []))];
}

/** Times that were missed since then, oldest first: of one schedule, or of all. @throws `no-such-schedule` @throws `no-daemon` */
export async function readMissed(client: Client, sinceMs: number, schedule?: string): Promise<MissedLine[]> {
  if (schedule !== undefined) await scheduleMemoOf(client, schedule);
  const names = schedule === undefined ? await thatMayHaveMissed(client) : [schedule];
  const lines = await occurrencesOf(client, names);
  return lines
    .flatMap((line) => missedLine(line) ?? [])
    .filter(({ plannedMs }) => plannedMs >= sinceMs)
    .sort((a, b) => a.plannedMs - b.plannedMs || (a.schedule < b.schedule ? -1 : 1));
}

/**
 * What was missed is no trouble any more when a later one is done, and may lie far back. So all that are in trouble are asked, and
 * of the others as many as are answered soon.
 */
async function thatMayHaveMissed(client: Client): Promise<string[]> {
  const [troubled, lately, newest] = await Promise.all([
    troubledNames(client),
    latelyNames(client),
    newestNames(client, SCHEDULES_ASKED),
  ]);
  const others = [...new Set([...lately, ...newest])].slice(0, SCHEDULES_ASKED);
  return [...new Set([...troubled, ...others])];
}

function missedLine(line: HistoryLine): MissedLine | undefined {
  const { schedule, timeZone, plannedMs, times = 1 } = line;
  const because = missedBecause(line);
  return because && { schedule, timeZone, plannedMs, times, because };
}
