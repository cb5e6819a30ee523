import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { AgentRegistry } from '../domain/agent.ts';
import type { Rank } from '../domain/rank.ts';
import type { Phase } from '../domain/run.ts';
import type { Request } from '../domain/slots/line.ts';
import type { RunRef } from '../domain/slots/pool.ts';
import { ensureSemaphore } from './ensure-semaphore.ts';
import { schedulerHeld } from './memos.ts';
import { poolsOf, slotPolicy } from './policies.ts';
import { type KnownRun, lingersMs, lookAtRun, openRuns } from './runs.ts';
import { signalled } from './signalled.ts';

export interface FoundRun extends RunRef {
  phase: Phase;
  agent: string | null;
  wants: string | null;
  rank: Rank;
  rankedAtMs: number;
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
  /** The open runs that hold a slot of one of these agents, of whatever semaphore, and those in line at this semaphore. */
  openRunsOf(of: { semaphore: string; agents: string[] }): Promise<FoundRun[]>;
  /** Puts a run in line for a slot. A semaphore that is missing is started; one that nobody configured has no agents. */
  askForSlot(semaphore: string, wanted: Request): Promise<void>;
}

/** Agents in one query. */
const AT_A_TIME = 50;

export function semaphoreActivities(deps: {
  client: Client;
  config: Config;
  loadAgents: () => Promise<AgentRegistry>;
}): SemaphoreActivities {
  const { client, config } = deps;
  return {
    async askForSlot(semaphore, wanted) {
      while (!(await signalled(client, semaphore, 'request', wanted))) {
        const pools = poolsOf(config, await deps.loadAgents());
        const policy = pools.get(semaphore) ?? slotPolicy(config, []);
        await ensureSemaphore(client, { semaphore, policy, moved: [] }, await schedulerHeld(client));
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
    async openRunsOf({ semaphore, agents }) {
      const own = await openRuns(client, `Pool = "${semaphore}"`);
      const found = new Map(own.map((run) => [run.runId, run]));
      for (let at = 0; at < agents.length; at += AT_A_TIME) {
        const names = agents.slice(at, at + AT_A_TIME).map((name) => `"${name}"`);
        for (const run of await openRuns(client, `Agent IN (${names.join(', ')})`)) found.set(run.runId, run);
      }
      const isOf = (run: KnownRun) =>
        run.phase === 'running'
          ? run.agent !== null && agents.includes(run.agent)
          : run.phase === 'waiting' && run.memo?.semaphore === semaphore;
      return [...found.values()].flatMap((run): FoundRun[] => {
        if (run.memo === null || !isOf(run)) return [];
        const { workflowId, runId, phase, agent, memo } = run;
        const { wants, rank, rankedAtMs } = memo;
        return [{ workflowId, runId, phase, agent, wants, rank, rankedAtMs }];
      });
    },
  };
}
