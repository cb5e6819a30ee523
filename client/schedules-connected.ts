import type { Client } from '@temporalio/client';
import type { Note } from '../contract/by-hand.ts';
import * as messages from '../contract/messages.ts';
import type { HistoryAsked, RunNowHow, ScheduleShown } from '../contract/schedule.ts';
import type { HowToApply, WantedSchedule } from '../contract/schedule-applied.ts';
import { BOUNDS, type Definition } from '../domain/schedule/definition.ts';
import { schedulerError } from '../words/errors.ts';
import { applySchedules } from './apply-schedules.ts';
import { coded } from './errors.ts';
import { allSchedules } from './schedules/all.ts';
import { askSchedule } from './schedules/ask-schedule.ts';
import { createSchedule, type EditHow, editSchedule, NEXT_TIMES } from './schedules/define.ts';
import { fullOf, readHistory, readMissed } from './schedules/history.ts';
import { lookAtOccurrence, withWhereTheyAre } from './schedules/occurrence.ts';
import { readRecent } from './schedules/recent.ts';
import { runScheduleOnce } from './schedules/run-now.ts';
import { scheduleLine } from './schedules/schedule-line.ts';
import { listSchedules, scheduleMemoOf } from './schedules/there.ts';
import type { SchedulesClient } from './schedules-client.ts';

/** The schedules' part of the one API: see SchedulesClient. */
export function schedulesOf(client: Client): SchedulesClient {
  const schedules: Omit<SchedulesClient, 'apply'> = {
    create: coded((definition: Definition, options?: Note & { paused?: boolean }) =>
      createSchedule(client, definition, options),
    ),
    edit: coded((definition: Definition, version: number, how?: EditHow) =>
      editSchedule(client, definition, version, how),
    ),
    list: coded((asked?: { limit?: number; cursor?: string }) => listSchedules(client, asked)),
    all: coded(() => allSchedules(client)),
    show: coded((name: string) => showSchedule(client, name)),
    line: coded(async (name: string, times: number) =>
      scheduleLine(await scheduleMemoOf(client, name), Date.now(), times),
    ),
    ...switches(client),
    runNow: coded((name: string, how?: RunNowHow, note?: Note) => runScheduleOnce(client, name, how, note)),
    occurrence: coded((workflowId: string) => lookAtOccurrence(client, workflowId)),
    history: coded((asked: HistoryAsked) => readHistory(client, asked)),
    recent: coded((names: readonly string[], each: number) => readRecent(client, names, each)),
    missed: coded((sinceMs: number, schedule?: string) => readMissed(client, sinceMs, schedule)),
    ...timesByHand(client),
  };
  return {
    ...schedules,
    apply: coded((wanted: readonly WantedSchedule[], how: HowToApply, note?: Note) =>
      applySchedules(schedules, wanted, how, note),
    ),
  };
}

/** Without its history there is enough to show, and nobody wants to wait for it. */
const SHOW_MS = 1_500;
/** Of its occurrences that are under way. */
const LOOKED_AT = 20;

async function showSchedule(client: Client, name: string): Promise<ScheduleShown> {
  const memo = await scheduleMemoOf(client, name);
  const full = await fullOf(client, name, SHOW_MS);
  return {
    ...scheduleLine(full?.memo ?? memo, Date.now(), NEXT_TIMES),
    history: full ? await withWhereTheyAre(client, full.history.toReversed(), LOOKED_AT) : null,
    totals: full?.totals ?? null,
    inForce: full?.inForce ?? null,
  };
}

/** What turns a schedule off and on, and takes it out. */
function switches(client: Client): Pick<SchedulesClient, 'pause' | 'resume' | 'delete'> {
  return {
    pause: coded(async (name: string, note?: Note) => {
      const { wasPaused } = await askSchedule(client, name, messages.pauseSchedule, note);
      return !wasPaused;
    }),
    resume: coded(async (name: string, note?: Note) => {
      const { schedule } = await scheduleMemoOf(client, name);
      if (schedule.finished) throw schedulerError({ code: 'schedule-finished', schedule: name });
      const { wasPaused } = await askSchedule(client, name, messages.resumeSchedule, note);
      return wasPaused;
    }),
    delete: coded((name: string, note?: Note) => askSchedule(client, name, messages.deleteSchedule, note)),
  };
}

/** What is decided about single times. */
function timesByHand(client: Client): Pick<SchedulesClient, 'skipNext' | 'backfill' | 'decide'> {
  return {
    skipNext: coded((name: string, note: Note = {}) => askSchedule(client, name, messages.skipNext, note)),
    backfill: coded(async (name: string, span: { fromMs: number; toMs: number }, note: Note = {}) => {
      const done = await askSchedule(client, name, messages.backfill, { ...span, ...note });
      if (done.tooMany === undefined) return done;
      throw schedulerError({
        code: 'too-many-times',
        schedule: name,
        count: done.tooMany,
        most: BOUNDS.backfill,
      });
    }),
    decide: coded(async (name: string, plannedMs: number, decide: 'run' | 'skip', note: Note = {}) => {
      const asked = { plannedMs, decide, ...note };
      const decided = await askSchedule(client, name, messages.decideMissed, asked);
      if (decided.decided === 'no-such-time')
        throw schedulerError({ code: 'no-such-time', schedule: name, atMs: plannedMs });
      return decided.decided === 'run' ? decided.workflowId : null;
    }),
  };
}
