import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../goose/owner.ts';
import { readRunRecords } from '../goose/run-record.ts';
import { sweep } from '../goose/sweep.ts';

const LOOK_EVERY_MS = 100;

/**
 * Ends what earlier attempts at a task have left on this host: the server has given the task to us, so nothing else may
 * work on it. Waits for a worker that still lives to let go of its attempt, or for the deadline after which it cannot
 * start a goose any more.
 */
export async function endEarlierAttempts(place: Place, taskId: number): Promise<void> {
  const isEarlier = (record: { taskId: number; host: string; bootId: string }) =>
    record.taskId === taskId && record.host === place.host && record.bootId === place.bootId;
  for (;;) {
    const earlier = (await readRunRecords(place.runningDir)).records.filter(isEarlier);
    if (earlier.length === 0) return;
    await sweep({ ...place, now: Date.now(), isOrphan: isEarlier });
    const { records } = await readRunRecords(place.runningDir);
    const now = Date.now();
    if (!records.some((record) => isEarlier(record) && now < record.deadlineAt)) return;
    await sleep(LOOK_EVERY_MS);
  }
}
