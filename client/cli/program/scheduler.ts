import type { Command } from 'commander';
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

  root
    .command('run-now')
    .description('look for work at once; with a task: put it first in line')
    .argument('[task]', 'id of the task', typed.taskId)
    .action(async (task: number | undefined) => {
      const { runNow } = await commands();
      caller.done(await runNow(openContext(caller.global()), task));
    });
}
