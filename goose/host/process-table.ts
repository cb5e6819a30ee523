import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setImmediate as otherWork } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hasNothing, readProcFile } from '../../os/proc-file.mjs';
import { hasEnded, type ProcessStat, readProcessStat } from '../../os/process-stat.mjs';
import {
  HELPER_VARIABLE,
  RUN_KEEPER_VARIABLE,
  RUN_OWNER_VARIABLE,
  RUN_TOKEN_VARIABLE,
} from '../start/marks.ts';

/** A living process. A pid is used again some day; pid and start time together are not, within one boot. */
export interface Proc {
  pid: number;
  ppid: number;
  /** Linux: clock ticks since boot. macOS: seconds since 1970. */
  startTime: number;
  /** Its session; on macOS its process group, since `ps` shows no more there. */
  session: number;
}

/** Names one process of this boot. */
export type ProcessId = Pick<Proc, 'pid' | 'startTime'>;

export interface ProcessTable {
  processes: Proc[];
  /** The run token of each process that has one and whose environment may be read, by pid. */
  tokens: Map<number, string>;
  /** Whose run it belongs to, likewise. */
  owners: Map<number, string>;
  /** Which state directory a server or guardian was started for, likewise; see helper-mark.ts. */
  helpers: Map<number, string>;
  /** Those that keep the processes of a run together, likewise; see keeper.ts. */
  keepers: Set<number>;
}

const run = promisify(execFile);
/** So many are read without a pause, in about 1 ms: the thread pool would take thrice the time. */
const AT_A_TIME = 64;

/** What the environment of a process says of it. */
interface Marks {
  token?: string | undefined;
  owner?: string | undefined;
  helper?: string | undefined;
  isKeeper: boolean;
}

/** All marks begin so. */
const MARK = 'TINYSCHEDULER_';

/** What was read of a process's environment, for as long as it is the same program. */
interface KnownMarks {
  startTime: number;
  image: string;
  marks: Marks;
}

/** By pid, of the processes of the last table. */
let knownMarks = new Map<number, KnownMarks>();

/** PF_KTHREAD of the flags in proc(5): it has no environment. */
const KERNEL_THREAD = 0x200000;

let reading: Promise<unknown> | undefined;
let next: Promise<ProcessTable> | undefined;

/**
 * What lives on this machine, read from now on. Zombies are left out: they are dead. Only this user's environments are
 * read. Whoever asks while a table is read shares the next one. Rejects where a part of it cannot be read: it would look as if
 * somebody had ended.
 */
export function readProcessTable(): Promise<ProcessTable> {
  next ??= Promise.resolve(reading)
    .catch(() => {})
    // Whoever asks in this round of events, as runs that end together do, shares it.
    .then(() => otherWork())
    .then(() => {
      next = undefined;
      const table = process.platform === 'linux' ? readProc() : readPs();
      reading = table;
      return table;
    });
  return next;
}

/**
 * The process of that pid, or undefined if there is none. Zombies too, unlike in the table: a child that has just
 * ended keeps its place until it is waited for. Linux only; elsewhere undefined. Throws where that cannot be read.
 */
export function readProcess(pid: number): Proc | undefined {
  const stat = readProcessStat(pid);
  return stat && procOf(pid, stat);
}

/** The same without zombies: they are dead. */
export function readLiving(pid: number): Proc | undefined {
  const stat = readProcessStat(pid);
  return stat === undefined || hasEnded(stat) ? undefined : procOf(pid, stat);
}

/**
 * Living descendants of a process, as they are right now: this takes a thousandth of the time that all processes take.
 * Empty where the kernel does not tell. Throws where that cannot be read.
 */
export function readDescendants(pid: number): Proc[] {
  let children: number[];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').map(Number);
  } catch (error) {
    if (hasNothing(error)) return [];
    throw error;
  }
  return children
    .filter((child) => child > 0)
    .flatMap((child) => {
      const found = readLiving(child);
      return found === undefined ? [] : [found, ...readDescendants(child)];
    });
}

/**
 * Whether a process is still there. A zombie has gone: it does nothing any more, whenever it is waited for. Throws where that
 * cannot be read: nobody may be taken for gone who is only not seen.
 */
export function lifeOf({ pid, startTime }: ProcessId): 'runs' | 'stopped' | 'gone' {
  if (process.platform === 'linux') {
    const stat = readProcessStat(pid);
    if (stat?.startTime !== startTime || hasEnded(stat)) return 'gone';
    return stat.state === 'T' ? 'stopped' : 'runs';
  }
  try {
    process.kill(pid, 0);
    return 'runs';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? 'runs' : 'gone';
  }
}

/**
 * The identity of a child of ours that was just spawned. On Linux it is read before this returns its promise, so a
 * child that ends at once is still found. Start time 0, which no process has, if it is not. Rejects where that cannot be read.
 */
export async function identify(pid = 0): Promise<ProcessId> {
  const missing = { pid, startTime: 0 };
  if (process.platform === 'linux') return readProcess(pid) ?? missing;
  const { processes } = await readProcessTable();
  return processes.find((each) => each.pid === pid) ?? missing;
}

/** Sends a signal, but only to the very process that is known to be meant. True if it was sent. */
export function signalProcess({ pid, startTime }: ProcessId, signal: NodeJS.Signals): boolean {
  try {
    // Nothing may be awaited between the look and the kill: that is when a pid could change hands.
    if (process.platform === 'linux' && readProcess(pid)?.startTime !== startTime) return false;
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function readProc(): Promise<ProcessTable> {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const table = emptyTable();
  const uid = process.getuid?.();
  const known = new Map<number, KnownMarks>();
  for (let start = 0; start < pids.length; start += AT_A_TIME) {
    if (start > 0) await otherWork();
    for (const pid of pids.slice(start, start + AT_A_TIME)) readOne(pid, { uid, table, known });
  }
  knownMarks = known;
  return table;
}

interface Reading {
  uid: number | undefined;
  table: ProcessTable;
  known: Map<number, KnownMarks>;
}

function readOne(pid: number, { uid, table, known }: Reading): void {
  const stat = readProcessStat(pid);
  if (stat === undefined || hasEnded(stat)) return;
  table.processes.push(procOf(pid, stat));
  if ((stat.flags & KERNEL_THREAD) !== 0) return;
  const { startTime, image } = stat;
  const before = knownMarks.get(pid);
  if (before !== undefined && before.startTime === startTime && before.image === image) {
    known.set(pid, before);
    note(table, pid, before.marks);
    return;
  }
  try {
    if (statSync(`/proc/${pid}`).uid !== uid) return;
    const marks = marksIn(readProcFile(`/proc/${pid}/environ`), '\0');
    note(table, pid, marks);
    // The environment may be that of the program which it has become since `stat` was read.
    if (image !== undefined && readProcessStat(pid)?.image === image)
      known.set(pid, { startTime, image, marks });
  } catch (error) {
    // It has ended meanwhile, or its environment is not ours to read. Else its token may only not have been seen.
    if (!hasNothing(error)) throw error;
  }
}

function procOf(pid: number, { ppid, session, startTime }: ProcessStat): Proc {
  return { pid, ppid, session, startTime };
}

/** Best effort: `ps` shows whole seconds, and environments only of this user and where the system allows it. */
async function readPs(): Promise<ProcessTable> {
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const [list, environments] = await Promise.all([
    run('ps', ['-axo', 'pid=,ppid=,pgid=,stat=,lstart='], {
      ...options,
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
    }),
    run('ps', ['-axEwwo', 'pid=,command='], options).catch(noEnvironments),
  ]);
  const table = emptyTable();
  for (const line of list.stdout.split('\n')) {
    const [, pid, ppid, group, state, started] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
    if (pid === undefined || state?.startsWith('Z')) continue;
    const startTime = Date.parse(started ?? '') / 1000;
    table.processes.push({ pid: Number(pid), ppid: Number(ppid), session: Number(group), startTime });
  }
  for (const line of environments.stdout.split('\n')) {
    note(table, Number.parseInt(line, 10), marksIn(line, ' '));
  }
  return table;
}

/** Where the system does not show them, or PATH has no `ps`. One that could not run this time says nothing of the kind. */
function noEnvironments(error: { code?: unknown }): { stdout: string } {
  if (typeof error.code !== 'number' && error.code !== 'ENOENT') throw error;
  return { stdout: '' };
}

function emptyTable(): ProcessTable {
  return {
    processes: [],
    tokens: new Map(),
    owners: new Map(),
    helpers: new Map(),
    keepers: new Set(),
  };
}

function note(table: ProcessTable, pid: number, { token, owner, helper, isKeeper }: Marks): void {
  if (token !== undefined) table.tokens.set(pid, token);
  if (owner !== undefined) table.owners.set(pid, owner);
  if (helper !== undefined) table.helpers.set(pid, helper);
  if (isKeeper) table.keepers.add(pid);
}

function marksIn(environment: string, separator: string): Marks {
  if (!environment.includes(MARK)) return NO_MARKS;
  const variables = environment.split(separator);
  return {
    token: valueIn(variables, RUN_TOKEN_VARIABLE),
    owner: valueIn(variables, RUN_OWNER_VARIABLE),
    helper: valueIn(variables, HELPER_VARIABLE),
    isKeeper: valueIn(variables, RUN_KEEPER_VARIABLE) !== undefined,
  };
}

const NO_MARKS: Marks = { isKeeper: false };

function valueIn(variables: string[], name: string): string | undefined {
  return variables.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
}
