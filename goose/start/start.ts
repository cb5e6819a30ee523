import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { cgroupOfRun } from './cgroup.ts';
import type { GooseCommand } from './command-line.ts';
import type { Containment } from './containment.ts';
import { enterCgroup } from './enter-cgroup.ts';
import { keeperCommand, readEnd } from './keeper.ts';

/** What goose is started with. */
export interface GooseStart {
  command: GooseCommand;
  /** The whole environment. */
  env: Record<string, string>;
  cwd: string;
  /** The run's token, as in `env`. */
  token: string;
  /** What it can read from its standard input; absent: that is empty. */
  input?: string;
}

interface GooseOutput {
  stdout: Readable;
  stderr: Readable;
}

/** A goose that was started, whatever process of ours stands between. */
export class Goose {
  /** goose itself, or its keeper: either leads the session of the run, and can be signalled. */
  readonly pid: number | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  exitCode: number | null = null;
  signal: NodeJS.Signals | null = null;
  hasEnded = false;
  /** Resolves when goose has ended, though others of the run may live. */
  readonly ended: Promise<void>;
  readonly #started: Promise<NodeJS.ErrnoException | undefined>;

  /** `told`: where a keeper says how goose ended. */
  constructor(child: ChildProcess & GooseOutput, told?: Readable) {
    this.pid = child.pid;
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    this.#started = once(child, 'spawn').then(
      () => undefined,
      (error) => (error instanceof Error ? error : new Error(String(error))),
    );
    child.on('error', () => {});
    const exit = new Promise<void>((done) => child.once('exit', () => done()));
    this.ended = this.#untilItEnds(child, exit, told);
  }

  /** Undefined if it has, else why not. */
  hasStarted(): Promise<NodeJS.ErrnoException | undefined> {
    return this.#started;
  }

  async #untilItEnds(child: ChildProcess, exit: Promise<void>, told: Readable | undefined): Promise<void> {
    const end = told && readEnd(await textOf(told));
    if (end === undefined) {
      // There is no keeper, or it was killed.
      await exit;
      this.exitCode = child.exitCode;
      this.signal = child.signalCode;
    } else {
      this.exitCode = end.exitCode;
      this.signal = end.signal;
    }
    this.hasEnded = true;
  }
}

/** Starts goose; the error, if that fails at once. It may still fail: see `hasStarted`. */
export function spawnGoose(start: GooseStart, held: Containment): Goose | Error {
  try {
    if (held.by !== 'looks') throwIfNoProgram(start.command.file, start.cwd);
    if (held.by === 'keeper') return spawnKeeper(start, held);
    return spawnAlone(held.by === 'cgroup' ? intoCgroup(start, held.home) : start.command, start);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function spawnAlone({ file, args }: GooseCommand, { env, cwd, input }: GooseStart): Goose {
  // A session of its own: a terminal's SIGINT must not reach goose, and its processes can be told by the session.
  const child = spawn(file, args, { cwd, env, detached: true, stdio: [stdinFor(input), 'pipe', 'pipe'] });
  give(child, input);
  return new Goose(child as ChildProcess & GooseOutput);
}

function stdinFor(input: string | undefined): 'pipe' | 'ignore' {
  return input === undefined ? 'ignore' : 'pipe';
}

/** Whoever ends without reading it all has read enough. */
function give({ stdin }: ChildProcess, input: string | undefined): void {
  stdin?.on('error', () => undefined);
  stdin?.end(input);
}

function spawnKeeper(
  { command, env, cwd, input }: GooseStart,
  { perl, prctl }: Extract<Containment, { by: 'keeper' }>,
): Goose {
  const keeper = keeperCommand(perl, prctl, command, env);
  const child = spawn(keeper.file, keeper.args, {
    ...{ cwd, env: keeper.env, detached: true },
    stdio: [stdinFor(input), 'pipe', 'pipe', 'pipe'],
  });
  give(child, input);
  // Without pipes where no file can be opened any more.
  const [, , , told] = (child.stdio as typeof child.stdio | undefined) ?? [];
  return new Goose(child as ChildProcess & GooseOutput, told as Readable | undefined);
}

/** Where its cgroup cannot be made it starts all the same, and is looked for. */
function intoCgroup({ command, token }: GooseStart, home: string): GooseCommand {
  const cgroup = cgroupOfRun(home, token);
  try {
    mkdirSync(cgroup);
  } catch {
    return command;
  }
  return enterCgroup(cgroup, command);
}

/** What the system would say of goose itself, where it is a shell or keeper that is started. */
function throwIfNoProgram(file: string, cwd: string): void {
  if (!file.includes('/')) return;
  const path = resolve(cwd, file);
  accessSync(path, constants.X_OK);
  if (!statSync(path).isFile()) throw codedError('EACCES');
  const start = firstBytes(path);
  if (start !== undefined && start !== '#!' && start !== '\x7fE') throw codedError('ENOEXEC');
}

/** Undefined where it may be run and not read. */
function firstBytes(path: string): string | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      const two = Buffer.alloc(2);
      return two.toString('latin1', 0, readSync(file, two, 0, 2, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function codedError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  try {
    for await (const chunk of stream) text += String(chunk);
  } catch {
    // Nothing more was told.
  }
  return text;
}

/** Why goose could not be started and what to do, as one clause. Never quotes arguments or the environment. */
export function startReason(
  { file, launcher }: GooseCommand,
  cwd: string,
  error: NodeJS.ErrnoException,
): string {
  switch (error.code) {
    case 'ENOENT':
      return existsSync(cwd)
        ? `there is no ${file}: ${launcher === undefined ? 'install goose or set its path' : 'correct launchPrefix'}`
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
