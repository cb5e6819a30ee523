// @ts-check
import { rmSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.mjs';
import { isOutOfFiles } from './out-of-files.mjs';
import { identify, isAlive } from './process-identity.mjs';

/** @import { ProcessIdentity } from './process-identity.mjs' */

const LOOK_EVERY_MS = 50;

let names = 0;

/**
 * Runs `work` while holding a lock file; waits for another process that holds it, as long as that one lives. A lock has
 * its owner's identity in it from its first moment, so that of a killed process is told from a living one's.
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
    if (owner === 'free') continue;
    if (owner === 'unknown' || !isAlive(owner)) {
      await removeDead(lockPath);
      continue;
    }
    if (!told) onWait(owner.pid);
    told = true;
    await sleep(LOOK_EVERY_MS);
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
  const own = ownName(lockPath);
  try {
    await writeFile(own, JSON.stringify(identify(process.pid)), { flag: 'wx', mode: 0o600 });
    // It appears whole, or not at all.
    await link(own, lockPath);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Only one of those who find a dead one's lock gets it by this name; who gets a living one's instead puts it back.
 * @param {string} lockPath
 */
async function removeDead(lockPath) {
  const own = ownName(lockPath);
  try {
    await rename(lockPath, own);
    if (await mayLive(own)) await link(own, lockPath);
  } catch (error) {
    // Somebody else was faster.
    if (!['ENOENT', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** @param {string} lockPath */
async function mayLive(lockPath) {
  const owner = await readOwner(lockPath).catch(() => undefined);
  return owner === undefined || (typeof owner === 'object' && isAlive(owner));
}

/**
 * Throws where nobody knows who it is: a lock that cannot be read is still somebody's.
 * @param {string} lockPath
 * @returns {Promise<ProcessIdentity | 'free' | 'unknown'>}
 */
async function readOwner(lockPath) {
  try {
    return JSON.parse(await readFile(lockPath, 'utf8'));
  } catch (error) {
    if (isOutOfFiles(error)) throw error;
    return codeOf(error) === 'ENOENT' ? 'free' : 'unknown';
  }
}

/** @param {string} lockPath */
function ownName(lockPath) {
  names += 1;
  return `${lockPath}.${process.pid}-${names}`;
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}
