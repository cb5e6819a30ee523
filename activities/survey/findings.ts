import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import { type SurveyInput, unpackRuns } from '../../contract/pass.ts';
import type { Serves } from '../../contract/serves.ts';
import type { AgentRegistry } from '../../domain/agent.ts';
import {
  type AgentLine,
  agentLine,
  forPlanning,
  type PoolKnown,
  poolKnownOf,
} from '../../domain/plan/agent-line.ts';
import type { OpenRun } from '../../domain/plan/input.ts';
import { semaphoreOf } from '../../domain/semaphore-id.ts';
import type { Task } from '../../domain/task.ts';
import { processName } from '../../os/process-name.ts';
import { startStopwatch } from '../../os/stopwatch.ts';
import { nowServes } from '../../temporal/serves.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import type { Tell } from '../events.ts';
import { askSemaphores, lookAtHolders, tryAgain } from '../slots/ask-semaphores.ts';
import type { EnsuredSemaphore } from '../slots/ensure-semaphore.ts';
import { type Reconciled, reconcile } from './reconcile.ts';

export interface SurveyDeps {
  client: Client;
  /** By the connection of the workers: see GooseDeps. */
  asking: Client;
  tinytask: TinyTask;
  config: Config;
  loadAgents: () => Promise<AgentRegistry>;
  tell: Tell;
}

/** What a survey has found out before it decides anything. */
export interface Findings {
  /** Milliseconds since the epoch, by the server's clock: what several hosts find out is compared by it. */
  startedAtMs: number;
  /** Nothing may start: a person has paused the scheduler, or this process has it disabled. */
  held: boolean;
  registry: AgentRegistry;
  /** All open tasks, or why TinyTask did not answer. */
  open: readonly Task[] | Error;
  /** How long TinyTask took to list them. */
  listingMs: number;
  serves: Serves;
  runs: OpenRun[];
  /** By the workflow ids of the semaphores. */
  pools: Record<string, PoolKnown>;
  /** Those of the registry, with what their semaphores tell. */
  agents: AgentLine[];
  /** What only a full pass finds out. */
  full: FullFindings | undefined;
}

interface FullFindings {
  reconciled: Reconciled;
  semaphores: EnsuredSemaphore[];
}

/** Reads the agents, TinyTask and, for a full pass, the open runs and the semaphores, which are started where missing. */
export async function findOut(deps: SurveyDeps, input: SurveyInput, startedAtMs: number): Promise<Findings> {
  const held = input.paused || !deps.config.enabled;
  const registry = await deps.loadAgents();
  const tookMs = startStopwatch();
  const open = await deps.tinytask.listOpen().catch((error: Error) => error);
  const listingMs = tookMs();
  const serves = await nowServes(deps, input.serves, open instanceof Error ? undefined : open);
  deps.tell({ what: 'tinytask', problem: open instanceof Error ? open.message : null });
  const believed = unpackRuns(input.runs);
  const full = input.full
    ? {
        reconciled: await reconcile(deps.client, input.last === null ? null : believed),
        semaphores: await askSemaphores(deps, registry, { paused: held, nowMs: startedAtMs }),
      }
    : undefined;
  const pools = full === undefined ? input.pools : poolsOf(full.semaphores);
  const agents = registry.agents.map((agent) => agentLine(agent, pools[semaphoreOf(agent)]));
  if (full !== undefined) await tellSemaphores(deps, input, agents, full.reconciled);
  const runs = full?.reconciled.runs ?? believed;
  return { startedAtMs, held, registry, open, listingMs, serves, runs, pools, agents, full };
}

function poolsOf(semaphores: readonly EnsuredSemaphore[]): Record<string, PoolKnown> {
  return Object.fromEntries(semaphores.map((known) => [known.semaphore, forPlanning(poolKnownOf(known))]));
}

/** Who schedules for the first time may have mended an agent; a run that was ended from outside may have left its slot. */
async function tellSemaphores(
  { client }: SurveyDeps,
  { last }: SurveyInput,
  agents: AgentLine[],
  { ofLostRuns }: Reconciled,
): Promise<void> {
  if (last?.by !== processName()) await tryAgain(client, agents);
  await Promise.all(ofLostRuns.map((semaphore) => lookAtHolders(client, semaphore)));
}
