import { randomUUID } from 'node:crypto';
import { scheduleWorkflowId } from '../../../contract/ids.ts';
import {
  backfill,
  decideMissed,
  deleteSchedule,
  occurrenceEnded,
  skipNext,
} from '../../../contract/messages.ts';
import type { ScheduleFull } from '../../../contract/schedule.ts';
import { eventually } from '../../support/eventually.ts';
import { definitionOf, scheduleAt, standInBegins } from '../../support/schedules.ts';
import type { System } from '../../support/system.ts';
import { wished } from '../../support/wished.ts';
import { daemonWith, endBy, type Kept, refOf } from './scene.ts';

const HOUR_MS = 3_600_000;
const hourly = { kind: 'every', everyMs: HOUR_MS } as const;

/** Schedules that are edited, are over, miss a time, and go on for long. */
export async function schedules(system: System): Promise<Kept[]> {
  const daemon = await daemonWith(system, { LOOP_INTERVAL_SEC: '1' });
  const kept = (await Promise.all([byHand(system), isOver(system), misses(system), long(system)])).flat();
  await endBy('SIGTERM', daemon);
  return kept;
}

const scheduleRun = (system: System, name: string) => refOf(system, scheduleWorkflowId(name));

async function byHand(system: System): Promise<Kept[]> {
  const { define, pause, resume, runNow, handle } = scheduleAt(system.client, 'edited');
  await define(definitionOf('edited', { timing: hourly, pauseOnFailure: 1 }));
  await define(definitionOf('edited', { priority: 1 }), 7);
  await pause('for a while');
  await resume();
  await runNow();
  await wished(handle, skipNext, {});
  const nowMs = Date.now();
  await wished(handle, backfill, { fromMs: nowMs - 3 * HOUR_MS, toMs: nowMs });
  await begins(system, 'edited', nowMs + 1_000, 'failed');
  await define(definitionOf('edited', { timing: { ...hourly, offsetMs: 60_000 }, pauseOnFailure: 1 }), 1);
  await wished(handle, deleteSchedule, { note: 'no more' });
  await handle.result();
  const shows = ['define', 'pause', 'resume', 'run-now', 'skip-next', 'backfill', 'delete', 'begin'];
  const ref = await scheduleRun(system, 'edited');
  return [{ name: 'schedule-is-edited', ref, shows: [...shows, 'keepSchedule', 'dueTimes', 'scheduledRun'] }];
}

async function isOver(system: System): Promise<Kept[]> {
  const { define, status } = scheduleAt(system.client, 'over');
  const once = definitionOf('over', { timing: { kind: 'every', everyMs: 5_000 }, remaining: 1 });
  await define(once);
  const isFinished = async () => (await status()).memo.schedule.finished;
  await eventually('it is over', isFinished, 300_000);
  await define({ ...once, remaining: 1, overlap: 'allow' }, 1);
  await eventually('it is over again', isFinished, 300_000);
  const ref = await scheduleRun(system, 'over');
  return [
    { name: 'schedule-is-over-and-comes-back', ref, shows: ['begin', 'keepSchedule', 'occurrencesThere'] },
  ];
}

/** The watchdog looks after a minute. */
async function misses(system: System): Promise<Kept[]> {
  const { define, status, handle } = scheduleAt(system.client, 'misses');
  await define(definitionOf('misses', { timing: { kind: 'every', everyMs: 5_000 } }));
  await system.client.schedule.getHandle('misses').delete();
  const missed = await eventually(
    'it has noticed',
    async () => (await status()).history.find(({ ended }) => ended?.end === 'left-out'),
    300_000,
  );
  await wished(handle, decideMissed, { plannedMs: missed.plannedMs, decide: 'run' });
  await define(definitionOf('misses', { timing: hourly }), 1);
  await eventually(
    'what was due before the edit is compared',
    async () => ((await status()).before ?? []).length === 0,
    300_000,
  );
  const ref = await scheduleRun(system, 'misses');
  return [{ name: 'schedule-misses-a-time', ref, shows: ['occurrencesThere', 'decide-missed'] }];
}

async function long(system: System): Promise<Kept[]> {
  const { define, pause, resume, handle } = scheduleAt(system.client, 'long');
  await define(definitionOf('long', { timing: hourly, overlap: 'allow' }));
  const ref = await scheduleRun(system, 'long');
  let plannedMs = Date.now();
  for (let n = 0; (await scheduleRun(system, 'long')).runId === ref.runId; n++) {
    await begins(system, 'long', plannedMs, 'done');
    // One that is late by more than the catch-up window does nothing.
    plannedMs = Math.max(plannedMs + 1_000, Date.now());
    await Promise.all([pause(`${n}`), resume()]);
    await handle.query<ScheduleFull>('status');
  }
  return [{ name: 'schedule-continues-under-wishes', ref, shows: ['begin', 'occurrence-ended', 'pause'] }];
}

/** As an occurrence says it. */
async function begins(
  system: System,
  name: string,
  plannedMs: number,
  end: 'done' | 'failed',
): Promise<void> {
  const handle = system.client.workflow.getHandle(scheduleWorkflowId(name));
  const asked = { workflowId: `occurrence-${name}-${plannedMs}`, runId: randomUUID(), plannedMs };
  const begin = { ...asked, trigger: 'plan', atMs: plannedMs } as const;
  await standInBegins(system.client, name, begin);
  const nothing = { task: null, verdict: null, attempts: 1, tokens: 5, log: null, agent: null };
  const ended = { end, ...nothing, ...(end === 'failed' && { reason: 'it broke' }) };
  await handle.signal(occurrenceEnded, { ...asked, endedMs: plannedMs, ended });
}
