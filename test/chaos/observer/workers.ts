import type { Seen } from './processes.ts';
import { type Waits, waitsOf } from './waited.ts';

interface Worker {
  pid: number;
  host: string;
  firstSeenMs: number;
  guardians: Set<number>;
  /** Since when no guardian of it has run. */
  unguardedSinceMs: number | undefined;
}

/** The processes of ours that look after runs: on each host its workers, and their guardians. */
export class Workers {
  readonly #workers = new Map<number, Worker>();
  /** Since when something of ours runs on a host. */
  readonly #coveredSinceMs = new Map<string, number>();
  #processes = new Map<number, Seen>();
  #guardedEver = false;

  add(pid: number, host: string, nowMs: number): void {
    const worker = { pid, host, firstSeenMs: nowMs, guardians: new Set<number>(), unguardedSinceMs: nowMs };
    this.#workers.set(pid, worker);
  }

  /** One look; gives the guardians that are new. */
  look(processes: Map<number, Seen>, nowMs: number): { pid: number; worker: number }[] {
    this.#processes = processes;
    const found = this.#findGuardians();
    for (const host of new Set([...this.#workers.values()].map((worker) => worker.host))) {
      if (this.#serving(host).length === 0) this.#coveredSinceMs.delete(host);
      else if (!this.#coveredSinceMs.has(host)) this.#coveredSinceMs.set(host, nowMs);
    }
    for (const worker of this.#workers.values()) {
      if ([...worker.guardians].some((pid) => this.#runs(pid))) worker.unguardedSinceMs = undefined;
      else worker.unguardedSinceMs ??= nowMs;
    }
    return found;
  }

  /** The worker that a process is, or whose guardian it is. */
  ownerOf(pid: number): number | undefined {
    if (this.#workers.has(pid)) return pid;
    return [...this.#workers.values()].find(({ guardians }) => guardians.has(pid))?.pid;
  }

  hostOf(worker: number | undefined): string | undefined {
    return worker === undefined ? undefined : this.#workers.get(worker)?.host;
  }

  firstSeenMs(worker: number): number | undefined {
    return this.#workers.get(worker)?.firstSeenMs;
  }

  coveredSinceMs(host: string | undefined): number | undefined {
    if (host !== undefined) return this.#coveredSinceMs.get(host);
    // Nobody knows on which host it is, so it is given the time of the host that was covered last.
    const all = [...this.#coveredSinceMs.values()];
    return all.length === 0 ? undefined : Math.max(...all);
  }

  /** The pids of those workers that run. */
  running(): number[] {
    return [...this.#workers.keys()].filter((pid) => this.#runs(pid));
  }

  /** What those who look after the runs of a host have waited for a processor. */
  waits(host: string | undefined): Waits {
    return waitsOf(this.#serving(host));
  }

  /** Why nobody looks after the runs of a worker, or undefined. */
  whyLost(pid: number | undefined): string | undefined {
    const worker = pid === undefined ? undefined : this.#workers.get(pid);
    if (worker === undefined) return 'its worker had gone';
    const found = this.#processes.get(worker.pid);
    if (found === undefined) return 'the SIGKILL of its worker';
    if (found.stopped) return 'the SIGSTOP of its worker';
    if (!this.#guardedEver || worker.unguardedSinceMs === undefined) return undefined;
    const there = [...worker.guardians].some((each) => this.#processes.has(each) && !this.#runs(each));
    return there ? 'the SIGSTOP of its guardian' : 'the SIGKILL of its guardian';
  }

  /** Forgets workers that have gone with all that was theirs. `needed`: those of which something lives. */
  forget(needed: ReadonlySet<number>, nowMs: number): void {
    for (const [pid, worker] of this.#workers) {
      const gone = !this.#processes.has(pid) && nowMs - worker.firstSeenMs > 5_000;
      const guarded = [...worker.guardians].some((each) => this.#processes.has(each));
      if (gone && !needed.has(pid) && !guarded) this.#workers.delete(pid);
    }
  }

  #findGuardians(): { pid: number; worker: number }[] {
    const found: { pid: number; worker: number }[] = [];
    for (const each of this.#processes.values()) {
      const worker = this.#workers.get(each.ppid);
      if (worker === undefined || worker.guardians.has(each.pid)) continue;
      if (!each.argv.some((argument) => /guardian/.test(argument))) continue;
      worker.guardians.add(each.pid);
      this.#guardedEver = true;
      found.push({ pid: each.pid, worker: worker.pid });
    }
    return found;
  }

  #serving(host: string | undefined): number[] {
    return [...this.#workers.values()]
      .filter((worker) => host === undefined || worker.host === host)
      .flatMap((worker) => [worker.pid, ...worker.guardians])
      .filter((pid) => this.#runs(pid));
  }

  #runs(pid: number): boolean {
    const found = this.#processes.get(pid);
    return found !== undefined && !found.stopped;
  }
}

export function isOfGuardian(why: string): boolean {
  return why.endsWith('of its guardian');
}
