import { setTimeout as sleep } from 'node:timers/promises';
import { SchedulerError } from '../../../contract/errors.ts';
import type { Status } from '../../../contract/status.ts';
import { statusJson } from '../../json/status.ts';
import type { SchedulerClient } from '../../scheduler-client.ts';
import type { Context } from '../call/context.ts';
import { readerGone } from '../call/readers.ts';
import { connectHere, openScheduler } from '../call/scheduler.ts';
import { stopAsked } from '../serve/stopping.ts';
import { firstRows, printJson, printLines, say, terminalSize } from '../show/print.ts';
import { statusText } from '../show/show-status.ts';

const WATCH_MS = 2_000;

interface Shape {
  json?: boolean;
  watch?: boolean;
}

/** `status`: where everything stands, once or again and again. */
export async function showStatus(context: Context, shape: Shape): Promise<number> {
  const scheduler = await (shape.watch ? connectHere(context) : openScheduler(context));
  try {
    if (shape.watch) await watch(scheduler, shape);
    else show(await scheduler.status(), shape);
    return 0;
  } finally {
    await scheduler.close();
  }
}

/** Until a person stops it, or nobody reads. A server that goes away may come back, so it ends nothing. */
async function watch(scheduler: SchedulerClient, shape: Shape): Promise<void> {
  let goesOn = true;
  const stopped = Promise.race([stopAsked(), readerGone]).then(() => {
    goesOn = false;
  });
  const look = async () => {
    const status = await scheduler.status().catch((error) => {
      if (error instanceof SchedulerError) return error;
      throw error;
    });
    if (!goesOn) return;
    if (status instanceof SchedulerError) say(status.message);
    else show(status, shape);
  };
  while (goesOn) {
    await Promise.race([look(), stopped]);
    if (goesOn) await Promise.race([sleep(WATCH_MS), stopped]);
  }
}

function show(status: Status, { json, watch }: Shape): void {
  if (json) {
    printJson(statusJson(status));
    return;
  }
  const size = terminalSize();
  const text = statusText(status, Date.now(), size?.columns);
  // What is redrawn and taller than the terminal would show its end alone.
  const shown = watch && size !== undefined ? firstRows(text, size) : text;
  printLines(shown, { clearScreen: watch === true });
}
