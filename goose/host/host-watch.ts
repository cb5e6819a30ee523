import { isPast, type Moment } from '../../domain/attempt/lease.ts';
import type { Place } from './owner.ts';
import { lifeOf, type ProcessId, readProcessTable } from './process-table.ts';
import { ProcessFamily } from './processes.ts';
import { type RunRecord, readRunRecords } from './run-record.ts';
import { endRun, sweepStrays } from './sweep.ts';

/** Whoever watches a host looks so often: a run that is on disk is known after this time, also one of another worker. */
export const LOOK_EVERY_MS = 250;
/** Reading all processes costs some milliseconds: so often while there are runs, and else only for strays. */
const TABLE_EVERY_MS = 1_000;
const IDLE_TABLE_EVERY_MS = 5_000;
/** A worker that is stopped (SIGSTOP) looks after nothing; one that goes on within this time keeps its runs. */
const STOPPED_MS = 500;

export interface HostWatchOptions {
  place: Place;
  /** For processes of which no record tells. */
  graceMs: number;
  /** Called once for each run that was ended here, when its processes have been seen dead. Must not throw. */
  onEnded: (record: RunRecord) => void;
  /** Called once for each sentence. Must not throw. */
  onProblem: (problem: string) => void;
}

interface Watched {
  record: RunRecord;
  /** Grows surer with each look: see `ProcessFamily`. */
  family: ProcessFamily;
  /** At the last look at all processes. */
  hasProcesses: boolean;
  /** When the deadline that the record has now was first seen here. */
  learnt: Moment;
  stoppedSinceMs: number | undefined;
  ending: boolean;
  ended: boolean;
}

/** Watches all runs of this host, those of other workers too, and ends what nobody looks after any more. */
export class HostWatch {
  readonly #options: HostWatchOptions;
  readonly #runs = new Map<string, Watched>();
  /** Runs without a record that are being ended. */
  readonly #strays = new Set<string>();
  readonly #said = new Set<string>();
  #tableDueMs = 0;
  #gone: ProcessId | undefined;

  constructor(options: HostWatchOptions) {
    this.#options = options;
  }

  /** From now on that worker counts as gone, though it may still be seen for a moment. */
  workerHasGone(worker: ProcessId): void {
    this.#gone = worker;
    this.#tableDueMs = 0;
  }

  /** Looks once. Orphans that are found are ended meanwhile, however long that takes. */
  async look(): Promise<void> {
    const { place, graceMs } = this.#options;
    const table = performance.now() >= this.#tableDueMs ? await readProcessTable() : undefined;
    await this.#readRecords();
    if (table !== undefined) {
      for (const run of this.#runs.values()) run.hasProcesses = (await run.family.look(table)).length > 0;
      const underWay = this.#strays;
      sweepStrays({ place, table, graceMs, underWay }).catch((error) => this.#say(String(error)));
      const everyMs = this.#runs.size > 0 || this.#gone ? TABLE_EVERY_MS : IDLE_TABLE_EVERY_MS;
      this.#tableDueMs = performance.now() + everyMs;
    }
    const now = moment();
    for (const run of this.#runs.values()) {
      if (!run.ending && this.#isOrphan(run, now)) void this.#end(run, now.wallMs);
    }
  }

  /** Whether the worker that has gone left something that is not ended yet. */
  get isBusy(): boolean {
    const ofGone = [...this.#runs.values()].some(({ record }) => this.#isOfGone(record));
    return ofGone || this.#strays.size > 0;
  }

  async #readRecords(): Promise<void> {
    const { runningDir, host, bootId } = this.#options.place;
    const { records, problems } = await readRunRecords(runningDir);
    for (const problem of problems) this.#say(problem);
    // Those of another boot are left to a worker that starts.
    const own = records.filter((record) => record.host === host && record.bootId === bootId);
    const tokens = new Set(own.map(({ token }) => token));
    for (const [token, { ending }] of this.#runs) {
      if (!tokens.has(token) && !ending) this.#runs.delete(token);
    }
    for (const record of own) this.#note(record);
  }

  #note(record: RunRecord): void {
    const { token, goose, cgroup, deadlineAt } = record;
    const run = this.#runs.get(token);
    if (run === undefined) {
      const family = new ProcessFamily(token, goose, cgroup);
      const watched = { record, family, hasProcesses: false, learnt: moment(), stoppedSinceMs: undefined };
      this.#runs.set(token, { ...watched, ending: false, ended: false });
      if (cgroup === undefined || (goose !== undefined && !family.lookInCgroup())) this.#tableDueMs = 0;
      return;
    }
    if (goose !== undefined && run.record.goose === undefined) {
      run.family.know(goose);
      // What is in the cgroup of its run cannot hide until the next look at all processes.
      if (!run.family.lookInCgroup()) this.#tableDueMs = 0;
    }
    if (deadlineAt !== run.record.deadlineAt) run.learnt = moment();
    run.record = record;
  }

  #isOrphan(run: Watched, now: Moment): boolean {
    const { record, learnt } = run;
    if (this.#isOfGone(record) || isPast(record.deadlineAt, learnt, now)) return true;
    const life = lifeOf(record.worker);
    if (life !== 'stopped') {
      run.stoppedSinceMs = undefined;
      return life === 'gone';
    }
    // It may have been stopped after it started goose and before it could write that down.
    if (run.stoppedSinceMs === undefined) this.#tableDueMs = 0;
    run.stoppedSinceMs ??= now.monotonicMs;
    // One that has not started its goose yet would do so when it goes on, so that has to wait for the deadline.
    const started = record.goose !== undefined || run.hasProcesses;
    return started && now.monotonicMs - run.stoppedSinceMs >= STOPPED_MS;
  }

  async #end(run: Watched, nowMs: number): Promise<void> {
    run.ending = true;
    try {
      await endRun(this.#options.place.runningDir, run.record, nowMs, run.family);
      if (!run.ended) this.#options.onEnded(run.record);
      run.ended = true;
    } catch (error) {
      this.#say(`task ${run.record.taskId}: ${error instanceof Error ? error.message : error}`);
    } finally {
      run.ending = false;
    }
  }

  #isOfGone({ worker }: RunRecord): boolean {
    return this.#gone?.pid === worker.pid && this.#gone.startTime === worker.startTime;
  }

  #say(problem: string): void {
    if (this.#said.has(problem)) return;
    this.#said.add(problem);
    this.#options.onProblem(problem);
  }
}

function moment(): Moment {
  return { wallMs: Date.now(), monotonicMs: performance.now() };
}
