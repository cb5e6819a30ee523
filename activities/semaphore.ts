import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { AgentRegistry } from '../domain/agent.ts';
import { semaphoreId } from '../domain/ids.ts';
import type { Rank } from '../domain/rank.ts';
import type { Phase } from '../domain/run.ts';
import type { RunRef } from '../domain/slots.ts';
import type { SlotRequest } from '../workflows/messages.ts';
import { ensureSemaphore } from './ensure-semaphore.ts';
import { schedulerHeld } from './memos.ts';
import { slotPolicy } from './policies.ts';
import { lingersMs, lookAtRun, openRuns } from './runs.ts';
import { signalled } from './signalled.ts';

export interface FoundRun extends RunRef {
  phase: Phase;
  rank: Rank;
  extra: boolean;
}

export interface LookedAt extends RunRef {
  closedAtMs: number | null;
  mayHold: boolean;
  lingersMs?: number;
}

export interface SemaphoreActivities {
  /**
   * Each run and when it closed, in milliseconds since the epoch; null while it is open. A run that backs off
   * or is parked holds no slot, whatever became of its release. `lingersMs`: see runs.ts.
   */
  lookAtRuns(runs: RunRef[]): Promise<LookedAt[]>;
  /** The open runs of an agent that hold a slot or wait for one. */
  openRunsOf(agent: string): Promise<FoundRun[]>;
  /**
   * Puts a run in line for a slot. A semaphore that is missing is started; that of an agent that is not configured (any
   * more) has 0 slots.
   */
  askForSlot(agent: string, wanted: SlotRequest): Promise<void>;
}

export function semaphoreActivities(deps: {
  client: Client;
  config: Config;
  loadAgents: () => Promise<AgentRegistry>;
}): SemaphoreActivities {
  const { client, config } = deps;
  return {
    async askForSlot(name, wanted) {
      while (!(await signalled(client, semaphoreId(name), 'request', wanted))) {
        const { agents } = await deps.loadAgents();
        const agent = agents.find((known) => known.name === name) ?? { name, limit: 0 };
        await ensureSemaphore(client, agent, slotPolicy(config, agent.limit), await schedulerHeld(client));
      }
    },
    async lookAtRuns(runs) {
      return Promise.all(
        runs.map(async ({ workflowId, runId }) => {
          const run = await lookAtRun(client, workflowId, runId);
          const mayHold = run?.phase === 'running' || run?.phase === 'waiting';
          const lingers = run === undefined ? {} : { lingersMs: lingersMs(run, config.heartbeatTimeoutMs) };
          return { workflowId, runId, closedAtMs: run?.closedAtMs ?? null, mayHold, ...lingers };
        }),
      );
    },
    async openRunsOf(agent) {
      const found: FoundRun[] = [];
      for (const run of await openRuns(client, agent)) {
        if (run.closedAtMs !== null || run.memo === null) continue;
        const { phase } = run;
        if (phase !== 'running' && phase !== 'waiting') continue;
        const { workflowId, runId } = run;
        found.push({ workflowId, runId, phase, rank: run.memo.rank, extra: run.memo.extra });
      }
      return found;
    },
  };
}
