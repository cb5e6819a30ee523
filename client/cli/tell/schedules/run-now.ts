import { setTimeout as sleep } from 'node:timers/promises';
import type { OccurrenceEnd } from '../../../../contract/occurrence.ts';
import { sayOccurrenceEnd, sayWaitsFor } from '../../../../words/occurrence.ts';
import { sayStarted } from '../../../../words/schedule-done.ts';
import { startedJson } from '../../../json/schedules/started.ts';
import type { SchedulesClient } from '../../../schedules-client.ts';
import type { Context } from '../../call/context.ts';
import { saidBy } from '../../call/said-by.ts';
import { connectHere, openScheduler } from '../../call/scheduler.ts';
import { stopAsked } from '../../serve/stopping.ts';
import { print, printJson, say } from '../../show/print.ts';

export interface RunNowOptions {
  force?: boolean;
  evenIfPaused?: boolean;
  wait?: boolean;
  json?: boolean;
}

/**
 * `schedule run-now`. Exit code 1: it was left out, or it was waited for and did not end well, or is not over when the waiting
 * was broken off.
 */
export async function runNow(
  context: Context,
  name: string,
  { wait, json, ...how }: RunNowOptions,
): Promise<number> {
  const scheduler = await (wait ? connectHere(context) : openScheduler(context));
  try {
    const { schedules } = scheduler;
    const started = await schedules.runNow(name, how, saidBy());
    if (!json) print(sayStarted(name, started));
    const isOver = started.leftOut !== null || started.ended !== null;
    if (isOver || !wait) {
      if (json) printJson(startedJson(started, null));
      return isOver && started.ended?.end !== 'done' ? 1 : 0;
    }
    const ended = await awaitEnd(schedules, started.occurrence);
    if (json) printJson(startedJson(started, ended ?? null));
    else if (ended) print(`${started.occurrence}: ${sayOccurrenceEnd(ended)}`);
    return ended?.end === 'done' ? 0 : 1;
  } finally {
    await scheduler.close();
  }
}

const LOOK_MS = 500;

/** How it ended; undefined: it was not waited for to the end, or was ended from outside, which is said. */
async function awaitEnd(
  schedules: Pick<SchedulesClient, 'occurrence'>,
  occurrence: string,
): Promise<OccurrenceEnd | undefined> {
  say('waiting for its end');
  let [isOver, isStopped] = [false, false];
  const stopped = stopAsked().then((why) => {
    if (isOver) return;
    isStopped = true;
    say(`asked to stop (${why}): it is not waited for any longer, and goes on`);
  });
  try {
    return await followed(schedules, occurrence, { stopped, isStopped: () => isStopped });
  } finally {
    isOver = true;
  }
}

async function followed(
  schedules: Pick<SchedulesClient, 'occurrence'>,
  occurrence: string,
  { stopped, isStopped }: { stopped: Promise<void>; isStopped: () => boolean },
): Promise<OccurrenceEnd | undefined> {
  let waitsFor: string | undefined;
  while (!isStopped()) {
    const seen = await schedules.occurrence(occurrence);
    const { ended, waits, phase } = seen?.memo ?? {};
    if (ended !== undefined) return ended;
    if (seen === undefined || seen.closed) {
      say(`${occurrence} was ended from outside`);
      return undefined;
    }
    const now = phase === 'waiting' && waits !== undefined ? sayWaitsFor(waits) : undefined;
    if (now !== undefined && now !== waitsFor) say(`it waits: ${now}`);
    waitsFor = now;
    await Promise.race([sleep(LOOK_MS), stopped]);
  }
  return undefined;
}
