import { setTimeout as sleep } from 'node:timers/promises';
import { isPast, type Moment } from '../../domain/attempt/lease.ts';
import { FolderChanges } from './folder-changes.ts';
import type { Place } from './owner.ts';
import { lifeOf, type ProcessId, readProcessTable } from './process-table.ts';
import { ProcessFamily } from './processes.ts';
import { type RunRecord, readRunRecords } from './run-record.ts';
import { endRun, sweepStrays } from './sweep.ts';

/**
 * So often a host is looked at while there are runs, also of other workers. While there are none, their folder tells of the
 * first one, and these looks are only for a folder that was moved away and made anew.
 */
const LOOK_EVERY_MS = 250;
const IDLE_LOOK_EVERY_MS = 5_000;
/** Reading all processes costs some milliseconds: so often while there are runs, and else only for strays. */
const TABLE_EVERY_MS = 1_000;
const IDLE_TABLE_EVERY_MS = 5_000;
/** Strays are what runs leave, so where none has been for a while there is hardly one. */
const STRAYS_AFTER_MS = 20_000;
const QUIET_TABLE_EVERY_MS = 60_000;
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
  readonly #folder: FolderChanges;
  #tableDueMs = 0;
  #lastRunMs = performance.now();
  #gone: ProcessId | undefined;
  /** Whether there may be something that no look has seen. */
  #isChanged = false;
  #isClosed = false;
  /** Ends a rest that is a long one. */
  #wake: (() => void) | undefined;

  constructor(options: HostWatchOptions) {
    this.#options = options;
    this.#folder = new FolderChanges(options.place.runningDir, () => {
      this.#isChanged = true;
      this.#wake?.();
    });
  }

  /** From now on that worker counts as gone, though it may still be seen for a moment. */
  workerHasGone(worker: ProcessId): void {
    this.#gone = worker;
    this.#tableDueMs = 0;
    this.#wake?.();
  }

  /** Returns when it is time for the next look. One at a time. */
  async rest(): Promise<void> {
    if (this.#isClosed) return;
    // What changed since the last look began may not have been seen by it.
    if (this.#looksOften || this.#isChanged) return void (await sleep(LOOK_EVERY_MS));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, IDLE_LOOK_EVERY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** No further look is wanted. */
  close(): void {
    this.#isClosed = true;
    this.#folder.close();
    this.#wake?.();
  }

  get #looksOften(): boolean {
    return this.#runs.size > 0 || this.#strays.size > 0 || this.#gone !== undefined || !this.#folder.tells;
  }

  /** Whether a run of this host was there at the last look. */
  get hasRuns(): boolean {
    return this.#runs.size > 0;
  }

  /**
   * Looks once. Orphans that are found are ended meanwhile, however long that takes. Rejects where something could not be read, so
   * that there may be more than it knows; that is soon made good.
   */
  async look(): Promise<void> {
    try {
      await this.#lookOnce();
    } catch (error) {
      this.#isChanged = true;
      throw error;
    }
  }

  async #lookOnce(): Promise<void> {
    const { place, graceMs } = this.#options;
    const table = performance.now() >= this.#tableDueMs ? await readProcessTable() : undefined;
    this.#isChanged = false;
    if (!this.#isClosed) this.#folder.follow();
    const unread = await this.#readRecords();
    if (this.#runs.size > 0) this.#lastRunMs = performance.now();
    if (table !== undefined) {
      for (const run of this.#runs.values()) run.hasProcesses = (await run.family.look(table)).length > 0;
      const underWay = this.#strays;
      sweepStrays({ place, table, graceMs, underWay }).catch((error) => this.#say(String(error)));
      this.#tableDueMs = performance.now() + this.#tableEveryMs();
    }
    const now = moment();
    for (const run of this.#runs.values()) {
      if (!run.ending && this.#isOrphan(run, now)) void this.#end(run, now.wallMs);
    }
    // Somebody else may have asked for this look.
    if (this.#looksOften) this.#wake?.();
    if (unread !== undefined) throw unread;
  }

  #tableEveryMs(): number {
    if (this.#runs.size > 0 || this.#gone) return TABLE_EVERY_MS;
    const quietMs = performance.now() - this.#lastRunMs;
    return quietMs < STRAYS_AFTER_MS ? IDLE_TABLE_EVERY_MS : QUIET_TABLE_EVERY_MS;
  }

  /** Whether the worker that has gone left something that is not ended yet. */
  get isBusy(): boolean {
    const ofGone = [...this.#runs.values()].some(({ record }) => this.#isOfGone(record));
    return ofGone || this.#strays.size > 0;
  }

  /** Returns why it does not know all of them, if so. */
  async #readRecords(): Promise<Error | undefined> {
    const { runningDir, host, bootId } = this.#options.place;
    const { records, problems, unread } = await readRunRecords(runningDir);
    for (const problem of problems) this.#say(problem);
    // Those of another boot are left to a worker that starts.
    const own = records.filter((record) => record.host === host && record.bootId === bootId);
    const tokens = new Set(own.map(({ token }) => token));
    for (const [token, { ending }] of this.#runs) {
      // What was learnt of its processes is not learnt again.
      if (!tokens.has(token) && !ending && unread === undefined) this.#runs.delete(token);
    }
    for (const record of own) this.#note(record);
    return unread;
  }

  #note(record: RunRecord): void {
    const { token, goose, cgroup, deadlineAt } = record;
    const run = this.#runs.get(token);
    if (run === undefined) {
      const family = new ProcessFamily(token, goose, cgroup);
      const watched = { record, family, hasProcesses: false, learnt: moment(), stoppedSinceMs: undefined };
      this.#runs.set(token, { ...watched, ending: false, ended: false });
      // A rest may have been long.
      this.#tableDueMs = Math.min(this.#tableDueMs, performance.now() + TABLE_EVERY_MS);
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
