import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cpuTimeIn } from './cpu.ts';

const LOOP =
  'n=0; while [ $n -lt "$TIMES" ]; do "$@" >/dev/null || exit 1; n=$((n+1)); done; cat /proc/$$/stat';

/** Processor milliseconds of one run of a command as a process of its own, with all that it starts: the mean of `times`. */
export async function commandMs(
  command: readonly string[],
  { env, times }: { env: NodeJS.ProcessEnv; times: number },
): Promise<number> {
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', LOOP, 'sh', ...command], {
    env: { ...env, TIMES: String(times) },
    timeout: 240_000,
  });
  // Of the children that the shell has waited for.
  return cpuTimeIn(stdout).childrenMs / times;
}

/** The program as people start it. */
export function tinyscheduler(root: string, ...args: string[]): string[] {
  return [join(root, 'tinyscheduler'), ...args];
}

export const EMPTY_NODE = [process.execPath, '-e', '0'];
