import { readProcess } from './process-table.ts';
import { type StopReport, stop } from './processes.ts';
import { deleteRunRecord, type RunRecord, readRunRecords } from './run-record.ts';

export interface SweepOptions {
  runningDir: string;
  /** This host's name; records of another one, in a shared folder, are left alone. */
  host: string;
  /** This boot of the host. */
  bootId: string;
  /** Milliseconds since 1970. */
  now: number;
  graceMs: number;
  /** Whether nobody looks after the run any more. */
  isOrphan: (record: RunRecord, now: number) => boolean;
}

export interface SweepReport {
  /** Runs whose processes are now known to be dead; their records are gone. */
  ended: { record: RunRecord; processes: StopReport }[];
  /** Of another boot: nothing of them can live, so only the records were removed. */
  fromAnotherBoot: RunRecord[];
  /** What could not be read, ended or removed, as sentences; the next sweep tries again. */
  problems: string[];
}

/**
 * Ends what orphaned runs of this host have left behind. A record is removed only when its processes have been seen
 * dead, so a sweep that fails half way is made good by the next, and two at a time do no harm. For whoever finds
 * orphans: a worker that starts, or one that outlives another.
 */
export async function sweep(options: SweepOptions): Promise<SweepReport> {
  const { runningDir, host, bootId, now, graceMs, isOrphan } = options;
  const { records, problems } = await readRunRecords(runningDir);
  const report: SweepReport = { ended: [], fromAnotherBoot: [], problems };

  async function sweepOne(record: RunRecord): Promise<void> {
    if (record.host !== host) return;
    try {
      if (record.bootId !== bootId) {
        await deleteRunRecord(runningDir, record.token);
        report.fromAnotherBoot.push(record);
      } else if (isOrphan(record, now)) {
        const { token, goose } = record;
        const processes = await stop(goose === undefined ? { token } : { token, root: goose }, { graceMs });
        await deleteRunRecord(runningDir, token);
        report.ended.push({ record, processes });
      }
    } catch (error) {
      report.problems.push(`task ${record.taskId}: ${error instanceof Error ? error.message : error}`);
    }
  }

  // All at once: each may take the whole grace.
  await Promise.all(records.map(sweepOne));
  return report;
}

/** The usual orphan: its worker has gone, or its deadline has passed without the worker ending it. */
export function workerHasGone({ worker, deadlineAt }: RunRecord, now: number): boolean {
  if (now >= deadlineAt) return true;
  if (process.platform === 'linux') return readProcess(worker.pid)?.startTime !== worker.startTime;
  try {
    process.kill(worker.pid, 0);
    return false;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
}
