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
 * The identity of a running process; undefined if it has ended (a zombie has), or it cannot be found out.
 * @param {number} pid
 * @returns {ProcessIdentity | undefined}
 */
export function identify(pid) {
  const startTime = process.platform === 'linux' ? linuxStartTime(pid) : psStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/**
 * Whether this very process still runs.
 * @param {ProcessIdentity} identity
 */
export function isAlive({ pid, startTime }) {
  return identify(pid)?.startTime === startTime;
}

/** @param {number} pid */
function linuxStartTime(pid) {
  try {
    const stat = readProcessStat(pid);
    return stat === undefined || hasEnded(stat) ? undefined : `${stat.startTime}@${readBootId()}`;
  } catch {
    return undefined;
  }
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
  } catch {
    return undefined;
  }
}
