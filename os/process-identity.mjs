// @ts-check
import { execFileSync } from 'node:child_process';
import { readBootId } from './boot-id.mjs';
import { hasEnded, readProcessStat } from './process-stat.mjs';

/**
 * A process that cannot be mistaken for a later one with the same id.
 * @typedef {object} ProcessIdentity
 * @property {number} pid
 * @property {string} startTime When it started, as its system says it, and in which boot; only ever compared with itself.
 */

/**
 * The identity of a running process; undefined if it has ended (a zombie has), or is hidden from us. Throws where that cannot be read,
 * as when no file can be opened any more: then nobody knows whether it runs.
 * @param {number} pid
 * @returns {ProcessIdentity | undefined}
 */
export function identify(pid) {
  const startTime = process.platform === 'linux' ? linuxStartTime(pid) : psStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/**
 * Whether this very process still runs. It counts as running where that cannot be read: nobody may be taken for gone who is only
 * not seen.
 * @param {ProcessIdentity} identity
 */
export function isAlive(identity) {
  try {
    return isThere(identity);
  } catch {
    return true;
  }
}

/**
 * Whether this very process is seen to run. Only then it may be sent a signal: its id may be another one's by now.
 * @param {ProcessIdentity} identity
 */
export function mayBeSignalled(identity) {
  try {
    return isThere(identity);
  } catch {
    return false;
  }
}

/** @param {ProcessIdentity} identity */
function isThere({ pid, startTime }) {
  return identify(pid)?.startTime === startTime;
}

/** @param {number} pid */
function linuxStartTime(pid) {
  const stat = readProcessStat(pid);
  return stat === undefined || hasEnded(stat) ? undefined : `${stat.startTime}@${readBootId()}`;
}

/** @param {number} pid */
function psStartTime(pid) {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [state, ...started] = line.trim().split(/\s+/);
    return !state || state.startsWith('Z') ? undefined : started.join(' ');
  } catch (error) {
    const { status, code } = /** @type {{ status?: unknown, code?: unknown }} */ (error);
    // It ran and knows no such process, or there is none of it.
    if (typeof status === 'number' || code === 'ENOENT') return undefined;
    throw error;
  }
}
