// @ts-check
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A process that cannot be mistaken for a later one with the same id.
 * @typedef {object} ProcessIdentity
 * @property {number} pid
 * @property {string} startTime When it started, as its system says it, and in which boot; only ever compared with itself.
 */

/**
 * The identity of a running process; undefined if it has ended (a zombie has).
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

/** @type {string | undefined} */
let boot;

/** After another boot, a pid and the same number of ticks mean another process. */
function bootId() {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return boot;
}

/** @param {number} pid */
function linuxStartTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name stands in brackets and may itself hold brackets and spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${fields[19]}@${bootId()}`;
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
