import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { FoundRun, SemaphoreActivities } from '../../contract/activities.ts';
import { POOL } from '../../contract/attributes.ts';
import { requestSlot } from '../../contract/messages.ts';
import type { AgentRegistry } from '../../domain/agent.ts';
import { schedulerHeld } from '../../temporal/memos.ts';
import { type KnownRun, lingersMs, lookAtRun, openRuns, runsOfAgents } from '../../temporal/runs.ts';
import { signalled } from '../../temporal/signalled.ts';
import { serverClock } from '../server-clock.ts';
import { askSemaphore } from './ask-semaphores.ts';

export function semaphoreActivities(deps: {
  client: Client;
  config: Config;
  loadAgents: () => Promise<AgentRegistry>;
}): SemaphoreActivities {
  const { client, config } = deps;
  return {
    async askForSlot(semaphore, wanted) {
      const now = serverClock();
      while (!(await signalled(client, semaphore, requestSlot, wanted))) {
        const paused = await schedulerHeld(client);
        await askSemaphore(deps, semaphore, await deps.loadAgents(), { paused, nowMs: now() });
      }
    },
    async lookAtRuns(runs) {
      return Promise.all(
        runs.map(async ({ workflowId, runId }) => {
          const run = await lookAtRun(client, workflowId, runId);
          const mayHold = run !== undefined && (run.phase === 'waiting' || isAtAttempt(run));
          const lingers = run === undefined ? {} : { lingersMs: lingersMs(run, config.heartbeatTimeoutMs) };
          const { closedAtMs = null, inOrder = false, agent = null } = run ?? {};
          return { workflowId, runId, closedAtMs, inOrder, mayHold, agent, ...lingers };
        }),
      );
    },
    async openRunsOf({ semaphore, agents }) {
      const own = await openRuns(client, `${POOL.name} = "${semaphore}"`);
      const found = new Map(own.map((run) => [run.runId, run]));
      for (const run of await runsOfAgents(client, agents)) found.set(run.runId, run);
      const isOf = (run: KnownRun) =>
        run.phase === 'running'
          ? isAtAttempt(run) && run.agent !== null && agents.includes(run.agent)
          : run.phase === 'waiting' && run.memo?.semaphore === semaphore;
      return [...found.values()].flatMap((run): FoundRun[] => {
        if (run.memo === null || !isOf(run)) return [];
        const { workflowId, runId, phase, agent, attempt, memo } = run;
        const { wants, rank, rankedAtMs } = memo;
        const fence = attempt?.fence !== undefined && { fence: attempt.fence };
        return [{ workflowId, runId, phase, agent, ...fence, wants, rank, rankedAtMs }];
      });
    },
  };
}

/** One that is being written back has given its slot back, or is about to: nothing of its goose lives. */
function isAtAttempt({ phase, attempt }: KnownRun): boolean {
  return phase === 'running' && attempt !== null;
}
