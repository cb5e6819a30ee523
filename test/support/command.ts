import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mainForTests } from './daemon-process.ts';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  cwd: string;
  env: Record<string, string>;
  /** Runs it as this user; only root may say so. */
  uid?: number;
  /** Absent: the compiled program in the files of its own. */
  main?: string;
}

/** Runs a command of the compiled program to its end. */
export async function command(
  args: string[],
  { cwd, env, uid, main = mainForTests() }: CommandOptions,
): Promise<Ended> {
  const child = spawn(process.execPath, ['--', main, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
