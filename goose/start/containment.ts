import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isExecutable } from '../../os/executable.mjs';
import { cgroupOf, cgroupOfRun, removeCgroup, runCgroupsIn } from './cgroup.ts';
import { keeperProbe, PRCTL_HERE } from './keeper.ts';

/** How the processes of a run are held together, so that its slot is not free while one of them lives. */
export type Containment =
  /** Each run in a cgroup of its own, made in `home`: nothing that goose starts leaves it. */
  | { by: 'cgroup'; home: string }
  /** A parent that all come back to: see keeper.ts. */
  | { by: 'keeper'; perl: string; prctl: number }
  /** Looks at all processes, again and again. */
  | { by: 'looks' };

export type ContainmentKind = Containment['by'];

/** The surest first. */
export const CONTAINMENTS: readonly ContainmentKind[] = ['cgroup', 'keeper', 'looks'];

const PERLS = ['/usr/bin/perl', '/bin/perl', '/usr/local/bin/perl'];
const PROBE_MS = 5_000;
/** A cgroup of a run is empty for a moment only, between its making and the start. */
const LEFT_MS = 60_000;

const run = promisify(execFile);
let ofThisHost: Promise<Containment> | undefined;

/** What this process uses, found out once. */
export function containment(): Promise<Containment> {
  ofThisHost ??= findContainment();
  return ofThisHost;
}

/** The surest that works here, tried out. */
export async function findContainment(allowed = CONTAINMENTS): Promise<Containment> {
  const cgroup = allowed.includes('cgroup') ? await tryCgroup() : undefined;
  if (cgroup !== undefined) return cgroup;
  const keeper = allowed.includes('keeper') ? await tryKeeper() : undefined;
  return keeper ?? { by: 'looks' };
}

/** What a run's record says of it, before the run starts. */
export function recordedContainment(held: Containment, token: string): { cgroup?: string } {
  return held.by === 'cgroup' ? { cgroup: cgroupOfRun(held.home, token) } : {};
}

/** A cgroup may be made, but not filled: that takes rights in the one that holds both, too. */
async function tryCgroup(): Promise<Containment | undefined> {
  const home = homeOfCgroups();
  if (home === undefined) return undefined;
  const probe = join(home, `tinyscheduler-probe-${process.pid}-${Math.random().toString(36).slice(2)}`);
  try {
    await mkdir(probe);
    const script = 'echo 0 >"$0/cgroup.procs" && exec cat /proc/self/cgroup';
    const { stdout } = await run('/bin/sh', ['-c', script, probe], { timeout: PROBE_MS, env: {} });
    if (!stdout.includes('/tinyscheduler-probe-')) return undefined;
    await removeLeft(home);
    return { by: 'cgroup', home };
  } catch {
    return undefined;
  } finally {
    removeCgroup(probe);
  }
}

function homeOfCgroups(): string | undefined {
  try {
    return cgroupOf('self');
  } catch {
    return undefined;
  }
}

async function removeLeft(home: string): Promise<void> {
  for (const cgroup of runCgroupsIn(home)) {
    const facts = await stat(cgroup).catch(() => undefined);
    if (facts !== undefined && Date.now() - facts.mtimeMs > LEFT_MS) removeCgroup(cgroup);
  }
}

async function tryKeeper(): Promise<Containment | undefined> {
  const prctl = PRCTL_HERE;
  if (prctl === undefined) return undefined;
  for (const perl of PERLS) {
    try {
      if (!isExecutable(perl)) continue;
      const { stdout } = await run(perl, keeperProbe(prctl), { timeout: PROBE_MS, env: {} });
      if (stdout === '1') return { by: 'keeper', perl, prctl };
    } catch {
      // The next one.
    }
  }
  return undefined;
}
