import { sayBackup, sayBackupCheck, sayRestored } from '../../../words/backup.ts';
import { makeBackup } from '../../backup/backup.ts';
import { checkBackup } from '../../backup/check.ts';
import { restoreBackup } from '../../backup/restore.ts';
import { snakeKeys } from '../../json/snake-keys.ts';
import { type Context, UsageError } from '../call/context.ts';
import { print, printJson } from '../show/print.ts';

export interface BackupOptions {
  /** Of dated backups in the folder. */
  keep?: number;
  check?: true;
  json?: true;
}

/** `backup`: exit code 0; 1 where none was made, or where the one that was looked at cannot be restored. */
export async function backup(context: Context, folder: string, options: BackupOptions): Promise<number> {
  const { keep, check, json } = options;
  refuseNoName('backup', folder);
  if (check && keep !== undefined)
    throw new UsageError('backup: --check looks at one backup, so it takes no --keep');
  if (check) {
    const found = await checkBackup(folder);
    answer(found, sayBackupCheck(found), json);
    return found.problems.length === 0 ? 0 : 1;
  }
  const made = await makeBackup(context, folder, keep === undefined ? {} : { keep });
  answer(made, sayBackup(made), json);
  return 0;
}

/** `restore`: exit code 0; 1 where nothing was restored. */
export async function restore(
  { loaded }: Context,
  folder: string,
  { json }: { json?: true },
): Promise<number> {
  refuseNoName('restore', folder);
  const restored = await restoreBackup(folder, loaded);
  answer(restored, sayRestored(restored), json);
  return 0;
}

function refuseNoName(command: string, folder: string): void {
  if (folder.trim() === '') throw new UsageError(`${command}: name a folder`);
}

function answer(facts: object, lines: readonly string[], json: true | undefined): void {
  if (json) printJson(snakeKeys(facts));
  else for (const line of lines) print(line);
}
