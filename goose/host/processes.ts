import { setTimeout as sleep } from 'node:timers/promises';
import { killAllIn, pidsIn, removeCgroup } from '../start/cgroup.ts';
import { isEntering } from '../start/enter-cgroup.ts';
import {
  type Proc,
  type ProcessId,
  type ProcessTable,
  readDescendants,
  readLiving,
  readProcessTable,
  signalProcess,
} from './process-table.ts';

const LOOK_AGAIN_MS = 50;
/** What is moved out of a cgroup is seen by looks at all processes alone, so one is due where the last was so long ago. */
const LOOK_OUTSIDE_MS = 10_000;
/** Then they were too seldom. */
const SELDOM_MS = 15_000;
/** The table is not read at one moment: what was born while it was read may be missing in it, but not in the next. */
const EMPTY_LOOKS = 2;
/** How long after the first SIGKILL everything has to be dead. */
const KILL_DEADLINE_MS = 10_000;
/** A keeper ends by itself, right after the last process that it keeps. */
const KEEPER_ENDS_MS = 250;
/** Reads and kills of what a keeper has; each takes far less time than it takes to leave a process behind. */
const KILLS_IN_A_ROW = 50;

export interface StopOptions {
  /** Between SIGTERM and SIGKILL. */
  graceMs: number;
  /**
   * For so long nothing of the run must have been seen. For a worker that was killed while it started goose: its child
   * has the run's token only once it is goose.
   */
  quietMs?: number;
}

/** What a stop did. */
export interface StopReport {
  /** Processes that were asked to end (SIGTERM). */
  asked: number;
  /** Processes that had to be killed (SIGKILL). */
  killed: number;
}

/**
 * Processes were still there when they had to be dead: blocked in the kernel, or not ours to signal. Or nobody knows whether they
 * were: `unread` says why they could not be looked at.
 */
export class ProcessesLeftError extends Error {
  readonly pids: number[];
  constructor(pids: number[], unread?: unknown) {
    super(unread === undefined ? sayLeft(pids) : sayUnread(unread), { cause: unread });
    this.name = 'ProcessesLeftError';
    this.pids = pids;
  }
}

function sayLeft(pids: number[]): string {
  const which = pids.length === 0 ? 'processes that are not seen here' : `processes ${pids.join(', ')}`;
  return `${which} of a goose run cannot be killed: look at them with ps, then end them`;
}

function sayUnread(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `processes of a goose run cannot be looked at (${why}), and may live: it is tried again until they can`;
}

/** Ends everything that belongs to a run; see `ProcessFamily.stop`. */
export function stop(
  { token, root, cgroup }: { token: string; root?: ProcessId; cgroup?: string | undefined },
  options: StopOptions,
): Promise<StopReport> {
  return new ProcessFamily(token, root, cgroup).stop(options);
}

/**
 * The processes of one run. A process belongs to it if it carries the run's token in its environment, if its parent
 * belongs, if it is in a session whose leader belongs or did, or if it belonged at an earlier look. So each look makes
 * the next one surer: one that has dropped its environment, its parent and its session is still known if it was seen
 * before it dropped the last of them. Where the run has a cgroup, who is in it belongs, and nobody leaves it by
 * dropping things, but only by being moved; where it has a keeper, that one is the parent of all who drop theirs.
 */
export class ProcessFamily {
  readonly #token: string;
  readonly #cgroup: string | undefined;
  /** Its first process. */
  #root: number | undefined;
  /** Of the last look. */
  #keepers: number[] = [];
  /** Start time by pid. */
  #known = new Map<number, number>();
  /** Sessions of the run that are not empty: start time of the leader, by its pid. */
  #sessions = new Map<number, number>();
  /** The same of those of which only its cgroup has told since the last look at all processes. */
  #heldSessions = new Map<number, number>();
  /** Whether its cgroup has had processes, and none of the run was ever seen outside, nor can have been missed there. */
  #isInCgroup = false;
  #wasOutside = false;
  /** When all processes were last looked at, or since when it is watched. */
  #lookedMs = performance.now();

  /** `cgroup`: the directory of the run's cgroup, if it has one. It need not be there yet, or any more. */
  constructor(token: string, root?: ProcessId, cgroup?: string) {
    this.#token = token;
    this.#cgroup = cgroup;
    if (root) this.know(root);
  }

  /**
   * goose itself, where it became known only later. It leads a session of its own; what is in that belongs to the run
   * though goose is dead by now.
   */
  know({ pid, startTime }: ProcessId): void {
    this.#root = pid;
    this.#known.set(pid, startTime);
    this.#sessions.set(pid, startTime);
  }

  /**
   * Learns who is in its cgroup, which takes a thousandth of what a look at all processes takes. Says whether that will do:
   * not where nobody is there, nor where somebody may have been moved out of it for long; then such a look tells more. Throws
   * where it cannot be read.
   */
  lookInCgroup(): boolean {
    const held = this.#inCgroup();
    for (const each of held) {
      this.#known.set(each.pid, each.startTime);
      if (each.pid === each.session) this.#heldSessions.set(each.pid, each.startTime);
    }
    // The number of an empty one may be somebody else's soon.
    keepOnly(this.#heldSessions, held);
    return (held.length > 0 || this.#isEntering) && performance.now() - this.#lookedMs < LOOK_OUTSIDE_MS;
  }

  /** Until goose is there, the shell that is to become it is all there is of the run, and on its way into the cgroup. */
  get #isEntering(): boolean {
    return this.#cgroup !== undefined && this.#root !== undefined && isEntering(this.#root, this.#cgroup);
  }

  #inCgroup(): Proc[] {
    const pids = this.#cgroup === undefined ? [] : pidsIn(this.#cgroup);
    // As below: a worker that itself runs inside a goose run.
    const living = pids.flatMap((pid) => (pid === process.pid ? [] : (readLiving(pid) ?? [])));
    if (living.length > 0) this.#isInCgroup = true;
    return living;
  }

  /** The living members, by a table that was read just now. Rejects, and has learnt nothing, where something cannot be read. */
  async look(table?: ProcessTable): Promise<Proc[]> {
    const read = table ?? (await readProcessTable());
    const held = this.#held();
    if (performance.now() - this.#lookedMs > SELDOM_MS) this.#wasOutside = true;
    this.#lookedMs = performance.now();
    const { keepers } = read;
    const seen = withLiving(read, held, this.#known);
    for (const [pid, startTime] of this.#heldSessions) this.#sessions.set(pid, startTime);
    this.#heldSessions.clear();
    const members = membersOf(seen, this.#token, this.#known, this.#sessions);
    const heldPids = new Set(held.map(({ pid }) => pid));
    if (members.some(({ pid }) => !heldPids.has(pid))) this.#wasOutside = true;
    this.#keepers = members.filter(({ pid }) => keepers.has(pid)).map(({ pid }) => pid);
    this.#known = new Map(members.map(({ pid, startTime }) => [pid, startTime]));
    keepOnly(this.#sessions, members);
    return members;
  }

  /** What the kernel itself says of the run: who is in its cgroup, and whom its keeper has. */
  #held(): Proc[] {
    return [...this.#inCgroup(), ...this.#keepers.flatMap(readDescendants)];
  }

  /** How many looks have to find nothing. Where all of it was held by a cgroup, the kernel itself says that nothing was left. */
  get #emptyLooks(): number {
    return this.#isInCgroup && !this.#wasOutside ? 1 : EMPTY_LOOKS;
  }

  /** Whether the kernel agrees that nothing of it lives. Throws ProcessesLeftError when it should, and does not. */
  #isOver(isOverdue: boolean): boolean {
    if (this.#cgroup === undefined || removeCgroup(this.#cgroup) !== 'busy') return true;
    if (pidsIn(this.#cgroup).includes(process.pid)) return true;
    if (isOverdue) throw new ProcessesLeftError([]);
    this.#killAll();
    return false;
  }

  #killAll(): void {
    // As above: a worker that itself runs inside a goose run.
    if (this.#cgroup === undefined || pidsIn(this.#cgroup).includes(process.pid)) return;
    killAllIn(this.#cgroup);
  }

  /** Those that leave a successor behind before they are seen in the table of all processes. */
  #killKept(): void {
    for (let round = 0; round < KILLS_IN_A_ROW; round += 1) {
      const left = this.#keepers.flatMap(readDescendants);
      if (left.length === 0) return;
      for (const each of left) signalProcess(each, 'SIGKILL');
    }
  }

  /**
   * SIGTERM to every member, SIGKILL to what is left after `graceMs`, and again until nothing is left, new children
   * included. Resolves when all are dead, which one look alone does not prove, and a look that fails does not either. Throws
   * ProcessesLeftError if they still live 10 s after the first SIGKILL, or cannot be looked at then.
   */
  async stop({ graceMs, quietMs = 0 }: StopOptions): Promise<StopReport> {
    const now = performance.now();
    const stopping: Stopping = {
      ...{ graceEnd: now + graceMs, killEnd: now + graceMs + KILL_DEADLINE_MS, quietMs },
      ...{ asked: new Set(), killed: new Set(), emptyLooks: 0, quietSince: now, keptAt: now },
    };
    for (;;) {
      const next = await this.#endMore(stopping).catch((error) => unseen(stopping, error));
      if (next === 'over') return { asked: stopping.asked.size, killed: stopping.killed.size };
      if (next > 0) await sleep(next);
    }
  }

  /** Looks once, and signals what is found. Returns the pause before the next look in milliseconds, or that all are dead. */
  async #endMore(stopping: Stopping): Promise<number | 'over'> {
    const { graceEnd, killEnd, quietMs, asked, killed } = stopping;
    const members = await this.look();
    const now = performance.now();
    if (members.length === 0) {
      stopping.emptyLooks += 1;
      const quiet = now - stopping.quietSince;
      const isProven = stopping.emptyLooks >= this.#emptyLooks && quiet >= quietMs;
      if (isProven && this.#isOver(now > killEnd)) return 'over';
      if (quiet < quietMs) return Math.min(LOOK_AGAIN_MS, quietMs);
      return stopping.emptyLooks > this.#emptyLooks ? 5 : 0;
    }
    stopping.emptyLooks = 0;
    stopping.quietSince = now;
    const kept = members.filter(({ pid }) => !this.#keepers.includes(pid));
    if (now > killEnd) throw new ProcessesLeftError((kept.length > 0 ? kept : members).map(({ pid }) => pid));
    if (kept.length > 0) stopping.keptAt = now;
    // While it has children it is spared: without it they would go where nobody finds them.
    const isKeeperSpared = now - stopping.keptAt < KEEPER_ENDS_MS;
    for (const member of isKeeperSpared ? kept : members) {
      const key = `${member.pid}/${member.startTime}`;
      if (now >= graceEnd || !kept.includes(member)) {
        if (signalProcess(member, 'SIGKILL')) killed.add(key);
      } else if (!asked.has(key) && signalProcess(member, 'SIGTERM')) {
        asked.add(key);
      }
    }
    if (now >= graceEnd) {
      this.#killAll();
      this.#killKept();
    }
    // Right after a kill they are dead within a millisecond or two; forking ones must not be left time.
    if (now >= graceEnd || kept.length === 0) return 5;
    return Math.max(1, Math.min(LOOK_AGAIN_MS, graceEnd - now));
  }
}

/** Where a stop is. Times are of performance.now. */
interface Stopping {
  graceEnd: number;
  killEnd: number;
  quietMs: number;
  /** Processes, by pid and start time. */
  asked: Set<string>;
  killed: Set<string>;
  /** In a row. */
  emptyLooks: number;
  quietSince: number;
  /** When processes were last seen besides keepers. */
  keptAt: number;
}

/** What follows a look that has failed: another one, and what is empty has to be seen anew. */
function unseen(stopping: Stopping, error: unknown): number {
  const now = performance.now();
  if (error instanceof ProcessesLeftError) throw error;
  if (now > stopping.killEnd) throw new ProcessesLeftError([], error);
  stopping.emptyLooks = 0;
  stopping.quietSince = now;
  return LOOK_AGAIN_MS;
}

/** Drops the sessions that none of these is in. */
function keepOnly(sessions: Map<number, number>, processes: Proc[]): void {
  const inUse = new Set(processes.map(({ session }) => session));
  for (const session of sessions.keys()) if (!inUse.has(session)) sessions.delete(session);
}

/** The table with further processes, which are known members, also those that were born since it was read. */
function withLiving(table: ProcessTable, living: Proc[], known: Map<number, number>): ProcessTable {
  if (living.length === 0) return table;
  const byPid = new Map(table.processes.map((each) => [each.pid, each]));
  for (const each of living) {
    byPid.set(each.pid, each);
    known.set(each.pid, each.startTime);
  }
  return { ...table, processes: [...byPid.values()] };
}

/** Adds to `sessions` those whose leaders are found to belong. */
function membersOf(
  { processes, tokens }: ProcessTable,
  token: string,
  known: ReadonlyMap<number, number>,
  sessions: Map<number, number>,
): Proc[] {
  const members = new Map<number, Proc>();
  const add = (each: Proc) => {
    members.set(each.pid, each);
    if (each.pid === each.session) sessions.set(each.pid, each.startTime);
  };
  const startTimes = new Map(processes.map(({ pid, startTime }) => [pid, startTime]));
  // A session's number is not given to a new process while somebody is in it. Should it have been empty, and used again,
  // between two looks, then its leader is another one.
  const isOurs = (session: number) =>
    sessions.has(session) && (startTimes.get(session) ?? sessions.get(session)) === sessions.get(session);
  for (const each of processes) {
    if (tokens.get(each.pid) === token || known.get(each.pid) === each.startTime) add(each);
  }
  for (let before = -1; before < members.size; ) {
    before = members.size;
    for (const each of processes) {
      if (!members.has(each.pid) && (members.has(each.ppid) || isOurs(each.session))) add(each);
    }
  }
  // A worker that itself runs inside a goose run must not end itself.
  members.delete(process.pid);
  return [...members.values()];
}
