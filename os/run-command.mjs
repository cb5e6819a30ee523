// @ts-check
import { spawn } from 'node:child_process';
import { atExit } from './at-exit.mjs';

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} env
 * @property {number} timeoutMs
 * @property {AbortSignal | undefined} [signal] Ends the command.
 * @property {() => string | undefined} [giveUp] Looked at every second; a reason to give up ends the command.
 * @property {(elapsedSec: number) => void} [onTick] Called about every 10 s with the seconds since the start.
 * @property {(pid: number) => void} [onStart] The command leads a process group of this id.
 */

const KEPT_CHARACTERS = 100_000;

/** A command has failed: how it ended, and what it wrote to stdout and stderr, in the order in which it came. */
export class CommandFailedError extends Error {
  /**
   * @param {string} message
   * @param {string} how
   * @param {string} output
   */
  constructor(message, how, output) {
    super(message);
    this.how = how;
    this.output = output;
  }
}

/**
 * Runs a command to its end, and returns what it wrote to stdout. Throws with the end of its error output if it fails,
 * hangs or cannot be started. It has a process group of its own, which ends with this process, unless SIGKILL ends that.
 * @param {string} command
 * @param {string[]} args
 * @param {CommandOptions} options
 * @returns {Promise<string>}
 */
export async function runCommand(command, args, options) {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // Where it cannot be started that is told later, or it would end this process.
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit, signal) => resolve(signal ?? `exit ${exit}`));
  });
  ended.catch(() => {});
  const endGroup = () => killGroup(child.pid);
  const forget = atExit(endGroup);
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const written = collect(child);
  /** @type {string | undefined} */
  let reason;
  const startedAt = performance.now();
  let seconds = 0;
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > options.timeoutMs) reason = `it took longer than ${options.timeoutMs / 1000} s`;
    reason ??= options.giveUp?.();
    if (reason) endGroup();
    seconds += 1;
    if (seconds % 10 === 0) options.onTick?.(Math.round(elapsedMs / 1000));
  }, 1_000);
  options.signal?.addEventListener('abort', endGroup, { once: true });
  try {
    const how = await ended;
    options.signal?.throwIfAborted();
    if (reason) throw new Error(`\`${command}\` was stopped: ${reason}`);
    if (how !== 'exit 0') {
      const message = `\`${command}\` failed (${how}): ${lastLines(written.stderr)}`;
      throw new CommandFailedError(message, how, written.both);
    }
    return written.stdout;
  } finally {
    clearInterval(timer);
    options.signal?.removeEventListener('abort', endGroup);
    forget();
  }
}

/** @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child */
function collect({ stdout, stderr }) {
  const written = { stdout: '', stderr: '', both: '' };
  /** @param {Buffer} chunk */
  const keep = (chunk) => {
    written.both = `${written.both}${chunk}`.slice(0, KEPT_CHARACTERS);
  };
  // There are none where no file can be opened any more.
  stdout?.on('data', (chunk) => {
    written.stdout += chunk;
    keep(chunk);
  });
  stderr?.on('data', (chunk) => {
    written.stderr = `${written.stderr}${chunk}`.slice(-4_000);
    keep(chunk);
  });
  return written;
}

/**
 * SIGKILL to all of a process group; does nothing if there is none.
 * @param {number | undefined} pid Of its leader.
 */
export function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** @param {string} text */
function lastLines(text) {
  const lines = text.trim().split('\n').slice(-3).join(' ').trim();
  return lines === '' ? 'no error output' : lines;
}
