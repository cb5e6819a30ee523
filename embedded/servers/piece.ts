import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { compiledFile, NODE_FLAGS, ownProcessEnvironment } from '../../config/own-process.ts';
import { mayBeSignalled, type ProcessIdentity } from '../../os/process-identity.mjs';
import { stopProcess } from '../../os/stop-process.ts';
import { identityOf } from './child-identity.ts';
import type { DevServer } from './dev-server.ts';
import { openLog } from './log-file.ts';

/** A process that is kept up: the daemon or TinyTask of `npm start`, or a Temporal server. */
export interface Piece extends ProcessIdentity {
  /** Settles when it has ended, with how: `exit 1`, `SIGKILL`. */
  ended: Promise<string>;
  /** TERM, and KILL after `graceMs`; returns when it is gone. */
  stop(graceMs: number): Promise<void>;
  /** KILL, at once. */
  kill(): void;
}

export interface CommandPiece extends Piece {
  /** The next message that it sends; rejects, with the reason where it tells one, if it ends without one. */
  message<T>(withinMs: number): Promise<T>;
}

/** What a command that was started this way sends when it has failed. */
export interface Ended {
  problem: string;
}

export interface CommandOptions {
  /** What follows `tinyscheduler`. */
  args: string[];
  env: Record<string, string | undefined>;
  /** Gets what it prints; made with mode 0600. */
  logFile: string;
}

/**
 * Starts one of our own commands in a session of its own, so that Ctrl-C in a terminal does not reach it, and tied to
 * this process by a channel: when this process is gone, even by SIGKILL, the command sees its channel close and ends.
 */
export function startCommand(
  { args, env, logFile }: CommandOptions,
  entry = compiledFile('client/cli/main.js'),
): CommandPiece {
  const log = openLog(logFile);
  const child = spawn(process.execPath, [...NODE_FLAGS, entry, ...args], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: ownProcessEnvironment(env),
  });
  closeSync(log);
  const ended = endOf(child);
  const identity = identityOf(child) ?? { pid: child.pid ?? -1, startTime: 'never started' };
  return {
    ...identity,
    ended,
    stop: async (graceMs) => void (await stopProcess(identity, graceMs)),
    kill: () => void child.kill('SIGKILL'),
    message: <T>(withinMs: number) => nextMessage<T>(child, ended, withinMs),
  };
}

/** The dev server as a piece; it may be another process's child. */
export function serverPiece(server: DevServer): Piece {
  const { pid, startTime, exited } = server;
  return {
    pid,
    startTime,
    ended: exited.then(() => 'how is not known'),
    stop: async (graceMs) => void (await stopProcess({ pid, startTime }, graceMs)),
    kill() {
      if (mayBeSignalled({ pid, startTime })) process.kill(pid, 'SIGKILL');
    },
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
}

function nextMessage<T>(child: ChildProcess, ended: Promise<string>, withinMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`it said nothing for ${withinMs / 1000} s`)), withinMs);
    child.once('message', (message: T | Ended) => {
      clearTimeout(late);
      if (hasEnded(message)) reject(new Error(message.problem));
      else resolve(message);
    });
    void ended.then((how) => {
      clearTimeout(late);
      reject(new Error(`it ended (${how})`));
    });
  });
}

function hasEnded(message: unknown): message is Ended {
  return typeof message === 'object' && message !== null && 'problem' in message;
}
