import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { attemptLogName } from '../contract/ids.ts';
import { inBatches } from '../contract/in-batches.ts';
import type { Look } from '../contract/listings.ts';
import type { LogNow, RunningNow, TaskAtWork } from '../contract/running.ts';
import { lastOutput } from '../goose/run/last-output.ts';
import { openLog } from '../goose/run/log-tail.ts';

type LogPlace = Pick<Config, 'logDir' | 'logMaxBytes'>;

/** Tasks that are told of, and logs that are looked into. */
const MOST = 200;
/** A message of goose's is one line. */
const TAIL_BYTES = 65_536;

/** What each task that has a slot is at, by a look, and by the logs on this host. */
export async function readRunning(
  config: LogPlace,
  { atMs, atWork }: Pick<Look, 'atMs' | 'atWork'>,
): Promise<RunningNow> {
  const told = atWork.slice(0, MOST);
  const logs = await inBatches(told, (task) => logNow(config, task));
  return {
    atMs,
    running: told.map((task, at) => ({ ...task, log: logs[at] ?? null })),
    more: atWork.length - told.length,
  };
}

/** Null: it is not there, or cannot be read, which is told where it is asked for alone. */
async function logNow(
  { logDir, logMaxBytes }: LogPlace,
  { taskId, runId, attempt }: TaskAtWork,
): Promise<LogNow | null> {
  const name = attemptLogName(taskId, runId, attempt);
  try {
    const file = await openLog(join(logDir, name));
    if (file === undefined) return null;
    try {
      const { size, mtimeMs } = await file.stat();
      const length = Math.min(size, TAIL_BYTES);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
      // In a full one the newest output overwrites older one, somewhere in its middle.
      const lastLine =
        size >= logMaxBytes ? null : lastOutput(buffer.subarray(0, bytesRead), size > bytesRead);
      const writtenMs = Math.round(mtimeMs);
      return { name, bytes: size, writtenMs, silentMs: Math.max(0, Date.now() - writtenMs), lastLine };
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
