import { access, readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { type Attempt, logNameOf } from '../contract/attempts.ts';
import { SchedulerError } from '../contract/errors.ts';
import { taskOfLog } from '../domain/kept-logs.ts';
import { schedulerError } from '../words/errors.ts';

type LogPlace = Pick<Config, 'logDir' | 'logKeepDays' | 'logKeepBytes'>;

/** Which attempt is meant: that of the number, else the last. @throws `no-such-attempt` */
export function chooseAttempt(attempts: readonly Attempt[], taskId: number, number?: number): Attempt {
  const chosen = attempts.findLast((attempt) => number === undefined || attempt.number === number);
  if (chosen !== undefined) return chosen;
  const known = attempts.map((attempt) => attempt.number);
  throw schedulerError({ code: 'no-such-attempt', taskId, attempt: number ?? null, known });
}

/** Where the log of an attempt is, if it is here. @throws `no-log` */
export function logPath({ logDir }: Pick<Config, 'logDir'>, attempt: Attempt): string {
  const log = logNameOf(attempt);
  if (log === null || taskOfLog(log) === undefined) throw hasNone(attempt);
  return join(logDir, log);
}

/**
 * Where the log of an attempt is. It may lie here though another host ran the attempt: folders are shared.
 * @throws `no-log` @throws `log-elsewhere` @throws `log-missing`
 */
export async function findLog(config: LogPlace, attempt: Attempt): Promise<string> {
  const path = logPath(config, attempt);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  throw notHere(config, attempt, path);
}

/** Paths of what lies here of the attempts of a task, what was written last first. Empty too where the folder cannot be read. */
export async function logsHere({ logDir }: Pick<Config, 'logDir'>, taskId: number): Promise<string[]> {
  const names = await readdir(logDir).catch(() => []);
  const ofTask = names.filter((name) => taskOfLog(name) === taskId);
  const found = await Promise.all(ofTask.map((name) => writtenIn(join(logDir, name))));
  return found.sort((a, b) => b.writtenMs - a.writtenMs).map(({ path }) => path);
}

async function writtenIn(path: string): Promise<{ path: string; writtenMs: number }> {
  const facts = await stat(path).catch(() => undefined);
  return { path, writtenMs: facts?.mtimeMs ?? 0 };
}

function hasNone({ taskId, number, verdict }: Attempt): SchedulerError {
  return schedulerError({ code: 'no-log', taskId, attempt: number, reason: verdict?.reason ?? null });
}

/** Whether another host than this runs an attempt, or ran it. */
export function isElsewhere({ host }: Attempt): boolean {
  return host !== null && host !== hostname();
}

/** Why the log is not where it should be: `no-log`, `log-elsewhere`, or `log-missing`. */
export function notHere(config: LogPlace, attempt: Attempt, path: string): SchedulerError {
  const { taskId, number, host, endedAtMs } = attempt;
  const log = logNameOf(attempt);
  const about = { taskId, attempt: number };
  const kept = { days: config.logKeepDays, bytes: config.logKeepBytes };
  if (log === null) return hasNone(attempt);
  if (isElsewhere(attempt) && host !== null)
    return schedulerError({ code: 'log-elsewhere', ...about, host, log });
  return schedulerError({ code: 'log-missing', ...about, path, isOver: endedAtMs !== null, kept });
}

/** That the system does not let it be read: `log-unreadable`. */
export function unreadable(path: string, error: unknown): unknown {
  if (error instanceof SchedulerError || !(error instanceof Error)) return error;
  return schedulerError({ code: 'log-unreadable', path, text: error.message }, { cause: error });
}
