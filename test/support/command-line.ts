import { join } from 'node:path';
import { execa } from 'execa';
import { buildOnce } from './build.ts';

export interface CommandLine {
  env: Record<string, string>;
  cwd: string;
}

export interface Ran {
  code: number | undefined;
  stdout: string;
  stderr: string;
}

// Without `--`, Node takes `--env-file` for itself.
/** Runs `tinyscheduler` as a process of its own. */
export async function tinyscheduler({ env, cwd }: CommandLine, ...args: string[]): Promise<Ran> {
  const result = await execa(process.execPath, ['--', await entry(), ...args], options({ env, cwd }));
  return { code: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

/**
 * The same with its answer in a pipe to `reader`, a command of the shell: `true` has ended before anything is written,
 * `head -2` ends in the middle. `code` is tinyscheduler's, `stdout` what the reader printed.
 */
export async function piped({ env, cwd }: CommandLine, reader: string, ...args: string[]): Promise<Ran> {
  const script = `set -o pipefail; { sleep 0.2; "$@"; } | ${reader}`;
  const result = await execa(
    'bash',
    ['-c', script, '-', process.execPath, '--', await entry(), ...args],
    options({ env, cwd }),
  );
  return { code: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

export async function entry(): Promise<string> {
  return join(await buildOnce(), 'client/cli/main.js');
}

function options({ env, cwd }: CommandLine) {
  return { env, cwd, extendEnv: false, reject: false, stripFinalNewline: false, timeout: 60_000 } as const;
}
