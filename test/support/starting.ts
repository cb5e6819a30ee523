import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { TestContext } from 'vitest';
import { eventually } from './eventually.ts';
import { gooseForTests, temporalCliForTests } from './tools.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A base path with everything that a `start` needs from its surroundings, and nothing of this machine's goose. */
export interface Place {
  dir: string;
  stateDir: string;
  env: Record<string, string>;
  /** `npm start`, or another command, on free ports. */
  start(command?: 'start' | 'daemon' | 'once', more?: Record<string, string>): Started;
  /** Any command, as people call it. */
  command(...args: string[]): Started;
  /** Any program, in a directory and environment of this place. */
  program(file: string, ...args: string[]): Started;
  /** Processes that have to do with this place: their command lines. */
  processes(): OfPlace[];
  /** Ends whatever a failed test left. */
  clear(): Promise<void>;
}

export interface OfPlace {
  pid: number;
  parent: number;
  command: string;
  /** As it was given to it: names and values, with spaces between them. */
  environment: string;
}

export interface Started {
  child: ChildProcess;
  pid: number;
  /** Everything printed so far. */
  output(): string;
  /** Fails when it has ended without, unless what it has started may print it later. */
  printed(what: string | RegExp, withinMs?: number, also?: 'also when it has ended'): Promise<string>;
  /** The exit code, or the signal. */
  ended: Promise<number | string>;
}

let built: Promise<unknown> | undefined;

/** The compiled program, built if it was not up to date when a test file first asked. */
export async function buildForPlaces(): Promise<void> {
  built ??= execa(process.execPath, ['scripts/setup.mjs'], { cwd: ROOT });
  await built;
}

/** A place that is cleared when the test has ended: tests that have one each may run at the same time. */
export async function placeOf({ onTestFinished }: TestContext): Promise<Place> {
  const place = await newPlace();
  onTestFinished(() => place.clear());
  return place;
}

export async function newPlace(): Promise<Place> {
  await buildForPlaces();
  const dir = mkdtempSync(join(tmpdir(), 'start-'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: dir,
    TEMPORAL_CLI: await temporalCliForTests(),
    TINYSCHEDULER_GOOSE_BIN: await gooseForTests(),
    TINYSCHEDULER_BASE_PATH: dir,
    // Only tests about the API serve it.
    TINYSCHEDULER_API_PORT: '0',
    TINYSCHEDULER_METRICS_PORT: '0',
  };
  const processes = () => processesOf(dir);
  return {
    dir,
    env,
    processes,
    stateDir: join(dir, 'state'),
    start: (command = 'start', more = {}) =>
      run(
        process.execPath,
        [join(ROOT, 'test/fixtures/on-free-ports.mjs'), join(ROOT, 'dist'), command],
        dir,
        {
          ...env,
          ...more,
        },
      ),
    command: (...args) => run(process.execPath, [join(ROOT, 'dist/client/cli/main.js'), ...args], dir, env),
    program: (file, ...args) => run(file, args, dir, env),
    async clear() {
      for (const { pid } of processes()) process.kill(pid, 'SIGKILL');
      await eventually('nothing is left', async () => processes().length === 0);
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function run(file: string, args: string[], dir: string, env: Record<string, string>): Started {
  const child = spawn(file, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk;
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return {
    child,
    pid: child.pid ?? -1,
    output: () => output,
    printed: (what, withinMs = 90_000, also) =>
      eventually(
        `${what}`,
        async () => {
          const there = typeof what === 'string' ? output.includes(what) : what.test(output);
          if (!there && child.exitCode !== null && !also) throw new Error(`it has ended: ${output}`);
          if (!there) throw new Error(`so far: ${output}`);
          return output;
        },
        withinMs,
      ),
    ended: once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string),
  };
}

function processesOf(dir: string): OfPlace[] {
  return (
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .map((name) => ({ name, command: readProc(name, 'cmdline') }))
      // The kernel's own have none, nor has one that has ended.
      .filter(({ command }) => command !== '')
      .map(({ name, command }) => ({ name, command, environment: readProc(name, 'environ') }))
      .filter(({ command, environment }) => command.includes(dir) || environment.includes(dir))
      .map(({ name, command, environment }) => {
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readProc(name, 'status'))?.[1]);
        return { pid: Number(name), parent, command, environment };
      })
  );
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

export interface Ended {
  code: number | string;
  output: string;
}

/** Waits for the end of a command. */
export async function endOf(started: Started): Promise<Ended> {
  const code = await started.ended;
  return { code, output: started.output() };
}
