import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(ROOT, 'dist/client/cli/main.js');

let isBuilt = false;

/** The compiled command line, built if it was not up to date when a test file first asked. */
export function mainForTests(): string {
  if (!isBuilt) execFileSync(process.execPath, ['scripts/setup.mjs'], { cwd: ROOT });
  isBuilt = true;
  return MAIN;
}

/** A process of `run --daemon`; resolves when it serves. End it by `kill`, and wait for its `exit`. `stderr`: a file for it. */
export async function startDaemon(
  env: Record<string, string>,
  stderr?: string,
): Promise<ChildProcess & { pid: number }> {
  const errors = stderr === undefined ? undefined : openSync(stderr, 'a');
  const child = spawn(process.execPath, [mainForTests(), 'run', '--daemon'], {
    env,
    cwd: env.TINYSCHEDULER_BASE_PATH,
    stdio: ['ignore', 'ignore', errors ?? 'ignore', 'ipc'],
  });
  if (errors !== undefined) closeSync(errors);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the daemon ended with ${code}`);
  });
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  if (child.pid === undefined) throw new Error('the daemon has no pid');
  return child as ChildProcess & { pid: number };
}
