import type { Command } from 'commander';
import { openContext } from '../call/context.ts';
import type { BackupOptions } from '../tell/backup-commands.ts';
import type { Caller } from './caller.ts';
import * as typed from './typed.ts';

const backups = () => import('../tell/backup-commands.ts');

/** What copies everything that would be lost, and brings it back. */
export function backupCommands(root: Command, caller: Caller): void {
  root
    .command('backup')
    .description('copy databases and configuration into a new folder, while everything runs or nothing does')
    .argument('<folder>', 'one that is not there yet, or is empty')
    .option('--keep <n>', 'make a dated backup in the folder, and keep the newest so many', typed.keptBackups)
    .option('--check', 'only look whether the backup in the folder is whole')
    .option('--json', 'one JSON object')
    .action(async (folder: string, options: BackupOptions) => {
      caller.done(await (await backups()).backup(openContext(caller.global()), folder, options));
    });
  root
    .command('restore')
    .description('bring a backup back into a base path without state; nothing is overwritten')
    .argument('<folder>', 'of the backup')
    .option('--json', 'one JSON object')
    .action(async (folder: string, options: { json?: true }) => {
      caller.done(await (await backups()).restore(openContext(caller.global()), folder, options));
    });
}
