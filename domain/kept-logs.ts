/** A log in the log directory. */
export interface LogFile {
  name: string;
  bytes: number;
  /** Milliseconds since the epoch. */
  changedAtMs: number;
}

export interface KeptLogs {
  /** How many days a log is kept; of those of a day, today's included. */
  days: number;
  /** All logs together; the oldest go first. */
  bytes: number;
  nowMs: number;
  /** The day of `nowMs - agoMs` where this process is: `20261121`. */
  dayOf: (ms: number) => string;
  /** Tasks that have an open run: the last log of each is what `explain` and `logs` show. Undefined: not known. */
  openTasks: ReadonlySet<number> | undefined;
}

const OF_A_DAY = /^scheduler_(\d{8})\.log$/;
/** As attemptLogName of contract/ids.ts has it, with a number where there was one of that name. */
const OF_AN_ATTEMPT = /^task_(\d+)_attempt_\d+_[\w-]+\.log$/;
const DAY_MS = 86_400_000;
/** Somebody may be writing it, whoever that is. */
const FRESH_MS = 3_600_000;

/** Whether it is a log that the scheduler or an attempt has written, by its name. */
export function isOurLog(name: string): boolean {
  return OF_A_DAY.test(name) || OF_AN_ATTEMPT.test(name);
}

/**
 * The names of the logs that are not kept: those that are too old, and of the others the oldest, as long as all together are
 * too large. Never kept back are other files. Always kept are what was written within the last hour, today's log, and the
 * last log of each task that has an open run; while these are not known, the logs of all attempts.
 */
export function logsToRemove(files: readonly LogFile[], kept: KeptLogs): string[] {
  const ours = files.filter(({ name }) => isOurLog(name)).sort((a, b) => a.changedAtMs - b.changedAtMs);
  const last = lastOfEachTask(ours);
  const isNeeded = (file: LogFile) => {
    if (kept.nowMs - file.changedAtMs < FRESH_MS) return true;
    const task = taskOfLog(file.name);
    if (task === undefined) return dayOfLog(file.name) === kept.dayOf(kept.nowMs);
    if (kept.openTasks === undefined) return true;
    return kept.openTasks.has(task) && last.get(task) === attemptOf(file.name);
  };
  const isOld = tooOld(kept);
  let bytes = ours.reduce((sum, file) => sum + file.bytes, 0);
  const removed: string[] = [];
  const rest: LogFile[] = [];
  for (const file of ours.filter((each) => !isNeeded(each))) {
    if (!isOld(file)) rest.push(file);
    else {
      removed.push(file.name);
      bytes -= file.bytes;
    }
  }
  for (const file of rest) {
    if (bytes <= kept.bytes) break;
    removed.push(file.name);
    bytes -= file.bytes;
  }
  return removed;
}

function tooOld({ days, nowMs, dayOf }: KeptLogs): (file: LogFile) => boolean {
  const oldestDay = dayOf(nowMs - (days - 1) * DAY_MS);
  return ({ name, changedAtMs }) => {
    const day = dayOfLog(name);
    return day === undefined ? nowMs - changedAtMs > days * DAY_MS : day < oldestDay;
  };
}

/** Task id -> its last attempt, of logs from the oldest to the newest. */
function lastOfEachTask(files: readonly LogFile[]): Map<number, string> {
  const last = new Map<number, string>();
  for (const { name } of files) {
    const task = taskOfLog(name);
    if (task !== undefined) last.set(task, attemptOf(name));
  }
  return last;
}

/** What goose wrote and what verified it are two logs of one attempt. */
function attemptOf(name: string): string {
  return name.replace(/-verify(?=[\w-]*\.log$)/, '');
}

/** The task whose attempt has written it, by its name; undefined: it is no such log. */
export function taskOfLog(name: string): number | undefined {
  const [, id] = OF_AN_ATTEMPT.exec(name) ?? [];
  return id === undefined ? undefined : Number(id);
}

function dayOfLog(name: string): string | undefined {
  return OF_A_DAY.exec(name)?.[1];
}
