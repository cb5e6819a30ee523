import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLog } from '../../embedded/servers/log-file.ts';

const LOOK_MS = 50;
/** Where two processors are shared by many, a service that starts with others takes its time. */
const UP_MS = 90_000;

export interface PartOptions {
  name: string;
  /** The program, its arguments, and the environment that it has instead of ours. */
  command: readonly [string, ...string[]];
  env: Record<string, string>;
  /** Where its log is, and where it runs. */
  logDir: string;
  cwd: string;
  /** Who runs it, where that is somebody else. */
  uid?: number | undefined;
  /** Whether it answers. */
  isUp(): boolean | Promise<boolean>;
}

/** A process of the cluster, which may be killed and started again. */
export class Part {
  readonly name: string;
  readonly logFile: string;
  readonly #options: PartOptions;
  #child: ChildProcess | undefined;

  constructor(options: PartOptions) {
    this.name = options.name;
    this.logFile = join(options.logDir, `${options.name}.log`);
    this.#options = options;
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it answers. One that ends before, such as over a lock of the one that was killed, is started again. */
  async start(): Promise<void> {
    const untilMs = performance.now() + UP_MS;
    while (!(await this.#answers(this.#begin(), untilMs)))
      if (performance.now() > untilMs) throw new Error(`${this.name} does not come up; see ${this.logFile}`);
  }

  /** Resolves when it is dead. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  #begin(): ChildProcess {
    const { command, env, cwd, uid } = this.#options;
    const [program, ...args] = command;
    const log = openLog(this.logFile);
    const child = spawn(program, args, {
      ...{ env, cwd, detached: true, stdio: ['ignore', log, log] },
      ...(uid !== undefined && { uid, gid: uid }),
    });
    closeSync(log);
    this.#child = child;
    const gone = () => {
      if (this.#child === child) this.#child = undefined;
    };
    child.once('exit', gone);
    child.once('error', gone);
    return child;
  }

  /** False: it has ended, or the time is over. Somebody else may have killed it again meanwhile. */
  async #answers(child: ChildProcess, untilMs: number): Promise<boolean> {
    while (performance.now() < untilMs) {
      await sleep(LOOK_MS);
      if (child.signalCode === 'SIGKILL') return true;
      if (this.#child !== child) return false;
      if (await this.#options.isUp()) return true;
    }
    return false;
  }
}

/** Whether somebody listens on this port of loopback. */
export function listensOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (listens: boolean) => {
      socket.destroy();
      resolve(listens);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
