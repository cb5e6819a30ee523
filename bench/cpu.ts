import { readFileSync } from 'node:fs';
import { commandOf, family } from './processes.ts';

/** Of the kernel's clock ticks, which it tells times in: 100 a second on every Linux that Node.js runs on. */
const TICK_MS = 10;

export interface CpuTime {
  /** Processor time of the process itself, user and system, in milliseconds since it started. */
  ownMs: number;
  /** The same of all its children that have ended and that it has waited for, with theirs. */
  childrenMs: number;
}

/** What each process has taken so far, by a name for people; those of one name are added up. */
export type CpuTimes = ReadonlyMap<string, CpuTime>;

/**
 * The processor time of our processes: those of `roots`, by name, and what they have started, by the script that each
 * runs. Agents are in `childrenMs` of whoever started them, when they have ended.
 */
export function cpuTimes(roots: ReadonlyMap<number, string>, agents: ReadonlySet<number>): CpuTimes {
  const times = new Map<string, CpuTime>();
  for (const pid of family([...roots.keys()], agents)) {
    try {
      const name = roots.get(pid) ?? nameOf(commandOf(pid));
      // A goose that has just been forked has no name of its own yet.
      if (name === undefined) continue;
      const { ownMs, childrenMs } = cpuTimeOf(pid);
      const before = times.get(name) ?? { ownMs: 0, childrenMs: 0 };
      times.set(name, { ownMs: before.ownMs + ownMs, childrenMs: before.childrenMs + childrenMs });
    } catch {
      // It has just ended.
    }
  }
  return times;
}

/** `start`, `worker`, `guardian` …; undefined: it is none of ours. */
export function nameOf(command: string): string | undefined {
  const script = /\/dist\/(?:client\/cli\/main\.js |quick\/main\.cjs )?(\S+)/.exec(command)?.[1];
  if (script === undefined) return undefined;
  if (script === 'run') return 'worker';
  return script
    .replace(/^.*\//, '')
    .replace(/^internal-/, '')
    .replace(/(-main)?\.js$/, '');
}

/** Throws where the process is gone. */
export function cpuTimeOf(pid: number): CpuTime {
  return cpuTimeIn(readFileSync(`/proc/${pid}/stat`, 'latin1'));
}

/** Of a process and of the children that it has waited for. @throws where the process is gone */
export function cpuMsWithChildren(pid: number): number {
  const { ownMs, childrenMs } = cpuTimeOf(pid);
  return ownMs + childrenMs;
}

/** By what `/proc/PID/stat` says. */
export function cpuTimeIn(stat: string): CpuTime {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15).map(Number);
  return { ownMs: (user + system) * TICK_MS, childrenMs: (childrenUser + childrenSystem) * TICK_MS };
}

/** What was taken between two looks, for each of so many tasks. */
export function spentPerTask(before: CpuTimes, after: CpuTimes, tasks: number): Map<string, CpuTime> {
  return new Map(
    [...after].map(([name, { ownMs, childrenMs }]) => {
      const from = before.get(name) ?? { ownMs: 0, childrenMs: 0 };
      return [
        name,
        { ownMs: (ownMs - from.ownMs) / tasks, childrenMs: (childrenMs - from.childrenMs) / tasks },
      ];
    }),
  );
}
