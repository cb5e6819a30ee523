import { graceLeftMs } from '../../domain/attempt/lease.ts';
import { cgroupAround } from '../start/cgroup.ts';
import { ownerHasGone, type Place } from './owner.ts';
import { lifeOf, type ProcessTable } from './process-table.ts';
import { ProcessFamily, type StopReport, stop } from './processes.ts';
import { deleteRunRecord, type RunRecord, readRunRecords } from './run-record.ts';

/**
 * After this time a pid may have been used again, so a dead goose's pid no longer names its session. Its processes are
 * then known by the run's token alone.
 */
const PID_HOLDS_MS = 60_000;
/** A child of a killed worker becomes goose, and can be told by its token, within this time. */
const START_MS = 500;

export interface SweepOptions extends Pick<Place, 'runningDir' | 'host' | 'bootId'> {
  /** Milliseconds since 1970. */
  now: number;
  /** Whether nobody looks after the run any more. */
  isOrphan: (record: RunRecord, now: number) => boolean;
}

export interface SweepReport {
  /** Runs whose processes are now known to be dead. */
  ended: { record: RunRecord; processes: StopReport }[];
  /** Of another boot: nothing of them can live, so only the records were removed. */
  fromAnotherBoot: RunRecord[];
  /** What could not be read, ended or removed, as sentences; the next sweep tries again. */
  problems: string[];
}

/**
 * Ends what orphaned runs of this host have left behind, each as `endRun` does. A sweep that fails half way is made
 * good by the next, and two at a time do no harm.
 */
export async function sweep(options: SweepOptions): Promise<SweepReport> {
  const { runningDir, host, bootId, now, isOrphan } = options;
  const { records, problems } = await readRunRecords(runningDir);
  const report: SweepReport = { ended: [], fromAnotherBoot: [], problems };

  async function sweepOne(record: RunRecord): Promise<void> {
    if (record.host !== host) return;
    try {
      if (record.bootId !== bootId) {
        await deleteRunRecord(runningDir, record.token);
        report.fromAnotherBoot.push(record);
      } else if (isOrphan(record, now)) {
        report.ended.push({ record, processes: await endRun(runningDir, record, now) });
      }
    } catch (error) {
      report.problems.push(`task ${record.taskId}: ${error instanceof Error ? error.message : error}`);
    }
  }

  // All at once: each may take the whole grace.
  await Promise.all(records.map(sweepOne));
  return report;
}

/**
 * Ends the processes of one run of this host and boot. Its record is removed only when they have been seen dead, and
 * only when its worker has gone: nobody else knows what a worker that lives is about to do, so the record stays until
 * that worker removes it, and what it starts for a run that was ended here can be ended here again.
 *
 * @param family what was seen of the run before; else its processes are known by the token and goose itself
 * @throws ProcessesLeftError
 */
export async function endRun(
  runningDir: string,
  record: RunRecord,
  now: number,
  family = familyOf(record, now),
): Promise<StopReport> {
  const { token, goose, worker } = record;
  const mayJustStart = goose === undefined && lifeOf(worker) === 'gone';
  const processes = await family.stop({
    graceMs: graceLeftMs(record.graceMs, record.deadlineAt, now),
    quietMs: mayJustStart ? START_MS : 0,
  });
  if (lifeOf(worker) === 'gone') await deleteRunRecord(runningDir, token);
  return processes;
}

function familyOf({ token, goose, cgroup, deadlineAt }: RunRecord, now: number): ProcessFamily {
  const lives = goose !== undefined && lifeOf(goose) !== 'gone';
  return new ProcessFamily(token, lives || now < deadlineAt + PID_HOLDS_MS ? goose : undefined, cgroup);
}

/** The usual orphan: its worker has gone, or its deadline has passed without the worker ending it. */
export function workerHasGone({ worker, deadlineAt }: RunRecord, now: number): boolean {
  return now >= deadlineAt || lifeOf(worker) === 'gone';
}

export interface StraySweepOptions {
  place: Place;
  /** Read before the records are: a run has its record before its first process and longer than its last. */
  table: ProcessTable;
  graceMs: number;
  underWay?: Set<string>;
}

/**
 * Ends processes of this installation's runs whose worker has gone and of which no record tells. Returns how many runs
 * that were. Those of other installations on this host, and of workers that live, are left alone.
 */
export async function sweepStrays({
  place,
  table,
  graceMs,
  underWay = new Set(),
}: StraySweepOptions): Promise<number> {
  /** A process of each, by its token. */
  const strays = new Map<string, number>();
  for (const [pid, mark] of table.owners) {
    const token = table.tokens.get(pid);
    if (token !== undefined && !underWay.has(token) && ownerHasGone(place, mark)) strays.set(token, pid);
  }
  if (strays.size === 0) return 0;
  const { records } = await readRunRecords(place.runningDir);
  for (const { token } of records) strays.delete(token);
  await Promise.all(
    [...strays].map(async ([token, pid]) => {
      underWay.add(token);
      try {
        await stop({ token, cgroup: cgroupAround(pid, token) }, { graceMs });
      } finally {
        underWay.delete(token);
      }
    }),
  );
  return strays.size;
}
