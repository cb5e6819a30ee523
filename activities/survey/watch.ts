import { sleep } from '@temporalio/activity';
import type { Config } from '../../config/config.ts';
import type { WatchActivities } from '../../contract/activities.ts';
import { unpackRuns } from '../../contract/pass.ts';
import type { AgentRegistry } from '../../domain/agent.ts';
import { candidates, hasNew, idleInHand } from '../../domain/plan/candidates.ts';
import type { Task } from '../../domain/task.ts';
import { processName } from '../../os/process-name.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { TaskNews } from '../../tinytask/task-news.ts';
import type { Tell } from '../events.ts';
import { serverClock } from '../server-clock.ts';
import { fingerprintOf, registryMark } from './in-force.ts';

/** Between two readings of the tasks. */
const SHORTEST_PAUSE_MS = 800;
/** A reading is followed by a pause that is so many times as long, so that TinyTask works for us a twentieth of the time. */
const COST = 20;
/**
 * After one that failed, at most: nothing starts until TinyTask is seen again. One that is too slow to be read works for us a third of
 * the time then.
 */
const LONGEST_FAILED_PAUSE_MS = 20_000;
/** While TinyTask tells of no change, the agents are looked at so often. */
const AGENTS_EVERY_MS = 1_000;

export function watchActivities(deps: {
  tinytask: TinyTask;
  config: Config;
  loadAgents: () => Promise<AgentRegistry>;
  tell: Tell;
}): WatchActivities {
  /** Undefined: TinyTask does not answer, which is told. */
  const read = async (news: TaskNews): Promise<readonly Task[] | undefined> => {
    try {
      await news.aboutToRead();
      const tasks = await deps.tinytask.listOpen();
      deps.tell({ what: 'tinytask', problem: null });
      return tasks;
    } catch (error) {
      news.notRead();
      deps.tell({ what: 'tinytask', problem: (error as Error).message });
      return undefined;
    }
  };
  return {
    async watch({ fingerprint, runs, untilMs, registry, by }) {
      const now = serverClock();
      const open = unpackRuns(runs);
      const news = new TaskNews(deps.tinytask);
      let seen: ReadonlySet<string> | undefined;
      let listed: readonly Task[] | undefined;
      const hasChanged = (tasks: readonly Task[]): boolean => {
        // The same list is one in which nothing has changed.
        if (tasks === listed) return false;
        const found = candidates(tasks, open);
        if (seen === undefined && fingerprintOf(found) !== fingerprint) return true;
        for (const text of idleInHand(tasks, open)) found.add(text);
        if (seen !== undefined && hasNew(seen, found)) return true;
        seen = found;
        listed = tasks;
        return false;
      };
      // Another process may read other agents, for ever, so only what this one has read can be compared.
      let agents = by === processName() ? registry : undefined;
      let mayReadAtMs = performance.now();
      try {
        for (;;) {
          const agentsNow = registryMark(await deps.loadAgents());
          agents ??= agentsNow;
          // Before the tasks: if these changed all the time, the full pass would never come.
          if (agentsNow !== agents || now() >= untilMs) return 'over';
          if (news.isDue && performance.now() >= mayReadAtMs) {
            const beganMs = performance.now();
            const tasks = await read(news);
            if (tasks !== undefined && hasChanged(tasks)) return 'changed';
            const reading = { costMs: performance.now() - beganMs, failed: tasks === undefined };
            mayReadAtMs = performance.now() + pauseAfter(reading, deps.config.loopIntervalMs);
          }
          const restMs = news.isDue ? mayReadAtMs - performance.now() : AGENTS_EVERY_MS;
          // Throws when the watch was cancelled.
          const rest = sleep(Math.max(0, Math.min(restMs, untilMs - now())));
          await (news.isDue ? rest : Promise.race([rest, news.next()]));
        }
      } finally {
        news.close();
      }
    },
  };
}

/** How long nothing is read after a reading that took `costMs`. In milliseconds. */
export function pauseAfter(
  { costMs, failed }: { costMs: number; failed: boolean },
  loopIntervalMs: number,
): number {
  const longestMs = failed ? Math.min(LONGEST_FAILED_PAUSE_MS, loopIntervalMs) : loopIntervalMs;
  return Math.min(Math.max(SHORTEST_PAUSE_MS, costMs * COST), longestMs);
}
