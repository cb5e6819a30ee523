import { SchedulerError } from '../../../../contract/errors.ts';
import { nameProblem } from '../../../../domain/names.ts';
import { sayMomentInBoth } from '../../../../words/due.ts';
import { sayFailure } from '../../../../words/errors.ts';
import { sayDecided, sayDecidedAll } from '../../../../words/schedule-done.ts';
import { missedJson } from '../../../json/schedules/missed.ts';
import type { SchedulesClient } from '../../../schedules-client.ts';
import { type Context, UsageError } from '../../call/context.ts';
import { saidBy } from '../../call/said-by.ts';
import { print, say } from '../../show/print.ts';
import { missedText } from '../../show/schedules/missed.ts';
import { withScheduler } from '../commands.ts';
import { show } from '../listings.ts';
import { readerHere } from './reader.ts';
import { momentIn } from './times.ts';

export interface MissedOptions {
  /** Milliseconds since the epoch. */
  since?: number;
  run?: string[];
  skip?: string[];
  runAll?: string;
  skipAll?: string;
  json?: boolean;
}

/** `schedule missed`: lists them, or decides about some. Exit code 1 where one of these could not be done. */
export function missed(context: Context, options: MissedOptions): Promise<number> {
  const { run = [], skip = [], runAll, skipAll, since = 0, json } = options;
  const named = run.length + skip.length;
  const all = [runAll, skipAll].filter((name) => name !== undefined).length;
  if (named > 0 && all > 0) throw new UsageError('missed: give --run and --skip, or --run-all or --skip-all');
  if (all > 1) throw new UsageError('missed: give --run-all or --skip-all, not both');
  if (named + all === 0) return listMissed(context, since, json ?? false);
  if (json) throw new UsageError('missed: --json goes with the list, not with what decides');
  return decide(context, options);
}

function listMissed(context: Context, sinceMs: number, json: boolean): Promise<number> {
  return show(context, json ? { json } : {}, {
    ask: ({ schedules }) => schedules.missed(sinceMs),
    asText: (lines) => missedText(lines, readerHere()),
    asJson: missedJson,
  });
}

/** A time that a person decides about. */
interface Decision {
  schedule: string;
  plannedMs: number;
  timeZone: string;
  decide: 'run' | 'skip';
}

function decide(context: Context, { run, skip, runAll, skipAll, since = 0 }: MissedOptions) {
  const meant = [
    ...(run ?? []).map((text) => named(text, 'run')),
    ...(skip ?? []).map((text) => named(text, 'skip')),
  ];
  return withScheduler(context, async ({ schedules }) => {
    const name = runAll ?? skipAll;
    const decisions =
      name === undefined
        ? await inZones(schedules, meant)
        : await allOf(schedules, name, { decide: runAll === undefined ? 'skip' : 'run', sinceMs: since });
    let failed = 0;
    for (const decision of decisions) if (!(await carryOut(schedules, decision))) failed += 1;
    // One was told of already.
    const lines = decisions.length === 1 ? [] : [sayDecidedAll(decisions.length, failed)];
    return { lines, code: failed === 0 ? 0 : 1 };
  });
}

interface Named {
  schedule: string;
  /** As it was typed. */
  time: string;
  decide: Decision['decide'];
}

/** `NAME@TIME`. @throws UsageError */
function named(text: string, what: Named['decide']): Named {
  const at = text.indexOf('@');
  const [schedule, time] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || nameProblem(schedule) !== undefined)
    throw new UsageError(`--${what}: ${JSON.stringify(text)} is not NAME@TIME, such as \`missed\` lists`);
  // Whether it is a time at all can be told without its schedule.
  momentIn(time, 'UTC', `--${what}`);
  return { schedule, time, decide: what };
}

/** Times without an offset are those of the schedule's zone. @throws UsageError */
async function inZones(schedules: SchedulesClient, meant: readonly Named[]): Promise<Decision[]> {
  const zones = new Map<string, string>();
  for (const { schedule } of meant)
    if (!zones.has(schedule)) zones.set(schedule, (await schedules.line(schedule, 0)).definition.timeZone);
  return meant.map(({ schedule, time, decide }) => {
    const timeZone = zones.get(schedule) ?? 'UTC';
    return { schedule, plannedMs: momentIn(time, timeZone, `--${decide}`), timeZone, decide };
  });
}

async function allOf(
  schedules: SchedulesClient,
  schedule: string,
  { decide, sinceMs }: { decide: Decision['decide']; sinceMs: number },
): Promise<Decision[]> {
  const { timeZone } = (await schedules.line(schedule, 0)).definition;
  const all = await schedules.missed(sinceMs, schedule);
  return all.map(({ plannedMs }) => ({ schedule, plannedMs, timeZone, decide }));
}

/** Says what was done; false: it could not be. */
async function carryOut(
  schedules: SchedulesClient,
  { schedule, plannedMs, timeZone, decide }: Decision,
): Promise<boolean> {
  const when = sayMomentInBoth(plannedMs, timeZone, readerHere().ownZone);
  try {
    const occurrence = await schedules.decide(schedule, plannedMs, decide, saidBy());
    print(sayDecided(schedule, when, occurrence));
    return true;
  } catch (error) {
    if (!(error instanceof SchedulerError)) throw error;
    say(`${schedule}, ${when}: ${sayFailure(error.failure)}`);
    return false;
  }
}
