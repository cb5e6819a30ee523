import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import { keepLooking } from '../os/keep-looking.ts';
import { tasksWithOpenRuns } from '../temporal/runs.ts';
import { tidyLogs } from './log/tidy.ts';

const LOOK_EVERY_MS = 3_600_000;
const ASK_WITHIN_MS = 30_000;

type Kept = Pick<Config, 'logDir' | 'logKeepDays' | 'logKeepBytes'>;

/** Removes old logs now and each hour, until the returned function is called. `onProblem`: what could not be removed, as a clause. */
export function keepLogsTidy(client: Client, config: Kept, onProblem: (problem: string) => void): () => void {
  const look = async () => {
    const problem = await tidyOnce(client, config);
    if (problem !== undefined) onProblem(problem);
  };
  void look();
  return keepLooking(LOOK_EVERY_MS, look);
}

/** Returns what could not be removed, as a clause. Throws nothing. */
export async function tidyOnce(client: Client, config: Kept): Promise<string | undefined> {
  const { logDir: dir, logKeepDays: days, logKeepBytes: bytes } = config;
  // While the server does not say which tasks have an open run, logs of attempts stay; there are no new ones then.
  const openTasks = await client
    .withDeadline(Date.now() + ASK_WITHIN_MS, () => tasksWithOpenRuns(client))
    .catch(() => undefined);
  const { problem } = await tidyLogs({ dir, days, bytes, nowMs: Date.now(), openTasks });
  return problem === undefined ? undefined : `old logs in ${dir} could not be removed: ${problem}`;
}
