import { AGENTS } from '../agents.ts';
import type { Figures } from '../messages.ts';
import { GONE_MS, SEEN_LATE_MS } from '../rules.ts';
import { ProcessList } from './processes.ts';
import { type Run, Runs, stillAlive } from './runs.ts';
import { machineTookMs, type Waits } from './waited.ts';
import { isOfGuardian, Workers } from './workers.ts';

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
  readonly workers = new Workers();
  readonly figures: Pick<Figures, 'runs' | 'goneAfterMs' | 'machineTookMs' | 'uncovered' | 'guardians'> = {
    runs: 0,
    goneAfterMs: {},
    machineTookMs: 0,
    uncovered: 0,
    guardians: 0,
  };
  /** Largest number of gooses at once since `resetMost`, by agent. */
  readonly most = new Map<string, number>();
  readonly #processes = new ProcessList();
  readonly #heard: Heard;
  /** What those who were to end a run had waited for a processor when its time began, by the run's token. */
  readonly #waits = new Map<string, { sinceMs: number; waits: Waits }>();

  constructor(dir: string, heard: Heard) {
    this.runs = new Runs(dir);
    this.#heard = heard;
  }

  /** `lateMs`: how late a process may be on this machine now, by the observer's own experience. */
  look(nowMs: number, lateMs: number): void {
    const processes = this.#processes.look(nowMs);
    for (const { pid, worker } of this.workers.look(processes, nowMs)) {
      this.figures.guardians += 1;
      this.#heard.guardian(pid, worker);
    }
    const { started, ended } = this.runs.look(processes, nowMs, (pid) => this.workers.ownerOf(pid));
    for (const run of ended) this.#ended(run, nowMs);
    for (const run of started) this.#started(run);
    this.#judgeNumbers();
    for (const run of this.runs.live.values()) this.#judgeLoss(run, nowMs, lateMs);
    this.workers.forget(new Set([...this.runs.live.values()].flatMap(({ worker }) => worker ?? [])), nowMs);
  }

  #started(run: Run): void {
    this.figures.runs += 1;
    this.#heard.started(run);
    const { worker } = run;
    const sinceMs = worker === undefined ? undefined : this.workers.firstSeenMs(worker);
    if (sinceMs === undefined) return;
    for (const other of this.runs.live.values()) {
      // What a worker of another host cannot see, it cannot end.
      if (this.workers.hostOf(other.worker) !== this.workers.hostOf(worker)) continue;
      if (!other.uncovered || other.lost === undefined || sinceMs <= other.lost.sinceMs) continue;
      if (stillAlive([other]).length > 0)
        this.#heard.violation(
          2,
          `took work beside ${other.token}`,
          `worker ${worker} took task ${run.task} while ${sayRun(other)}, which nobody had looked after, still lived`,
        );
    }
  }

  #ended(run: Run, nowMs: number): void {
    this.#waits.delete(run.token);
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

  #judgeLoss(run: Run, nowMs: number, lateMs: number): void {
    const why = this.workers.whyLost(run.worker);
    // A run whose guardian alone is lost is looked after by its worker. When that is lost too, its time begins.
    const both =
      run.lost !== undefined && isOfGuardian(run.lost.why) && why !== undefined && !isOfGuardian(why);
    if (why === undefined) delete run.lost;
    else if (run.lost === undefined || both) run.lost = { sinceMs: nowMs, why };
    if (run.lost === undefined) return;
    const host = this.workers.hostOf(run.worker);
    const ableSinceMs = this.workers.ableSinceMs(host);
    if (ableSinceMs === undefined) {
      if (!run.uncovered) this.figures.uncovered += 1;
      run.uncovered = true;
      return;
    }
    const sinceMs = Math.max(run.lost.sinceMs, ableSinceMs);
    const aliveForMs = nowMs - sinceMs;
    const tookMs = this.#machineTookMs(run, host, sinceMs);
    const allowedMs = GONE_MS + SEEN_LATE_MS + lateMs;
    if (aliveForMs > allowedMs && aliveForMs > allowedMs + tookMs() && stillAlive([run]).length > 0)
      this.#heard.violation(
        2,
        run.token,
        `${sayRun(run)} still lives ${aliveForMs.toFixed(0)} ms after ${run.lost.why}; the observer was up to ${(lateMs / 2).toFixed(0)} ms late, and the machine took ${tookMs().toFixed(0)} ms`,
      );
  }

  /** What the machine has taken since `sinceMs` from those who are to end a run. Reading it costs a little, so it is read when it is asked for. */
  #machineTookMs(run: Run, host: string | undefined, sinceMs: number): () => number {
    let began = this.#waits.get(run.token);
    if (began?.sinceMs !== sinceMs) {
      began = { sinceMs, waits: this.workers.waits(host) };
      this.#waits.set(run.token, began);
    }
    const { waits } = began;
    return () => {
      const tookMs = machineTookMs(waits, this.workers.waits(host));
      this.figures.machineTookMs = Math.max(this.figures.machineTookMs, Math.round(tookMs));
      return tookMs;
    };
  }
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
