import type { Command } from 'commander';
import { openContext } from '../call/context.ts';
import type { ApplyOptions } from '../tell/schedules/apply.ts';
import type { Caller } from './caller.ts';
import * as typed from './typed.ts';

/** Schedules as a file that is kept elsewhere, such as beside the recipes. */
export function scheduleFileCommands(group: Command, caller: Caller): void {
  group
    .command('apply')
    .description('make the schedules be as a YAML file has them; what is so already is left alone')
    .requiredOption('-f, --file <file>', 'the file, or - for what is piped')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--prune', 'delete those that the file has not')
    .option('--note <text>', 'why; it is kept with your name', typed.note)
    .action(async (options: ApplyOptions) => {
      const { applyFile } = await import('../tell/schedules/apply.ts');
      caller.done(await applyFile(openContext(caller.global()), options));
    });
  group
    .command('export')
    .description('the schedules as the YAML file that `schedule apply` reads')
    .argument('[names...]', 'of schedules (default: all)', typed.scheduleNames)
    .option('--json', 'the same as JSON, which `schedule apply` reads too')
    .action(async (names: string[], options: { json?: boolean }) => {
      const { exportSchedules } = await import('../tell/schedules/export.ts');
      caller.done(await exportSchedules(openContext(caller.global()), names, options));
    });
}
