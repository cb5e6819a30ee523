import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NODE_FLAGS, ownProcessEnvironment } from '../config/own-process.ts';
import { readApiPlace } from '../embedded/presence/api-place.ts';
import { readEmbeddedState } from '../embedded/presence/state-file.ts';
import { cpuMsWithChildren, nameOf } from './cpu.ts';
import type { Figure, Measurement } from './figures.ts';
import { round, sum } from './numbers.ts';
import { commandOf, family, memoryMb } from './processes.ts';
import { writeAgents, writeGoose } from './stand.ts';
import { until } from './until.ts';

/** What comes up has settled: the passes of the start are over, and so is the time in which its hosts look for strays. */
const SETTLE_MS = 25_000;
const AT_REST_MS = { onTerminal: 120_000, plain: 60_000 };
const AGENTS = 5;
/** As a terminal has it that is not small. */
const SIZE = 'stty rows 40 columns 120';
const SERVER = 'Temporal server';

const OTHERS = 'others';

interface Spent {
  /** Processor seconds and MB (pages that processes share counted once) by role. */
  seconds: Map<string, number>;
  megabytes: Map<string, number>;
}

/** What `npm start` takes while there is nothing to do, with a table on a terminal, and without one. */
export const idleStart: Measurement = {
  keys: ['idle_start'],
  async measure(root, quick) {
    const figures: Figure[] = [];
    for (const withTerminal of [true, false]) {
      const restMs = quick ? 5_000 : AT_REST_MS[withTerminal ? 'onTerminal' : 'plain'];
      const spent = await spentAtRest(root, withTerminal, quick ? 2_000 : SETTLE_MS, restMs);
      figures.push(...figuresOf(spent, withTerminal, restMs));
    }
    return { figures };
  },
};

function figuresOf({ seconds, megabytes }: Spent, withTerminal: boolean, restMs: number): Figure[] {
  const how = withTerminal ? 'on a terminal' : 'without a terminal';
  const end = withTerminal ? '' : '_plain';
  const server = seconds.get(SERVER) ?? Number.NaN;
  const ours = [...seconds].filter(([role]) => role !== SERVER);
  const total = sum(ours.map(([, each]) => each));
  const each = ours.map(([role, took]) => `${role} ${round(took)} s`).join(', ');
  const memory = [...megabytes].filter(([role]) => role !== SERVER);
  return [
    {
      key: 'idle_start',
      part: `cpu_s${end}`,
      what: `processor time of an idle \`npm start\` ${how} in ${restMs / 1_000} s; bare minimum: that of its Temporal server`,
      value: round(total),
      unit: 's',
      bare: round(server),
      note: each,
    },
    {
      key: 'idle_start',
      part: `to_server${end}`,
      what: `the same as a multiple of its Temporal server's, ${how}`,
      value: round(total / server),
      unit: 'x',
      goal: { atMost: 0.4 },
    },
    {
      key: 'idle_start',
      part: `pss_mb${end}`,
      what: `memory of all processes of ours then, ${how}, pages that they share counted once`,
      value: round(sum(memory.map(([, mb]) => mb))),
      unit: 'MB',
      note: memory.map(([role, mb]) => `${role} ${round(mb)}`).join(', '),
    },
  ];
}

async function spentAtRest(
  root: string,
  withTerminal: boolean,
  settleMs: number,
  restMs: number,
): Promise<Spent> {
  const dir = await mkdtemp(join(tmpdir(), 'tinyscheduler-bench-'));
  const started = start(root, dir, await environmentIn(root, dir), withTerminal);
  try {
    const stateDir = join(dir, 'state');
    const isUp = async () =>
      readEmbeddedState(stateDir).supervisor?.uses !== undefined && readApiPlace(stateDir) !== undefined;
    await until('everything that npm start brings up', isUp, { deadlineMs: 120_000, everyMs: 200 });
    await sleep(settleMs);
    const supervisor = readEmbeddedState(stateDir).supervisor?.pid ?? -1;
    const before = secondsByRole(supervisor);
    await sleep(restMs);
    const after = secondsByRole(supervisor);
    const seconds = new Map([...after].map(([role, now]) => [role, now - (before.get(role) ?? 0)]));
    return { seconds, megabytes: byRole(supervisor, (pid) => memoryMb(pid).pss) };
  } finally {
    await end(started, dir);
  }
}

async function environmentIn(root: string, dir: string): Promise<NodeJS.ProcessEnv> {
  await writeAgents(dir, { agents: AGENTS, slots: 1, sleepSeconds: 0 });
  const { PATH, HOME, LANG, TZ, TMPDIR } = process.env;
  return {
    ...{ PATH, HOME, LANG, TZ, TMPDIR, TERM: 'xterm-256color' },
    GOOSE_PROVIDER: 'stub',
    BENCH_NOTES: join(dir, 'notes'),
    TINYSCHEDULER_BASE_PATH: dir,
    TINYSCHEDULER_STATE_DIR: join(dir, 'state'),
    TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json',
    TINYSCHEDULER_GOOSE_BIN: await writeGoose(root, dir),
  };
}

/** A terminal is one that `script` makes; what is drawn on it is read, as a terminal does. */
function start(root: string, dir: string, env: NodeJS.ProcessEnv, withTerminal: boolean): ChildProcess {
  // As the script `tinyscheduler` has it, which would build what has been changed meanwhile.
  const entry = join(root, 'dist/client/cli/main.js');
  const command = [process.execPath, ...NODE_FLAGS, entry, 'start', '--free-ports'];
  const all = { ...env, ...ownProcessEnvironment({}) };
  const child = withTerminal
    ? spawn('script', ['-qefc', `${SIZE}; exec ${command.join(' ')}`, '/dev/null'], {
        env: { ...all, SHELL: '/bin/sh' },
        stdio: ['pipe', 'pipe', 'inherit'],
      })
    : spawn(command[0] ?? '', command.slice(1), { env: all, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout?.resume();
  child.once('error', (error) => console.error(`bench: ${dir}: ${error.message}`));
  return child;
}

async function end(child: ChildProcess, dir: string): Promise<void> {
  const supervisor = readEmbeddedState(join(dir, 'state')).supervisor;
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  if (supervisor) process.kill(supervisor.pid, 'SIGTERM');
  else child.kill('SIGTERM');
  await ended;
  await rm(dir, { recursive: true, force: true });
}

/** With what children that have ended took, so that none is lost. */
function secondsByRole(root: number): Map<string, number> {
  return byRole(root, (pid) => cpuMsWithChildren(pid) / 1_000);
}

function byRole(root: number, figure: (pid: number) => number): Map<string, number> {
  const found = new Map<string, number>();
  for (const pid of family([root], new Set())) {
    try {
      const role = roleOf(commandOf(pid));
      found.set(role, (found.get(role) ?? 0) + figure(pid));
    } catch {
      // It has just ended; whoever waited for it has its time.
    }
  }
  return found;
}

function roleOf(command: string): string {
  return /server start-dev/.test(command) ? SERVER : (nameOf(command) ?? OTHERS);
}
