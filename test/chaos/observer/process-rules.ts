import type { Figures } from '../messages.ts';
import { AGENTS, GONE_MS, LOADING_MS, SEEN_LATE_MS } from '../rules.ts';
import { ProcessList, type Seen } from './processes.ts';
import { type Run, Runs, stillAlive } from './runs.ts';

interface Worker {
  pid: number;
  startTime: number | undefined;
  firstSeenMs: number;
  guardians: Set<number>;
  /** Since when no guardian of it has run. */
  unguardedSinceMs: number | undefined;
}

export interface Heard {
  /** `about`: what it is about, since a state that lasts is one violation. */
  violation(rule: number, about: string, text: string): void;
  started(run: Run): void;
  ended(run: Run): void;
  guardian(pid: number, worker: number): void;
}

/** What must hold of the processes, at every look: never too many, never two of one task, none left over. */
export class ProcessRules {
  readonly runs: Runs;
  readonly figures: Pick<Figures, 'runs' | 'goneAfterMs' | 'uncovered' | 'guardians'> = {
    runs: 0,
    goneAfterMs: {},
    uncovered: 0,
    guardians: 0,
  };
  /** Largest number of gooses at once since `resetMost`, by agent. */
  readonly most = new Map<string, number>();
  readonly #processes = new ProcessList();
  readonly #workers = new Map<number, Worker>();
  readonly #heard: Heard;
  #coveredSinceMs: number | undefined;
  #guardedEver = false;

  constructor(dir: string, heard: Heard) {
    this.runs = new Runs(dir);
    this.#heard = heard;
  }

  addWorker(pid: number, nowMs: number): void {
    this.#workers.set(pid, {
      pid,
      startTime: undefined,
      firstSeenMs: nowMs,
      guardians: new Set(),
      unguardedSinceMs: nowMs,
    });
  }

  /** `lateMs`: how late a process may be on this machine now, by the observer's own experience. */
  look(nowMs: number, lateMs: number): void {
    const processes = this.#processes.look(nowMs);
    this.#findGuardians(processes);
    const { started, ended } = this.runs.look(processes, nowMs, (pid) => this.#workerOf(pid));
    for (const run of ended) this.#ended(run, nowMs);
    for (const run of started) this.#started(run);
    this.#judgeNumbers();
    this.#judgeLosses(processes, nowMs, lateMs);
  }

  #findGuardians(processes: Map<number, Seen>): void {
    for (const each of processes.values()) {
      const worker = this.#workers.get(each.ppid);
      if (worker === undefined || worker.guardians.has(each.pid)) continue;
      if (!each.argv.some((argument) => /guardian/.test(argument))) continue;
      worker.guardians.add(each.pid);
      this.#guardedEver = true;
      this.figures.guardians += 1;
      this.#heard.guardian(each.pid, worker.pid);
    }
  }

  #workerOf(pid: number): number | undefined {
    if (this.#workers.has(pid)) return pid;
    return [...this.#workers.values()].find(({ guardians }) => guardians.has(pid))?.pid;
  }

  #started(run: Run): void {
    this.figures.runs += 1;
    this.#heard.started(run);
    const worker = run.worker === undefined ? undefined : this.#workers.get(run.worker);
    for (const other of this.runs.live.values()) {
      if (other.uncovered && worker && other.lost && worker.firstSeenMs > other.lost.sinceMs) {
        if (stillAlive([other]).length > 0)
          this.#heard.violation(
            2,
            `took work beside ${other.token}`,
            `worker ${worker.pid} took task ${run.task} while ${sayRun(other)}, which nobody had looked after, still lived`,
          );
      }
    }
  }

  #ended(run: Run, nowMs: number): void {
    if (run.lost) {
      const tookMs = nowMs - run.lost.sinceMs;
      const { goneAfterMs } = this.figures;
      goneAfterMs[run.lost.why] = Math.max(goneAfterMs[run.lost.why] ?? 0, tookMs);
    }
    this.#heard.ended(run);
  }

  #judgeNumbers(): void {
    const byAgent = grouped(this.runs.live.values(), ({ agent }) => agent);
    for (const { name, limit } of AGENTS) {
      const all = byAgent.get(name) ?? [];
      this.most.set(name, Math.max(this.most.get(name) ?? 0, Math.min(all.length, limit)));
      if (all.length <= limit) continue;
      const living = stillAlive(all);
      if (living.length > limit)
        this.#heard.violation(
          1,
          name,
          `${living.length} gooses of ${name}, whose limit is ${limit}: ${living.map(sayRun).join('; ')}`,
        );
    }
    for (const [task, all] of grouped(this.runs.live.values(), (run) => run.task)) {
      if (all.length < 2) continue;
      const living = stillAlive(all);
      if (living.length > 1)
        this.#heard.violation(
          4,
          `${task} twice`,
          `task ${task} runs ${living.length} times: ${living.map(sayRun).join('; ')}`,
        );
    }
  }

  #judgeLosses(processes: Map<number, Seen>, nowMs: number, lateMs: number): void {
    const runs = (pid: number) => {
      const found = processes.get(pid);
      return found !== undefined && !found.stopped;
    };
    const serving = [...this.#workers.values()].flatMap((worker) => [worker.pid, ...worker.guardians]);
    if (serving.some(runs)) this.#coveredSinceMs ??= nowMs;
    else this.#coveredSinceMs = undefined;
    for (const worker of this.#workers.values()) {
      if ([...worker.guardians].some(runs)) worker.unguardedSinceMs = undefined;
      else worker.unguardedSinceMs ??= nowMs;
    }

    for (const run of this.runs.live.values()) {
      const why = this.#whyLost(run, processes, runs);
      // A run whose guardian alone is lost is looked after by its worker. When that is lost too, its time begins.
      const both =
        run.lost !== undefined && isOfGuardian(run.lost.why) && why !== undefined && !isOfGuardian(why);
      if (why === undefined) delete run.lost;
      else if (run.lost === undefined || both) run.lost = { sinceMs: nowMs, why };
      if (run.lost === undefined) continue;
      if (this.#coveredSinceMs === undefined) {
        if (!run.uncovered) this.figures.uncovered += 1;
        run.uncovered = true;
        continue;
      }
      const coveredSinceMs = this.#coveredSinceMs + (run.uncovered ? LOADING_MS : 0);
      const sinceMs = Math.max(run.lost.sinceMs, coveredSinceMs);
      const aliveForMs = nowMs - sinceMs;
      if (aliveForMs > GONE_MS + SEEN_LATE_MS + lateMs && stillAlive([run]).length > 0)
        this.#heard.violation(
          2,
          run.token,
          `${sayRun(run)} still lives ${aliveForMs.toFixed(0)} ms after ${run.lost.why}`,
        );
    }
    for (const [pid, worker] of this.#workers) {
      const gone = processes.get(pid) === undefined && nowMs - worker.firstSeenMs > 5_000;
      const needed = [...this.runs.live.values()].some((run) => run.worker === pid);
      if (gone && !needed && ![...worker.guardians].some((each) => processes.has(each))) {
        this.#workers.delete(pid);
      }
    }
  }

  #whyLost(run: Run, processes: Map<number, Seen>, runs: (pid: number) => boolean): string | undefined {
    const worker = run.worker === undefined ? undefined : this.#workers.get(run.worker);
    if (worker === undefined) return 'its worker had gone';
    const found = processes.get(worker.pid);
    if (found === undefined) return 'the SIGKILL of its worker';
    if (found.stopped) return 'the SIGSTOP of its worker';
    if (!this.#guardedEver || worker.unguardedSinceMs === undefined) return undefined;
    const there = [...worker.guardians].some((each) => processes.has(each) && !runs(each));
    return there ? 'the SIGSTOP of its guardian' : 'the SIGKILL of its guardian';
  }
}

function isOfGuardian(why: string): boolean {
  return why.endsWith('of its guardian');
}

export function sayRun(run: Run): string {
  const more = run.members.length > 3 ? ' …' : '';
  const pids = `${run.members
    .slice(0, 3)
    .map(({ pid }) => pid)
    .join(' ')}${more}`;
  return `task ${run.task} of ${run.agent} (run ${run.token.slice(0, 8)}, worker ${run.worker ?? '?'}, pids ${pids})`;
}

function grouped<K>(runs: Iterable<Run>, keyOf: (run: Run) => K): Map<K, Run[]> {
  const groups = new Map<K, Run[]>();
  for (const run of runs) groups.set(keyOf(run), [...(groups.get(keyOf(run)) ?? []), run]);
  return groups;
}
