import { spawn } from 'node:child_process';
import { root } from './sources.mjs';

/** Runs a command in the repository with its output shown; throws if it fails. */
export async function run(command, args) {
  const { code } = await execute(command, args, 'inherit');
  if (code !== 0) throw new Error(`\`${[command, ...args].join(' ')}\` failed (exit ${code})`);
}

/** Runs a command in the repository without a word; throws with its output if it fails. */
export async function runQuietly(command, args) {
  const { code, output } = await execute(command, args, ['ignore', 'pipe', 'pipe']);
  if (code !== 0)
    throw new Error(`\`${[command, ...args].join(' ')}\` failed (exit ${code}):\n${firstLines(output)}`);
}

async function execute(command, args, stdio) {
  const child = spawn(command, args, { cwd: root, stdio });
  let output = '';
  const keep = (chunk) => {
    output += chunk;
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

/** The reason comes first; npm follows it with pages of its usage. */
function firstLines(output) {
  const lines = output.trim().split('\n');
  return lines.length > 40
    ? [...lines.slice(0, 40), `… ${lines.length - 40} more lines`].join('\n')
    : lines.join('\n');
}
