import { setTimeout as sleep } from 'node:timers/promises';
import { connectScheduler } from '../../connect.ts';
import type { Context } from '../call/context.ts';
import { readerGone } from '../call/readers.ts';
import { stopAsked } from '../serve/stopping.ts';
import { printJson, printLines } from '../show/print.ts';
import { statusJson, statusText } from '../show/show-status.ts';

const WATCH_MS = 2_000;

/** `status`: where everything stands, once or again and again. */
export async function showStatus(
  { loaded, temporal }: Context,
  { json, watch }: { json?: boolean; watch?: boolean },
): Promise<number> {
  const scheduler = await connectScheduler({ temporal, config: loaded.config });
  try {
    let goesOn = true;
    const stopped = watch
      ? Promise.race([stopAsked(), readerGone]).then(() => {
          goesOn = false;
        })
      : undefined;
    do {
      const status = await scheduler.status();
      if (json) printJson(statusJson(status));
      else printLines(statusText(status, Date.now()), { clearScreen: watch === true });
      if (stopped !== undefined) await Promise.race([sleep(WATCH_MS), stopped]);
    } while (stopped !== undefined && goesOn);
    return 0;
  } finally {
    await scheduler.close();
  }
}
