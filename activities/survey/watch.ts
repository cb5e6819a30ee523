import { sleep } from '@temporalio/activity';
import type { Config } from '../../config/config.ts';
import type { WatchActivities } from '../../contract/activities.ts';
import { unpackRuns } from '../../contract/pass.ts';
import type { AgentRegistry } from '../../domain/agent.ts';
import { candidates, hasNew, idleInHand } from '../../domain/plan/candidates.ts';
import type { Task } from '../../domain/task.ts';
import { processName } from '../../os/process-name.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import type { Tell } from '../events.ts';
import { serverClock } from '../server-clock.ts';
import { fingerprintOf, registryMark } from './in-force.ts';

const SHORTEST_PAUSE_MS = 800;
/** A poll is followed by a pause that is so many times as long, so that TinyTask works for us a twentieth of the time. */
const COST = 20;

export function watchActivities(deps: {
  tinytask: TinyTask;
  config: Config;
  loadAgents: () => Promise<AgentRegistry>;
  tell: Tell;
}): WatchActivities {
  return {
    async watch({ fingerprint, runs, untilMs, registry, by }) {
      const now = serverClock();
      const open = unpackRuns(runs);
      let seen: ReadonlySet<string> | undefined;
      let listed: readonly Task[] | undefined;
      // Another process may read other agents, for ever, so only what this one has read can be compared.
      let agents = by === processName() ? registry : undefined;
      for (;;) {
        const agentsNow = registryMark(await deps.loadAgents());
        agents ??= agentsNow;
        // Before the tasks: if these changed all the time, the full pass would never come.
        if (agentsNow !== agents || now() >= untilMs) return 'over';
        const polledAtMs = performance.now();
        const tasks = await deps.tinytask.listOpen().catch((error: Error) => error);
        const problem = tasks instanceof Error ? tasks.message : null;
        deps.tell({ what: 'tinytask', problem });
        // The same list is one in which nothing has changed.
        if (!(tasks instanceof Error) && tasks !== listed) {
          const found = candidates(tasks, open);
          if (seen === undefined && fingerprintOf(found) !== fingerprint) return 'changed';
          for (const text of idleInHand(tasks, open)) found.add(text);
          if (seen !== undefined && hasNew(seen, found)) return 'changed';
          seen = found;
          listed = tasks;
        }
        const costMs = performance.now() - polledAtMs;
        const pauseMs = Math.min(Math.max(SHORTEST_PAUSE_MS, costMs * COST), deps.config.loopIntervalMs);
        // Throws when the watch was cancelled.
        await sleep(Math.max(0, Math.min(pauseMs, untilMs - now())));
      }
    },
  };
}
