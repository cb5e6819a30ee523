import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupOrigin } from '../../contract/backup.ts';
import { identify } from '../../os/process-identity.mjs';
import { isDated } from './dated-name.ts';
import { readManifest } from './manifest.ts';

/** What a killed process has left of making or removing one; with its process id. */
const LEFT = /^tinyscheduler-\d{8}T\d{6}Z\.tmp-(\d+)-/;

/**
 * Removes the oldest dated backups of this origin beyond `keep`, the newest one not counted as old whatever the clock says;
 * returns their paths. What is no whole backup of this origin is left alone.
 */
export async function removeOlder(
  parent: string,
  { keep, origin, newest }: { keep: number; origin: BackupOrigin; newest: string },
): Promise<string[]> {
  const names = await readdir(parent);
  await Promise.all(names.filter(isLeft).map((name) => remove(join(parent, name))));
  const older: string[] = [];
  for (const name of names.filter(isDated).sort()) {
    const dir = join(parent, name);
    if (dir !== newest && (await isOf(origin, dir))) older.push(dir);
  }
  const removed = older.slice(0, Math.max(0, older.length - (keep - 1)));
  for (const dir of removed) {
    // Half removed, it must not be taken for a backup.
    const aside = `${dir}.tmp-${process.pid}-old`;
    await rename(dir, aside);
    await remove(aside);
  }
  return removed;
}

async function isOf(origin: BackupOrigin, dir: string): Promise<boolean> {
  const read = await readManifest(dir);
  if ('problem' in read) return false;
  const { host, stateDir } = read.manifest.origin;
  return host === origin.host && stateDir === origin.stateDir;
}

function isLeft(name: string): boolean {
  const [, pid] = LEFT.exec(name) ?? [];
  return pid !== undefined && identify(Number(pid)) === undefined;
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 3 });
}
