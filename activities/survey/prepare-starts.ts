import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { DueStart, SurveyInput } from '../../contract/pass.ts';
import type { Start } from '../../domain/plan/decision.ts';
import type { OpenRun } from '../../domain/plan/input.ts';
import { asOpenRun, type FromLastRun, goesOn, pastOf } from '../../temporal/past.ts';

const CLOSING_MS = 1_000;

/**
 * Adds what the last run of each task left, and drops starts of tasks that turn out to have an open run. `stillOpen`: runs
 * that are in hand. `closing`: tasks whose run has nothing left to do; they are looked at again at once.
 */
export async function prepareStarts(
  deps: { client: Client; config: Config },
  starts: Start[],
  assignedByUs: SurveyInput['assignedByUs'],
) {
  const stillOpen: OpenRun[] = [];
  const closing: number[] = [];
  const due = await Promise.all(
    starts.map(async (start): Promise<DueStart[]> => {
      const last = await pastOnceClosed(deps, start);
      if (last.open !== undefined) {
        if (goesOn(last.open)) stillOpen.push(asOpenRun(last.open));
        else closing.push(start.task.id);
        return [];
      }
      const { past, notBeforeMs } = last;
      const before = start.pool === null ? undefined : assignedByUs[String(start.task.id)]?.agent;
      const assigned = { assignee: start.wants ?? before ?? null, assignedByUs: before !== undefined };
      return [{ ...start, ...assigned, past, notBeforeMs }];
    }),
  );
  return { starts: due.flat(), stillOpen, closing };
}

/** The scheduler takes the task's run for ended; one that has just said so needs a moment to close. */
async function pastOnceClosed(
  { client, config }: { client: Client; config: Config },
  { task }: Start,
): Promise<FromLastRun> {
  const untilMs = Date.now() + CLOSING_MS;
  for (;;) {
    const last = await pastOf(client, task, config.heartbeatTimeoutMs);
    if (last.open === undefined || goesOn(last.open) || Date.now() >= untilMs) return last;
    await sleep(CLOSING_MS / 10);
  }
}
