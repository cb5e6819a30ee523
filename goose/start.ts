import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { GooseCommand } from './command-line.ts';

/** What goose is started with. */
export interface GooseStart {
  command: GooseCommand;
  /** The whole environment. */
  env: Record<string, string>;
  cwd: string;
}

export type Goose = ChildProcessByStdio<null, Readable, Readable>;

/** Starts goose; the error, if that fails at once. It may still fail: see `hasStarted`. */
export function spawnGoose({ command, env, cwd }: GooseStart): Goose | Error {
  try {
    // A session of its own: a terminal's SIGINT must not reach goose, and its processes can be told by the session.
    return spawn(command.file, command.args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Undefined if it has, else why not. */
export async function hasStarted(goose: Goose): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await once(goose, 'spawn');
    goose.on('error', () => {});
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Why goose could not be started and what to do, as one clause. Never quotes arguments or the environment. */
export function startReason({ file }: GooseCommand, cwd: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return existsSync(cwd)
        ? `there is no ${file}: install goose or set its path`
        : `there is no folder ${cwd}`;
    case 'EACCES':
      return `${file} or the folder ${cwd} is not permitted: make the one executable and the other accessible`;
    case 'ENOEXEC':
      return `${file} is not a program for this machine`;
    case 'ENOTDIR':
      return `${cwd} is not a folder`;
    case 'E2BIG':
      return 'its arguments and environment are too long: shorten the environment';
    case 'EAGAIN':
    case 'ENOMEM':
    case 'EMFILE':
      return `this machine is out of processes, memory or open files (${error.code}): lower the number of gooses`;
    default:
      return error.code ?? 'the system does not say why';
  }
}
