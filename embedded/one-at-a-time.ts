import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

const LOOK_EVERY_MS = 200;

/**
 * Runs `work` while holding a lock file; waits for another process that holds it, as long as that one lives.
 * The lock saves double work. It is no proof: the work must be harmless if done twice (temp file and rename).
 */
export async function oneAtATime<T>(
  lockPath: string,
  work: () => Promise<T>,
  onWait: (pid: number) => void = () => undefined,
): Promise<T> {
  await mkdir(dirname(lockPath), { recursive: true, mode: 0o700 });
  let told = false;
  while (!(await takeLock(lockPath))) {
    const owner = await readOwner(lockPath);
    if (owner && isAlive(owner)) {
      if (!told) onWait(owner.pid);
      told = true;
      await sleep(LOOK_EVERY_MS);
    } else {
      // Empty while its owner is just writing it: look once more before taking it for a dead one's.
      await sleep(LOOK_EVERY_MS);
      const again = await readOwner(lockPath);
      if (!again || !isAlive(again)) await rm(lockPath, { force: true });
    }
  }
  try {
    return await work();
  } finally {
    await rm(lockPath, { force: true });
  }
}

async function takeLock(lockPath: string): Promise<boolean> {
  try {
    await writeFile(lockPath, JSON.stringify(identify(process.pid)), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readOwner(lockPath: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(lockPath, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
