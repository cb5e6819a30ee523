import type { Command } from 'commander';
import { openContext, saidElsewhere } from '../call/context.ts';
import type { Caller } from './caller.ts';

const configCommands = () => import('../tell/config-commands.ts');

/** What shows the configuration, and checks it. */
export function configurationCommands(root: Command, caller: Caller): void {
  root
    .command('config')
    .description('the configuration in force')
    .option('--show', 'every setting, its value and where it comes from')
    .option('--json', 'as one JSON object')
    .action(async (options) => {
      const { showConfig } = await configCommands();
      caller.done(await showConfig(openContext(caller.global()), options));
    });
  root
    .command('notify')
    .description('try whom TINYSCHEDULER_NOTIFY names')
    .requiredOption(
      '--test',
      'send one test message, and say whether it has arrived (exit code 1: it has not)',
    )
    .option('--json', 'as one JSON object')
    .action(async (options) => {
      const { testNotify } = await import('../tell/notify-command.ts');
      caller.done(await testNotify(openContext(caller.global()), options));
    });
  root
    .command('validate-config')
    .description('check everything that `start`, `run` and `worker` would use')
    .option('--fix', 'make missing directories, a default agent control file and search attributes')
    .option('--json', 'as one JSON object, with a code for each finding')
    .action(async (options) => {
      const { validate } = await import('../tell/validate-command.ts');
      caller.done(await validate(() => openContext(caller.global(), {}, saidElsewhere), options));
    });
}
