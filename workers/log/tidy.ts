import { constants } from 'node:fs';
import { lstat, open, opendir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inBatches } from '../../contract/in-batches.ts';
import { isOurLog, type KeptLogs, type LogFile, logsToRemove } from '../../domain/kept-logs.ts';
import { copyFileWhole } from '../../os/copied-file.ts';
import { localDay } from './local-time.ts';

/** More files are looked at the next time. */
const MOST_FILES = 100_000;
const AT_A_TIME = 64;
/** What servers print, and a crontab as in deploy/: each is written by one process for as long as that lives. */
const ENDLESS = ['temporal-server.log', 'tinytask.log', 'daemon.log', 'cron.log'];
export const ENDLESS_MAX_BYTES = 20 * 1024 * 1024;

export interface TidyOptions extends Omit<KeptLogs, 'dayOf'> {
  dir: string;
}

/**
 * Removes the logs that are not kept (domain/kept-logs.ts), and puts aside what an endless log has so far where it is too
 * large. Links, folders and files of other users are left alone. Several processes may do it at once. Returns how many logs were
 * removed, and what could not be done, as a clause. Throws nothing.
 */
export async function tidyLogs({
  dir,
  ...kept
}: TidyOptions): Promise<{ removed: number; problem: string | undefined }> {
  const problems: string[] = [];
  const attempt = async (work: Promise<unknown>): Promise<boolean> => {
    try {
      await work;
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') problems.push((error as Error).message);
      return false;
    }
  };
  let files: LogFile[] = [];
  await attempt(
    ownLogs(dir).then((found) => {
      files = found;
    }),
  );
  const names = logsToRemove(files, { ...kept, dayOf: localDay });
  const removed = await inBatches(names, (name) => attempt(rm(join(dir, name))), AT_A_TIME);
  for (const name of ENDLESS) await attempt(putAside(join(dir, name)));
  return { removed: removed.filter(Boolean).length, problem: problems[0] };
}

async function ownLogs(dir: string): Promise<LogFile[]> {
  const names: string[] = [];
  for await (const { name } of await opendir(dir)) {
    if (!isOurLog(name)) continue;
    names.push(name);
    if (names.length === MOST_FILES) break;
  }
  const files = await inBatches(names, (name) => ownLog(dir, name), AT_A_TIME);
  return files.filter((file) => file !== undefined);
}

async function ownLog(dir: string, name: string): Promise<LogFile | undefined> {
  const about = await lstat(join(dir, name)).catch(() => undefined);
  if (about === undefined || !about.isFile() || about.uid !== process.getuid?.()) return undefined;
  return { name, bytes: about.size, changedAtMs: about.mtimeMs };
}

/**
 * Whoever writes it has it open, so it stays the file that it is, and its beginning goes to `<path>.1`. It is written at its
 * end, wherever that is: what is written between the copy and the cut is lost.
 */
async function putAside(path: string): Promise<void> {
  const { O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
  const about = await lstat(path);
  if (!about.isFile() || about.uid !== process.getuid?.() || about.size <= ENDLESS_MAX_BYTES) return;
  const file = await open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  try {
    const temporary = `${path}.1.tmp`;
    await rm(temporary, { force: true });
    await copyFileWhole(path, temporary);
    await rename(temporary, `${path}.1`);
    await file.truncate(0);
  } finally {
    await file.close();
  }
}
