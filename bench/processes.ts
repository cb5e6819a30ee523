import { readdirSync, readFileSync } from 'node:fs';

interface Proc {
  pid: number;
  parent: number;
  session: number;
}

/** What lives on this machine; zombies do not. Linux only, as the whole bench is. */
function living(): Proc[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return [];
      return [{ pid: Number(name), parent: Number(fields[1]), session: Number(fields[3]) }];
    } catch {
      return [];
    }
  });
}

/** Whether anything of the session that this process led is alive: the agent or its `sleep`. */
export function sessionLives(leader: number): boolean {
  return living().some(({ session }) => session === leader);
}

/** Kills what is left of an agent's session, if it is one of ours: its environment names our folder. */
export function endSession(leader: number, dir: string): void {
  for (const { pid, session } of living()) {
    if (session !== leader) continue;
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'latin1').includes(dir)) process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
}

/** These processes and all their descendants, agents (sessions led by `except`) aside. */
export function family(roots: readonly number[], except: ReadonlySet<number>): number[] {
  const all = living();
  const found = new Set(roots.filter((pid) => all.some((each) => each.pid === pid)));
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { pid, parent, session } of all) if (found.has(parent) && !except.has(session)) found.add(pid);
  }
  return [...found];
}

export function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
}

/** Resident memory in MB. In `rss` a page that processes share counts for each of them, in `pss` once for all. */
export function memoryMb(pid: number): { rss: number; pss: number } {
  const table = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(table)?.[1] ?? 0) / 1024;
  return { rss: mb('Rss'), pss: mb('Pss') };
}
