import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type DevServer, startDevServer } from '../../embedded/servers/dev-server.ts';
import { openLog } from '../../embedded/servers/log-file.ts';
import { freePort } from '../../os/free-port.ts';

/** Compiled: this file is dist/test/chaos/pieces.js. */
const MAIN = fileURLToPath(new URL('../../client/cli/main.js', import.meta.url));

/** A part of the system that is killed and brought back. */
export interface Piece {
  readonly name: string;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  /** Brings it up; resolves when it answers. */
  start(): Promise<void>;
  /** Resolves when it is dead. */
  kill(): Promise<void>;
}

export interface Surroundings {
  dir: string;
  temporalCli: string;
  goose: string;
  modelUrl: string;
}

/** The Temporal server, always on the same port and database. */
export class TemporalPiece implements Piece {
  readonly name = 'temporal';
  address = '';
  #server: DevServer | undefined;
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get pid(): number | undefined {
    return this.#server?.pid;
  }

  async start(): Promise<void> {
    const { dir, temporalCli } = this.#around;
    const stateDir = join(dir, 'server');
    const port = Number(this.address.split(':')[1] ?? 0);
    const options = { cli: temporalCli, stateDir, logDir: join(dir, 'state/logs'), env: process.env };
    this.#server = await startDevServer({ ...options, port, uiPort: 0, deadlineMs: 60_000 });
    if (this.address !== '' && this.address !== this.#server.address)
      throw new Error(`Temporal's port was taken by somebody else: ${this.address}`);
    this.address = this.#server.address;
  }

  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
  }
}

/** A process of the command line's own, its output in a log. */
export class CommandPiece implements Piece {
  readonly name: string;
  readonly #args: () => string[];
  readonly #env: () => Record<string, string>;
  readonly #log: string;
  readonly #onStart: ((pid: number) => void) | undefined;
  readonly #onCrash: ((what: string) => void) | undefined;
  #killed = false;
  #child: ChildProcess | undefined;
  /** It has said so. */
  ready = false;

  constructor(
    name: string,
    args: () => string[],
    env: () => Record<string, string>,
    log: string,
    onStart?: (pid: number) => void,
    onCrash?: (what: string) => void,
  ) {
    this.#onCrash = onCrash;
    this.name = name;
    this.#args = args;
    this.#env = env;
    this.#log = log;
    this.#onStart = onStart;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const log = openLog(this.#log);
    const child = spawn(process.execPath, [MAIN, ...this.#args()], {
      env: this.#env(),
      detached: true,
      // It says when it is ready, and it ends when the driver does.
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#child = child;
    this.#killed = false;
    child.once('message', () => {
      if (this.#child === child) this.ready = true;
    });
    child.once('exit', (code, signal) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      if (!this.#killed) this.#onCrash?.(`${this.name} (${child.pid}) ended by itself: ${signal ?? code}`);
    });
    child.on('error', () => undefined);
    this.ready = false;
    if (child.pid !== undefined) this.#onStart?.(child.pid);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    this.#killed = true;
    const exited = once(child, 'exit');
    process.kill(child.pid, 'SIGKILL');
    await exited;
  }
}

/** TinyTask, always on the same port and database. */
export class TinytaskPiece extends CommandPiece {
  readonly endpoint: string;

  constructor(dir: string, port: number) {
    const database = join(dir, 'tinytask.db');
    super(
      'tinytask',
      () => ['internal-tinytask', '--port', String(port), '--database', database],
      () => ({ PATH: process.env.PATH ?? '' }),
      join(dir, 'state/logs/tinytask.log'),
    );
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  override async start(): Promise<void> {
    await super.start();
    for (let tries = 0; tries < 300; tries += 1) {
      if (await answers(this.endpoint)) return;
      // Killed again meanwhile.
      if (this.pid === undefined) return;
      await sleep(100);
    }
    throw new Error(`TinyTask does not answer at ${this.endpoint}`);
  }
}

async function answers(endpoint: string): Promise<boolean> {
  return await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

export async function makeTinytask(dir: string): Promise<TinytaskPiece> {
  return new TinytaskPiece(dir, await freePort(0));
}
