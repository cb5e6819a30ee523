import type { FileHandle } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import type { Attempt } from '../contract/attempts.ts';
import { openLog } from '../goose/run/log-tail.ts';
import { chooseAttempt, findLog, notHere, unreadable } from './attempt-log.ts';
import { type AttemptsDeps, attemptsAt } from './attempts.ts';

export type LogDeps = AttemptsDeps & { config: Config };

/**
 * Reads the log of an attempt that the server knows; nobody names a file.
 * @param number of the attempt; undefined: the last one
 * @throws what attemptsAt, chooseAttempt and findLog do
 */
export async function withLogOf<Read>(
  deps: LogDeps,
  asked: { taskId: number; number: number | undefined },
  read: (file: FileHandle) => Promise<Read>,
): Promise<Read & { attempt: Attempt; isOver: boolean }> {
  const { taskId, number } = asked;
  // Before the log is read: what was written before it was over is in it then.
  const attempt = chooseAttempt(await attemptsAt(deps, taskId), taskId, number);
  const path = await findLog(deps.config, attempt);
  try {
    const file = await openLog(path);
    if (file === undefined) throw notHere(deps.config, attempt, path);
    try {
      return { attempt, isOver: attempt.endedAtMs !== null, ...(await read(file)) };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}
