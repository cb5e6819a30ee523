import type { Command } from 'commander';
import type { Selection } from '../../scheduler-client.ts';
import { openContext } from '../call/context.ts';
import { type Caller, commands } from './caller.ts';
import * as typed from './typed.ts';

/** What asks the scheduler, and tells it what to do. */
export function schedulerCommands(root: Command, caller: Caller): void {
  root
    .command('status')
    .description('agents with slots held/limit, running, waiting, parked, last pass')
    .option('--json', 'one JSON object')
    .option('--watch', 'again every 2 seconds')
    .action(async (options) => {
      const { showStatus } = await import('../tell/status-command.ts');
      caller.done(await showStatus(openContext(caller.global()), options));
    });

  for (const verb of ['pause', 'resume'] as const) {
    root
      .command(verb)
      .description(
        verb === 'pause' ? 'start nothing more; what runs goes on' : 'start tasks again after a pause',
      )
      .option('--agent <agent>', 'this agent only', typed.agentName)
      .option('--queue <queue>', 'the agents of this queue only')
      .action(async (options: Selection) => {
        const { pauseOrResume } = await commands();
        caller.done(await pauseOrResume(openContext(caller.global()), verb, options));
      });
  }
  root
    .command('drain')
    .description('pause, and wait until nothing runs')
    .option('--timeout <seconds>', 'give up waiting after this long (exit code 1)', typed.seconds)
    .action(async (options: { timeout?: number }) => {
      const { timeout } = options;
      const { drain } = await import('../tell/drain.ts');
      caller.done(
        await drain(openContext(caller.global()), timeout === undefined ? {} : { timeoutSec: timeout }),
      );
    });
  root
    .command('run-now')
    .description('look for work at once; with a task: put it first in line')
    .argument('[task]', 'id of the task', typed.taskId)
    .action(async (task: number | undefined) => {
      const { runNow } = await commands();
      caller.done(await runNow(openContext(caller.global()), task));
    });
}
