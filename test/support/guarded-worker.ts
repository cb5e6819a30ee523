import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ContainmentKind } from '../../goose/start/containment.ts';
import { buildOnce } from './build.ts';
import { eventually } from './eventually.ts';
import { agentScript } from './stub-runs.ts';

const SCRIPT = fileURLToPath(new URL('../fixtures/guarded-worker.mjs', import.meta.url));
const started = new Set<{ stop(): Promise<void> }>();

export interface GuardedWorkerOptions {
  folder: string;
  agents: string[];
  /** A program and its first arguments, which starts each of them. */
  launchPrefix?: string[];
  graceMs?: number;
  leaseMs?: number;
  guarded?: boolean;
  dies?: 'never' | 'in-tick';
  /** Of which its runs may be held together by; see containment.ts. */
  containments?: readonly ContainmentKind[];
  maxRuntimeMs?: number;
  /** What it takes itself for, from when it knows how its runs are held together. */
  platform?: NodeJS.Platform;
  /** When it opens files until it may open no more: in the tick of a spawn, or once its runs are written down. */
  exhausts?: 'never' | 'in-tick' | 'running';
  /** So many files it may open; absent: as this process. */
  openFiles?: number;
  /** Beside those of this process. */
  env?: Record<string, string>;
}

/** A process that runs stub agents as a worker runs goose. */
export interface GuardedWorker {
  pid: number;
  lines: string[];
  /** The guardian that it has now. */
  guardian(): number;
  said(line: string | RegExp): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  block(ms: number): void;
  /** Closes what it has opened; see `exhausts`. */
  free(): void;
  exited: Promise<void>;
  stop(): Promise<void>;
}

export async function startGuardedWorker(options: GuardedWorkerOptions): Promise<GuardedWorker> {
  const { folder, agents, openFiles, env, ...rest } = options;
  const build = await buildOnce();
  const runningDir = join(folder, 'running');
  const cwd = join(folder, 'work');
  mkdirSync(cwd, { recursive: true });
  const given = { graceMs: 500, leaseMs: 600_000, guarded: true, dies: 'never', ...rest };
  const input = { build, runningDir, cwd, agents: agents.map(agentScript), ...given };
  const command = [process.execPath, SCRIPT, JSON.stringify(input)];
  const [file = '', ...args] =
    openFiles === undefined
      ? command
      : ['/bin/sh', '-c', `ulimit -n ${openFiles}; exec "$@"`, 'sh', ...command];
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines: string[] = [];
  let rest_ = '';
  child.stdout.on('data', (data) => {
    const parts = (rest_ + data).split('\n');
    rest_ = parts.pop() ?? '';
    lines.push(...parts);
  });
  child.stdin.on('error', () => {});
  const { pid } = child;
  if (pid === undefined) throw new Error('the worker could not be started');
  const worker: GuardedWorker = {
    pid,
    lines,
    exited,
    guardian: () => Number(lines.findLast((line) => line.startsWith('guardian '))?.slice('guardian '.length)),
    said: (wanted) =>
      eventually('a line of the worker', () =>
        lines.find((line) => (typeof wanted === 'string' ? line === wanted : wanted.test(line))),
      ),
    signal: (signal) => void process.kill(pid, signal),
    free: () => void child.stdin.write('free\n'),
    block: (ms) => void child.stdin.write(`block ${ms}\n`),
    async stop() {
      child.kill('SIGKILL');
      await exited;
      started.delete(worker);
    },
  };
  started.add(worker);
  return worker;
}

export async function stopGuardedWorkers(): Promise<void> {
  await Promise.all([...started].map((worker) => worker.stop()));
}

/** What lives in a folder, by the working directory that `/proc` tells: children have it whatever else they drop. */
export function livingIn(folder: string): number[] {
  const work = join(folder, 'work');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        // A zombie has no working directory.
        return readlinkSync(`/proc/${pid}/cwd`) === work;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Milliseconds until nothing lives in the folder any more; throws when that takes longer than `withinMs`, on a busy machine too. */
export async function goneAfter(folder: string, withinMs: number): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    const left = livingIn(folder);
    const tookMs = Math.round(performance.now() - startMs);
    if (left.length === 0) return tookMs;
    if (tookMs > withinMs) throw new Error(`after ${tookMs} ms there live ${left.join(', ')}`);
    await sleep(LOOK_MS);
  }
}

const LOOK_MS = 20;

/** Whether a process lives, as `/proc` says; zombies do not. */
export function lives(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** Resident memory in MB. */
export function memoryOf(pid: number): number {
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(kb) / 1024;
}
