import { join, resolve } from 'node:path';
import type { BackedUpFile, BackupCheck, BackupProblem } from '../../contract/backup.ts';
import { checkDatabase } from '../../embedded/backup/sqlite.ts';
import { contentOf } from '../../os/copied-file.ts';
import { SCHEMA_VERSION } from '../../tinytask/embedded/schema.ts';
import { readManifest } from './manifest.ts';

/** Whether a backup is what was written, and could be restored. Reads all of it, and changes nothing. Throws nothing. */
export async function checkBackup(path: string): Promise<BackupCheck> {
  const dir = resolve(path);
  const read = await readManifest(dir);
  if ('problem' in read) return { dir, manifest: undefined, problems: [read.problem] };
  const problems: BackupProblem[] = [];
  for (const file of read.manifest.files) problems.push(...(await problemsOf(join(dir, file.path), file)));
  return { dir, manifest: read.manifest, problems };
}

async function problemsOf(path: string, file: BackedUpFile): Promise<BackupProblem[]> {
  try {
    const { bytes, sha256 } = await contentOf(path);
    if (bytes !== file.bytes || sha256 !== file.sha256) return [{ what: 'file-changed', path: file.path }];
  } catch (error) {
    return [{ what: 'file-missing', path: file.path, text: (error as Error).message }];
  }
  return file.schema === null ? [] : databaseProblems(path, file.path);
}

/** @param name the file's, for the problem */
export function databaseProblems(path: string, name: string): BackupProblem[] {
  try {
    const schema = checkDatabase(path);
    const isNewer = name.endsWith('tinytask.db') && schema > SCHEMA_VERSION;
    return isNewer ? [{ what: 'newer-schema', path: name, schema, known: SCHEMA_VERSION }] : [];
  } catch (error) {
    return [{ what: 'database-damaged', path: name, text: (error as Error).message }];
  }
}
