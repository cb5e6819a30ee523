import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { AgentRegistry } from '../domain/agent.ts';
import type { Rank } from '../domain/rank.ts';
import type { Phase } from '../domain/run.ts';
import type { Request } from '../domain/slots/line.ts';
import type { RunRef } from '../domain/slots/pool.ts';
import { askSemaphore } from './ask-semaphores.ts';
import { schedulerHeld } from './memos.ts';
import { type KnownRun, lingersMs, lookAtRun, openRuns, runsOfAgents } from './runs.ts';
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
  /** It returned by itself, so nothing of it lives. */
  inOrder: boolean;
  mayHold: boolean;
  /** Of its slot, where it has one. */
  agent: string | null;
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

export function semaphoreActivities(deps: {
  client: Client;
  config: Config;
  loadAgents: () => Promise<AgentRegistry>;
}): SemaphoreActivities {
  const { client, config } = deps;
  return {
    async askForSlot(semaphore, wanted) {
      while (!(await signalled(client, semaphore, 'request', wanted))) {
        await askSemaphore(deps, semaphore, await deps.loadAgents(), await schedulerHeld(client));
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
      const own = await openRuns(client, `Pool = "${semaphore}"`);
      const found = new Map(own.map((run) => [run.runId, run]));
      for (const run of await runsOfAgents(client, agents)) found.set(run.runId, run);
      const isOf = (run: KnownRun) =>
        run.phase === 'running'
          ? isAtAttempt(run) && run.agent !== null && agents.includes(run.agent)
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

/** One that is being written back has given its slot back, or is about to: nothing of its goose lives. */
function isAtAttempt({ phase, attempt }: KnownRun): boolean {
  return phase === 'running' && attempt !== null;
}
