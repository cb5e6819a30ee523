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
    .command('check')
    .description('for a monitoring: exit code 0 if all is well, 1 if a person should look at something')
    .option('--waiting <n>', 'also if more than so many tasks of a pool wait for an agent', typed.mostWaiting)
    .option('--oldest <time>', 'also if one of them was added longer ago than this: 30m, 2h', typed.longAgo)
    .option('--pool <queue>', 'these two for this pool only', typed.poolName)
    .option('--without-daemon', 'no alert that no daemon lives: cron or a timer makes the passes')
    .option('--json', 'one JSON object, with a code for each alert')
    .action(async ({ waiting: mostWaiting, oldest: oldestMs, ...options }: CheckOptions) => {
      const { showCheck } = await import('../tell/check-command.ts');
      const asked = {
        ...options,
        ...(mostWaiting !== undefined && { mostWaiting }),
        ...(oldestMs !== undefined && { oldestMs }),
      };
      caller.done(await showCheck(openContext(caller.global()), asked));
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

interface CheckOptions {
  waiting?: number;
  oldest?: number;
  pool?: string;
  withoutDaemon?: true;
  json?: boolean;
}
