import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

const LOOK_EVERY_MS = 50;

let names = 0;

/**
 * Runs `work` while holding a lock file; waits for another process that holds it, as long as that one lives. A lock has
 * its owner's identity in it from its first moment, so that of a killed process is told from a living one's.
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
    if (owner === 'free') continue;
    if (owner === 'unknown' || !isAlive(owner)) {
      await removeDead(lockPath);
      continue;
    }
    if (!told) onWait(owner.pid);
    told = true;
    await sleep(LOOK_EVERY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lockPath, { force: true });
  }
}

async function takeLock(lockPath: string): Promise<boolean> {
  const own = ownName(lockPath);
  try {
    await writeFile(own, JSON.stringify(identify(process.pid)), { flag: 'wx', mode: 0o600 });
    // It appears whole, or not at all.
    await link(own, lockPath);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Only one of those who find a dead one's lock gets it by this name; who gets a living one's instead puts it back. */
async function removeDead(lockPath: string): Promise<void> {
  const own = ownName(lockPath);
  try {
    await rename(lockPath, own);
    const owner = await readOwner(own);
    if (typeof owner === 'object' && isAlive(owner)) await link(own, lockPath);
  } catch (error) {
    // Somebody else was faster.
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function readOwner(lockPath: string): Promise<ProcessIdentity | 'free' | 'unknown'> {
  try {
    return JSON.parse(await readFile(lockPath, 'utf8')) as ProcessIdentity;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'free' : 'unknown';
  }
}

function ownName(lockPath: string): string {
  names += 1;
  return `${lockPath}.${process.pid}-${names}`;
}
