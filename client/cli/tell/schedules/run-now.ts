import { setTimeout as sleep } from 'node:timers/promises';
import type { OccurrenceEnd } from '../../../../contract/occurrence.ts';
import { sayNotBegun, sayOccurrenceEnd, sayWaitsFor } from '../../../../words/occurrence.ts';
import { connectScheduler } from '../../../connect.ts';
import type { SchedulesClient, StartedNow } from '../../../schedules-client.ts';
import type { Context } from '../../call/context.ts';
import { saidBy } from '../../call/said-by.ts';
import { startedJson } from '../../show/schedules/started.ts';
import { print, printJson, say } from '../../show/print.ts';
import { stopAsked } from '../../serve/stopping.ts';

export interface RunNowOptions {
  force?: boolean;
  evenIfPaused?: boolean;
  wait?: boolean;
  note?: string;
  json?: boolean;
}

/**
 * `schedule run-now`. Exit code 1: it was left out, or it was waited for and did not end well, or is not over when the waiting
 * was broken off.
 */
export async function runNow(
  { loaded, temporal }: Context,
  name: string,
  { wait, note, json, ...how }: RunNowOptions,
): Promise<number> {
  const scheduler = await connectScheduler({ temporal, config: loaded.config });
  try {
    const { schedules } = scheduler;
    const started = await schedules.runNow(name, how, saidBy(note));
    if (!json) for (const line of sayStarted(name, started)) print(line);
    const ended = wait && started.leftOut === null ? await awaitEnd(schedules, started) : undefined;
    if (ended && !json) print(`${started.occurrence}: ${sayOccurrenceEnd(ended)}`);
    if (json) printJson(startedJson(started, ended ?? null));
    const isWell = ended === undefined ? started.leftOut === null && !wait : ended.end === 'done';
    return isWell ? 0 : 1;
  } finally {
    await scheduler.close();
  }
}
