import { setTimeout as sleep } from 'node:timers/promises';
import { calledAs } from '../../../config/called-as.ts';
import type { RunLine, Status } from '../../../contract/status.ts';
import type { Context } from '../call/context.ts';
import { saidBy } from '../call/said-by.ts';
import { connectHere } from '../call/scheduler.ts';
import { nameOf, optionsOf, type Selected } from '../call/selected.ts';
import { print, say } from '../show/print.ts';

const LOOK_MS = 1_000;

/**
 * `drain`: pauses, and waits until no agent that is meant runs any more, so that a host can be taken down
 * without stopping one. Exit code 0; 1 when something still runs after `timeoutSec` (none: it waits for ever).
 */
export async function drain(
  context: Context,
  { timeoutSec, note, ...what }: Selected & { timeoutSec?: number },
): Promise<number> {
  nameOf('drain', what);
  const { agent, queue } = what;
  const isMeant = (run: RunLine, { agents }: Status) => {
    if (agent !== undefined) return run.agent === agent;
    return queue === undefined || agents.some((each) => each.name === run.agent && each.queue === queue);
  };
  const scheduler = await connectHere(context);
  try {
    await scheduler.pause(what, saidBy(note));
    say('paused; waiting until nothing runs');
    const untilMs =
      timeoutSec === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutSec * 1_000;
    let told = -1;
    for (;;) {
      const status = await scheduler.status();
      const running = status.running.filter((run) => isMeant(run, status));
      if (running.length === 0) {
        print(`Nothing runs, and nothing starts until \`${calledAs()} resume${optionsOf(what)}\`.`);
        return 0;
      }
      const tasks = running.map((run) => `${run.taskId} on ${run.agent}`).join(', ');
      if (performance.now() >= untilMs) {
        say(`still running after ${timeoutSec} s: ${tasks}; the pause stays`);
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
