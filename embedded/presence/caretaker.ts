import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { calledAs } from '../../config/called-as.ts';
import { compiledFile, NODE_FLAGS, ownProcessEnvironment } from '../../config/own-process.ts';
import { within } from '../../os/within.ts';
import type { StateDir } from './helper-processes.ts';

/**
 * A shell waits, since it takes a fiftieth of Node's memory, until it is told that its process has left, or until the
 * pipe to that process closes, which the system does however the process ends.
 */
const WAIT = `trap '' HUP INT TERM
read -r word
[ "$word" = left ] || exec "$@"`;
const MAIN = compiledFile('embedded/presence/caretaker-main.js');
const DISMISS_MS = 1_000;

export interface Caretaker {
  /** Its process has left in order. Returns when it is gone. */
  dismiss(): Promise<void>;
}

/** Starts a caretaker for this process: a process that ends what nobody uses any more when this one is gone. */
export function startCaretaker(
  { stateDir, installation }: StateDir,
  onProblem: (problem: string) => void,
): Caretaker {
  // In a session of its own: a terminal's signals must not reach it.
  const child = spawn(
    '/bin/sh',
    ['-c', WAIT, 'caretaker', process.execPath, ...NODE_FLAGS, MAIN, stateDir, installation],
    { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: ownProcessEnvironment() },
  );
  const ended = endOf(child);
  child.once('error', (error) =>
    onProblem(
      `No caretaker could be started (${error.message}): if this process is killed, its servers stay. ` +
        `\`${calledAs()} stop\` ends them.`,
    ),
  );
  child.stdin.on('error', () => undefined);
  child.unref();
  (child.stdin as Socket).unref();
  return {
    async dismiss() {
      child.stdin.end('left\n');
      await within(DISMISS_MS, ended);
    },
  };
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}
