import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { programVersion } from '../../config/package-root.ts';
import {
  BACKUP_FORMAT,
  type BackedUpFile,
  type Backup,
  type BackupManifest,
  type LeftOut,
} from '../../contract/backup.ts';
import { SchedulerError } from '../../contract/errors.ts';
import { copyDatabases } from '../../embedded/backup/copy-databases.ts';
import { checkDatabase } from '../../embedded/backup/sqlite.ts';
import { contentOf, copyFileWhole, sync } from '../../os/copied-file.ts';
import { inWorkDir } from '../../os/work-dir.mjs';
import { schedulerError } from '../../words/errors.ts';
import { removeOlder } from './dated.ts';
import { datedName } from './dated-name.ts';
import { manifestPath } from './manifest.ts';
import { type BackupPlace, findSources, MOST_FILE_BYTES, type Source, type Sources } from './sources.ts';

export interface BackupOptions {
  /** The folder is one of dated backups: another is made in it, and the oldest beyond so many are removed. */
  keep?: number;
}

/**
 * Backs up a base path into a folder that is not there yet, or is empty, while everything runs or nothing does. The folder
 * is there when it is whole; whatever ends this before leaves `<folder>.tmp-…`, which the next backup removes.
 * @throws `nothing-to-back-up` @throws `backup-place-taken` @throws `backup-failed`
 */
export async function makeBackup(
  place: BackupPlace,
  path: string,
  { keep }: BackupOptions = {},
): Promise<Backup> {
  const madeAt = new Date();
  const parent = resolve(path);
  const dir = keep === undefined ? parent : join(parent, datedName(madeAt));
  const { basePath, stateDir } = place.loaded.config;
  const origin = { host: hostname(), basePath, stateDir };
  try {
    await refuseTaken(dir);
    const sources = await findSources(place);
    if (sources.databases.length + sources.files.length === 0)
      throw schedulerError({ code: 'nothing-to-back-up', stateDir });
    const about = { format: BACKUP_FORMAT, version: programVersion(), madeAt: madeAt.toISOString(), origin };
    const manifest = await inWorkDir(dir, (work) => makeIn(join(work, 'backup'), { sources, about, dir }));
    const removed = keep === undefined ? [] : await removeOlder(parent, { keep, origin, newest: dir });
    return { dir, manifest, removed };
  } catch (error) {
    if (error instanceof SchedulerError) throw error;
    throw schedulerError({ code: 'backup-failed', dir, text: (error as Error).message }, { cause: error });
  }
}

async function refuseTaken(dir: string): Promise<void> {
  const entries = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') return ['it is a file'];
    throw error;
  });
  const [first] = entries;
  if (first === undefined) return;
  const text = entries.length === 1 ? first : `${first} and ${entries.length - 1} more`;
  throw schedulerError({ code: 'backup-place-taken', dir, text });
}

interface Making {
  sources: Sources;
  about: Omit<BackupManifest, 'files' | 'leftOut'>;
  dir: string;
}

async function makeIn(folder: string, { sources, about, dir }: Making): Promise<BackupManifest> {
  const to = ({ path }: Source) => join(folder, path);
  await mkdir(join(folder, 'state'), { recursive: true, mode: 0o700 });
  await mkdir(join(folder, 'config'), { mode: 0o700 });
  const { databases } = sources;
  await copyDatabases(databases.map((source) => ({ from: source.from, to: to(source) })));
  const files: BackedUpFile[] = [];
  for (const source of databases) files.push(await finished(source, to(source)));
  const leftOut: LeftOut[] = [...sources.leftOut];
  for (const source of sources.files) {
    const copied = await copyOne(source, to(source));
    if ('why' in copied) leftOut.push(copied);
    else files.push(copied);
  }
  const manifest = { ...about, files, leftOut };
  await writeFile(manifestPath(folder), `${JSON.stringify(manifest, null, 2)}\n`, {
    flag: 'wx',
    mode: 0o600,
  });
  for (const path of [manifestPath(folder), join(folder, 'state'), join(folder, 'config'), folder])
    await sync(path);
  // The one moment in which it becomes a backup. A folder that has something in it by now refuses this.
  await rename(folder, dir);
  await sync(dirname(dir));
  return manifest;
}

/** A database that was copied, with what it is now: a damaged one is told today, not on the day when it is needed. */
async function finished({ part, path, from }: Source, to: string): Promise<BackedUpFile> {
  await sync(to);
  const schema = checkDatabase(to);
  return { part, path, from, ...(await contentOf(to)), schema };
}

/** Of recipes, one that is no file that can be copied is left out, and named; of anything else, that is the end. */
async function copyOne({ part, path, from }: Source, to: string): Promise<BackedUpFile | LeftOut> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  try {
    const content = await copyFileWhole(from, to, { followLinks: true, mostBytes: MOST_FILE_BYTES });
    return { part, path, from, ...content, schema: null };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (part !== 'recipes' || OF_THE_DISK.includes(code))
      throw new Error(`${from}: ${message}`, { cause: error });
    await rm(to, { force: true });
    return { part, why: 'unfit', path: from, text: message };
  }
}

const OF_THE_DISK = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'];
