import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tryPort } from '../os/free-port.ts';

const LOOP =
  'n=0; while [ $n -lt "$TIMES" ]; do "$@" >/dev/null || exit 1; n=$((n+1)); done; cat /proc/$$/stat';
const TICK_MS = 10;

/** Processor milliseconds of one run of a command as a process of its own, with all that it starts: the mean of `times`. */
export async function commandMs(
  command: readonly string[],
  { env, times }: { env: NodeJS.ProcessEnv; times: number },
): Promise<number> {
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', LOOP, 'sh', ...command], {
    env: { ...env, TIMES: String(times) },
    timeout: 240_000,
  });
  const fields = stdout.slice(stdout.lastIndexOf(')') + 2).split(' ');
  // Of the children that the shell has waited for.
  return ((Number(fields[13]) + Number(fields[14])) * TICK_MS) / times;
}

/** The program as people start it. */
export function tinyscheduler(root: string, ...args: string[]): string[] {
  return [join(root, 'tinyscheduler'), ...args];
}

export const EMPTY_NODE = [process.execPath, '-e', '0'];

/** A port that nobody has, as a setting. */
export async function freePort(): Promise<string> {
  return String(await tryPort(0));
}
