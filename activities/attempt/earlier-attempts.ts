import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../../goose/host/owner.ts';
import { readRunRecords } from '../../goose/host/run-record.ts';
import { sweep } from '../../goose/host/sweep.ts';

const LOOK_EVERY_MS = 100;

/**
 * Ends what earlier attempts at a task have left on this host: the server has given the task to us, so nothing else may
 * work on it. Waits for a worker that still lives to let go of its attempt, or for the deadline after which it cannot
 * start a goose any more; or until `signal`, and then it may not be so. Throws where it cannot be read what they have left.
 */
export async function endEarlierAttempts(place: Place, taskId: number, signal: AbortSignal): Promise<void> {
  const isEarlier = (record: { taskId: number; host: string; bootId: string }) =>
    record.taskId === taskId && record.host === place.host && record.bootId === place.bootId;
  let ended = new Set<string>();
  while (!signal.aborted) {
    const { records, unread } = await readRunRecords(place.runningDir);
    if (unread !== undefined) throw unread;
    const now = Date.now();
    if (records.filter(isEarlier).every(({ token, deadlineAt }) => ended.has(token) && now >= deadlineAt))
      return;
    if (ended.size > 0) await sleep(LOOK_EVERY_MS);
    const swept = await sweep({ ...place, now, isOrphan: isEarlier });
    ended = new Set(swept.ended.map(({ record }) => record.token));
  }
}
