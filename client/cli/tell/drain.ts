import { setTimeout as sleep } from 'node:timers/promises';
import { calledAs } from '../../../config/called-as.ts';
import { connectScheduler } from '../../connect.ts';
import type { Context } from '../call/context.ts';
import { print, say } from '../show/print.ts';

const LOOK_MS = 1_000;

/**
 * `drain`: pauses the scheduler and waits until no agent runs any more, so that a host can be taken down
 * without stopping one. Exit code 0; 1 when something still runs after `timeoutSec` (none: it waits for ever).
 */
export async function drain(
  { loaded, temporal }: Context,
  { timeoutSec }: { timeoutSec?: number },
): Promise<number> {
  const scheduler = await connectScheduler({ temporal, config: loaded.config });
  try {
    await scheduler.pause();
    say('paused; waiting until nothing runs');
    const untilMs = timeoutSec === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutSec * 1_000;
    let told = -1;
    for (;;) {
      const { running } = await scheduler.status();
      if (running.length === 0) {
        print(`Nothing runs, and nothing starts until \`${calledAs()} resume\`.`);
        return 0;
      }
      const tasks = running.map(({ taskId, agent }) => `${taskId} on ${agent}`).join(', ');
      if (Date.now() >= untilMs) {
        say(`still running after ${timeoutSec} s: ${tasks}; the scheduler stays paused`);
        return 1;
      }
      if (running.length !== told) say(`running: ${tasks}`);
      told = running.length;
      await sleep(LOOK_MS);
    }
  } finally {
    await scheduler.close();
  }
}
