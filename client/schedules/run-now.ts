import type { Client } from '@temporalio/client';
import type { Note } from '../../contract/by-hand.ts';
import { runScheduleNow } from '../../contract/messages.ts';
import type { RunNowHow, StartedNow } from '../../contract/schedule.ts';
import { schedulerError } from '../../words/errors.ts';
import { askSchedule } from './ask-schedule.ts';
import { lookUntilItTells } from './occurrence.ts';

/** A task is there after a second where nothing is in the way; nobody wants to wait much longer for an answer. */
const TELLS_MS = 5_000;

/** @throws `no-such-schedule` @throws `schedule-paused` @throws `schedule-finished` @throws `no-daemon` */
export async function runScheduleOnce(
  client: Client,
  name: string,
  how: RunNowHow = {},
  note: Note = {},
): Promise<StartedNow> {
  const { force = false, evenIfPaused = false, tellsMs = TELLS_MS } = how;
  const ran = await askSchedule(client, name, runScheduleNow, { force, evenIfPaused, ...note });
  if (!ran.started) {
    if (ran.because === 'finished') throw schedulerError({ code: 'schedule-finished', schedule: name });
    const { pause } = ran;
    throw schedulerError({ code: 'schedule-paused', schedule: name, ...(pause && { pause }) });
  }
  return startedNow(client, ran.workflowId, tellsMs);
}

/** What an occurrence that was started a moment ago tells of itself. */
async function startedNow(client: Client, occurrence: string, tellsMs: number): Promise<StartedNow> {
  const { memo } = (await lookUntilItTells(client, occurrence, tellsMs)) ?? {};
  const leftOut = memo?.ended?.end === 'left-out' ? memo.ended.because : null;
  const ended = memo?.ended?.end === 'left-out' ? null : (memo?.ended ?? null);
  const task = memo?.task ?? ended?.task ?? null;
  const isOver = leftOut !== null || ended !== null;
  return {
    ...{ occurrence, taskId: task?.id ?? null, leftOut, ended },
    waits: task === null && !isOver ? (memo?.waits ?? null) : null,
  };
}
