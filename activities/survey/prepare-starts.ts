import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { DueStart, SurveyInput } from '../../contract/pass.ts';
import type { Start } from '../../domain/plan/decision.ts';
import type { OpenRun } from '../../domain/plan/input.ts';
import { asOpenRun, type FromLastRun, goesOn, pastOf } from '../../temporal/past.ts';

/** A run that has told that it ended is waited for so long. */
const CLOSING_MS = 1_000;

interface PrepareDeps {
  /** By the connection of the workers: see GooseDeps. */
  asking: Client;
  config: Config;
}

export interface PreparedStarts {
  starts: DueStart[];
  /** Runs of tasks that were planned to start: they turned out to be open and to go on. */
  stillOpen: OpenRun[];
  /** Tasks whose open run has only to close; a refill follows at once. */
  closing: number[];
}

/** Adds to each start what the last run of its task left. A task that turns out to have an open run does not start. */
export async function prepareStarts(
  deps: PrepareDeps,
  starts: Start[],
  assignedByUs: SurveyInput['assignedByUs'],
): Promise<PreparedStarts> {
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

/** The scheduler knows of no open run of the task. One that has just told it that it ended needs a moment to close. */
async function pastOnceClosed({ asking, config }: PrepareDeps, { task }: Start): Promise<FromLastRun> {
  const sinceMs = performance.now();
  for (;;) {
    const last = await pastOf(asking, task, config.heartbeatTimeoutMs);
    const isOver = performance.now() - sinceMs >= CLOSING_MS;
    if (last.open === undefined || goesOn(last.open) || isOver) return last;
    await sleep(CLOSING_MS / 10);
  }
}
