import { closeSync, openSync, readdirSync, readFileSync, rmdirSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';

const PREFIX = 'tinyscheduler-';

/** Of an error: there is no such cgroup, it is none of ours, or its processes are told elsewhere (it is threaded). */
const NOTHING_THERE = new Set(['ENOENT', 'ENODEV', 'ESRCH', 'ENOTDIR', 'EACCES', 'EPERM', 'EOPNOTSUPP']);

/**
 * The directory of a process's cgroup (version 2), or undefined where there is none that can be seen. Whoever is in a
 * cgroup stays there with all that it starts, whatever else it drops. Throws where that cannot be read.
 */
export function cgroupOf(pid: number | 'self'): string | undefined {
  try {
    const path = /^0::(\/.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1];
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    const [, , , root = '', mount = ''] =
      mounts.find((line) => line.includes(' - cgroup2 '))?.split(' ') ?? [];
    // One outside of what is mounted here begins with `/..`.
    if (path === undefined || mount === '' || path.startsWith('/..') || /\\/.test(mount)) return undefined;
    const below =
      root === '/'
        ? path
        : path.startsWith(`${root}/`) || path === root
          ? path.slice(root.length)
          : undefined;
    return below === undefined ? undefined : join(mount, below);
  } catch (error) {
    return nothing(error, undefined);
  }
}

/** Where the processes of a run are held. `home`: the cgroup in which those of runs are made. */
export function cgroupOfRun(home: string, token: string): string {
  return join(home, `${PREFIX}${token}`);
}

export function isCgroupOfRun(path: string, token: string): boolean {
  return path.startsWith('/') && basename(path) === `${PREFIX}${token}`;
}

/** The cgroup of the run that this process is in, by its token; undefined where it is in none. Throws as `cgroupOf`. */
export function cgroupAround(pid: number, token: string): string | undefined {
  const parts = cgroupOf(pid)?.split('/') ?? [];
  const at = parts.indexOf(`${PREFIX}${token}`);
  return at < 0 ? undefined : parts.slice(0, at + 1).join('/');
}

/** Living processes in it and in those below it; empty when it is gone. Throws where that cannot be read. */
export function pidsIn(cgroup: string): number[] {
  return tree(cgroup).flatMap((folder) => {
    try {
      const pids = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').map(Number);
      // 0: one of another PID namespace.
      return pids.filter((pid) => pid > 0);
    } catch (error) {
      return nothing(error, []);
    }
  });
}

/** SIGKILL to all of it at one moment, so that none forks meanwhile. Linux 5.14 and later; else nothing happens. */
export function killAllIn(cgroup: string): void {
  try {
    // Not a file that is made here: it has to be the kernel's.
    const file = openSync(join(cgroup, 'cgroup.kill'), 'r+');
    try {
      writeSync(file, '1');
    } finally {
      closeSync(file);
    }
  } catch {
    // Each of them is killed for itself, too.
  }
}

/**
 * Removes it, with those below it. `busy`: something lives in it, as the kernel says, or one below it, which could not be
 * read. `kept`: it cannot be removed. Never throws.
 */
export function removeCgroup(cgroup: string): 'gone' | 'busy' | 'kept' {
  let state: 'gone' | 'busy' | 'kept' = 'gone';
  let folders = [cgroup];
  try {
    folders = tree(cgroup);
  } catch {
    // One that has others below it is busy.
  }
  for (const folder of folders.reverse()) {
    try {
      rmdirSync(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EBUSY') return 'busy';
      if (code !== 'ENOENT') state = 'kept';
    }
  }
  return state;
}

/** Those of runs that are in it. */
export function runCgroupsIn(home: string): string[] {
  return namesIn(home)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(home, name));
}

/** It and all below it, parents first. */
function tree(cgroup: string): string[] {
  return [cgroup, ...namesIn(cgroup).flatMap((name) => tree(join(cgroup, name)))];
}

function namesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    return nothing(error, []);
  }
}

/** Throws the error where it says only that nobody could look. */
function nothing<T>(error: unknown, found: T): T {
  if (NOTHING_THERE.has(String((error as NodeJS.ErrnoException).code))) return found;
  throw error;
}
