import { spawn } from 'node:child_process';
import { runCommand } from '../os/run-command.mjs';
import { root } from './sources.mjs';

/** Runs a command in the repository with its output shown; throws if it fails. */
export async function run(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
  const how = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
  if (how !== 'exit 0') throw new Error(`\`${[command, ...args].join(' ')}\` failed (${how})`);
}

/** Runs a command in the repository without a word; throws with its output if it fails. `onStart` as of runCommand. */
export async function runQuietly(command, args, { onStart } = {}) {
  try {
    await runCommand(command, args, { cwd: root, env: process.env, timeoutMs: Infinity, onStart });
  } catch (error) {
    if (error.output === undefined) throw error;
    throw new Error(
      `\`${[command, ...args].join(' ')}\` failed (${error.how}):\n${firstLines(error.output)}`,
    );
  }
}

/** The reason comes first; npm follows it with pages of its usage. */
function firstLines(output) {
  const lines = output.trim().split('\n');
  return lines.length > 40
    ? [...lines.slice(0, 40), `… ${lines.length - 40} more lines`].join('\n')
    : lines.join('\n');
}
