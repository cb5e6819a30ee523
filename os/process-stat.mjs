// @ts-check
import { hasNothing, readProcFile } from './proc-file.mjs';

/**
 * What Linux says of a process; see proc(5).
 * @typedef {object} ProcessStat
 * @property {string} command The name of its program, cut after 15 bytes.
 * @property {string} state One letter, such as `R`; see hasEnded.
 * @property {number} ppid
 * @property {number} session
 * @property {number} flags
 * @property {number} startTime Clock ticks since boot.
 * @property {string | undefined} image Where its program, arguments and environment lie in its memory: each program that it
 * becomes (exec) lies elsewhere. Undefined where that is not ours to know.
 */

/**
 * Undefined where there is no such process that we may see, or no /proc. Throws where that cannot be read, as when no file can be
 * opened any more: then nobody knows whether the process lives.
 * @param {number} pid
 * @returns {ProcessStat | undefined}
 */
export function readProcessStat(pid) {
  let text;
  try {
    text = readProcFile(`/proc/${pid}/stat`);
  } catch (error) {
    if (hasNothing(error)) return undefined;
    throw error;
  }
  // The command's name stands in brackets and may itself hold brackets and spaces.
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  return {
    command: text.slice(text.indexOf('(') + 1, end),
    state: fields[0] ?? '',
    ppid: Number(fields[1]),
    session: Number(fields[3]),
    flags: Number(fields[6]),
    startTime: Number(fields[19]),
    image: imageOf(fields),
  };
}

/**
 * Whether it is a zombie or dead: it does nothing any more, whenever its parent waits for it.
 * @param {Pick<ProcessStat, 'state'>} stat
 */
export function hasEnded({ state }) {
  return state === 'Z' || state === 'X';
}

/** @param {string[]} fields */
function imageOf(fields) {
  const environment = fields[47];
  if (environment === undefined || environment === '0') return undefined;
  return [fields[23], fields[25], ...fields.slice(45, 49)].join(' ');
}
