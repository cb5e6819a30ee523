import { GUARDIAN_LOADING_MS, LOADING_MS } from '../rules.ts';
import type { Seen } from './processes.ts';
import { type Waits, waitsOf } from './waited.ts';

interface Worker {
  pid: number;
  host: string;
  firstSeenMs: number;
  /** When each was first seen, by its pid. */
  guardians: Map<number, number>;
  /** Since when no guardian of it has run. */
  unguardedSinceMs: number | undefined;
}

/** The processes of ours that look after runs: on each host its workers, and their guardians. */
export class Workers {
  readonly #workers = new Map<number, Worker>();
  /** Since when something of ours runs on a host. */
  readonly #coveredSinceMs = new Map<string, number>();
  readonly #hosts = new Set<string>();
  #processes = new Map<number, Seen>();
  #guardedEver = false;

  add(pid: number, host: string, nowMs: number): void {
    const worker = {
      pid,
      host,
      firstSeenMs: nowMs,
      guardians: new Map<number, number>(),
      unguardedSinceMs: nowMs,
    };
    this.#workers.set(pid, worker);
    this.#hosts.add(host);
  }

  /** One look; gives the guardians that are new. */
  look(processes: Map<number, Seen>, nowMs: number): { pid: number; worker: number }[] {
    this.#processes = processes;
    const found = this.#findGuardians(nowMs);
    for (const host of new Set([...this.#workers.values()].map((worker) => worker.host))) {
      if (this.#serving(host).length === 0) this.#coveredSinceMs.delete(host);
      else if (!this.#coveredSinceMs.has(host)) this.#coveredSinceMs.set(host, nowMs);
    }
    for (const worker of this.#workers.values()) {
      if ([...worker.guardians.keys()].some((pid) => this.#runs(pid))) worker.unguardedSinceMs = undefined;
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

  /**
   * Since when somebody on that host could end what is left there, as time goes on without a break; undefined where nobody
   * runs. It may lie ahead: who was started just now loads first, and hears of nothing.
   */
  ableSinceMs(host: string | undefined): number | undefined {
    // Of a run whose worker is not known nobody knows the host either, so it is given the time of the latest, and none
    // while nobody runs on one of them.
    const able = [...(host === undefined ? this.#hosts : [host])].map((each) => {
      const coveredSinceMs = this.#coveredSinceMs.get(each) ?? Number.POSITIVE_INFINITY;
      return Math.max(coveredSinceMs, Math.min(...this.#serving(each).map(({ loadedAtMs }) => loadedAtMs)));
    });
    const latestMs = Math.max(...able);
    return Number.isFinite(latestMs) ? latestMs : undefined;
  }

  /** The pids of those workers that run. */
  running(): number[] {
    return [...this.#workers.keys()].filter((pid) => this.#runs(pid));
  }

  /** What those who look after the runs of a host have waited for a processor. */
  waits(host: string | undefined): Waits {
    return waitsOf(this.#serving(host).map(({ pid }) => pid));
  }

  /** Why nobody looks after the runs of a worker, or undefined. */
  whyLost(pid: number | undefined): string | undefined {
    const worker = pid === undefined ? undefined : this.#workers.get(pid);
    if (worker === undefined) return 'its worker had gone';
    const found = this.#processes.get(worker.pid);
    if (found === undefined) return 'the SIGKILL of its worker';
    if (found.stopped) return 'the SIGSTOP of its worker';
    if (!this.#guardedEver || worker.unguardedSinceMs === undefined) return undefined;
    const there = [...worker.guardians.keys()].some((each) => this.#processes.has(each) && !this.#runs(each));
    return there ? 'the SIGSTOP of its guardian' : 'the SIGKILL of its guardian';
  }

  /** Forgets workers that have gone with all that was theirs. `needed`: those of which something lives. */
  forget(needed: ReadonlySet<number>, nowMs: number): void {
    for (const [pid, worker] of this.#workers) {
      const gone = !this.#processes.has(pid) && nowMs - worker.firstSeenMs > 5_000;
      const guarded = [...worker.guardians.keys()].some((each) => this.#processes.has(each));
      if (gone && !needed.has(pid) && !guarded) this.#workers.delete(pid);
    }
  }

  #findGuardians(nowMs: number): { pid: number; worker: number }[] {
    const found: { pid: number; worker: number }[] = [];
    for (const each of this.#processes.values()) {
      const worker = this.#workers.get(each.ppid);
      if (worker === undefined || worker.guardians.has(each.pid)) continue;
      if (!each.argv.some((argument) => /guardian/.test(argument))) continue;
      worker.guardians.set(each.pid, nowMs);
      this.#guardedEver = true;
      found.push({ pid: each.pid, worker: worker.pid });
    }
    return found;
  }

  #serving(host: string | undefined): { pid: number; loadedAtMs: number }[] {
    return [...this.#workers.values()]
      .filter((worker) => host === undefined || worker.host === host)
      .flatMap(({ pid, firstSeenMs, guardians }) => [
        { pid, loadedAtMs: firstSeenMs + LOADING_MS },
        ...[...guardians].map(([each, sinceMs]) => ({
          pid: each,
          loadedAtMs: sinceMs + GUARDIAN_LOADING_MS,
        })),
      ])
      .filter(({ pid }) => this.#runs(pid));
  }

  #runs(pid: number): boolean {
    const found = this.#processes.get(pid);
    return found !== undefined && !found.stopped;
  }
}

export function isOfGuardian(why: string): boolean {
  return why.endsWith('of its guardian');
}
