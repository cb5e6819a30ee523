// @ts-check
import { rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.mjs';
import { identify, isAlive } from './process-identity.mjs';

/** @import { ProcessIdentity } from './process-identity.mjs' */

const LOOK_EVERY_MS = 200;

/**
 * Runs `work` while holding a lock file; waits for another process that holds it, as long as that one lives.
 * The lock saves double work. It is no proof: the work must be harmless if done twice (temp file and rename).
 * @template T
 * @param {string} lockPath
 * @param {() => Promise<T>} work
 * @param {(pid: number) => void} [onWait]
 * @returns {Promise<T>}
 */
export async function oneAtATime(lockPath, work, onWait = () => undefined) {
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
  const forget = atExit(() => rmSync(lockPath, { force: true }));
  try {
    return await work();
  } finally {
    forget();
    await rm(lockPath, { force: true });
  }
}

/** @param {string} lockPath */
async function takeLock(lockPath) {
  try {
    await writeFile(lockPath, JSON.stringify(identify(process.pid)), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} lockPath
 * @returns {Promise<ProcessIdentity | undefined>}
 */
async function readOwner(lockPath) {
  try {
    return JSON.parse(await readFile(lockPath, 'utf8'));
  } catch {
    return undefined;
  }
}
