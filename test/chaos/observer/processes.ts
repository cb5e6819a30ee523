import { readdirSync, readFileSync } from 'node:fs';

/** A living process as /proc shows it. */
export interface Seen {
  /** `pid/start`: names one process of this boot. */
  key: string;
  pid: number;
  ppid: number;
  startTime: number;
  /** It was stopped (SIGSTOP). */
  stopped: boolean;
  argv: string[];
}

/** Between fork and exec a process has its parent's command line, so that of a young one is read again. */
const SETTLED_MS = 1_500;

interface Known {
  argv: string[];
  sinceMs: number;
}

/** Looks at all processes, again and again; zombies are dead. */
export class ProcessList {
  #known = new Map<string, Known>();

  look(nowMs: number): Map<number, Seen> {
    const found = new Map<number, Seen>();
    const known = new Map<string, Known>();
    for (const name of readdirSync('/proc')) {
      const first = name.charCodeAt(0);
      if (first < 48 || first > 57) continue;
      const stat = readStat(Number(name));
      if (stat === undefined) continue;
      const key = `${stat.pid}/${stat.startTime}`;
      let entry = this.#known.get(key);
      if (entry === undefined || nowMs - entry.sinceMs < SETTLED_MS) {
        entry = { argv: readNulSeparated(stat.pid, 'cmdline'), sinceMs: entry?.sinceMs ?? nowMs };
      }
      known.set(key, entry);
      found.set(stat.pid, { ...stat, key, argv: entry.argv });
    }
    this.#known = known;
    return found;
  }
}

/** Whether that very process is alive at this moment; without a start time: any process of that pid. */
export function lives(pid: number, startTime?: number): boolean {
  const found = readStat(pid);
  return found !== undefined && (startTime === undefined || found.startTime === startTime);
}

/** Undefined where there is no such process. */
export function startTimeOf(pid: number): number | undefined {
  return readStat(pid)?.startTime;
}

export function argvOf(pid: number): string[] {
  return readNulSeparated(pid, 'cmdline');
}

/** The value of a variable in a process's environment, where it may be read. */
export function environmentOf(pid: number, name: string): string | undefined {
  const prefix = `${name}=`;
  return readNulSeparated(pid, 'environ')
    .find((each) => each.startsWith(prefix))
    ?.slice(prefix.length);
}

function readStat(pid: number): Omit<Seen, 'key' | 'argv'> | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name in parentheses may hold spaces and parentheses of its own.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, ppid: Number(fields[1]), startTime: Number(fields[19]), stopped: state === 'T' };
}

function readNulSeparated(pid: number, file: 'cmdline' | 'environ'): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}
