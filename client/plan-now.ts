import { asOpenRun } from '../activities/past.ts';
import type { KnownRun } from '../activities/runs.ts';
import { loadAgents } from '../config/agent-control.ts';
import { SCHEDULER_ID } from '../domain/ids.ts';
import type { SurveyInput } from '../domain/pass.ts';
import { MAX_STARTS } from '../domain/pass.ts';
import { plan, type Waiting } from '../domain/plan.ts';
import type { SchedulerStatus } from '../workflows/messages.ts';
import type { AgentStatus } from './scheduler-client.ts';
import { ask, type StatusDeps } from './status.ts';

/**
 * Why each task without a run waits, by the planner itself, with what the scheduler knows at this moment:
 * so what is explained and what is done cannot differ.
 */
export async function planNow(
  deps: StatusDeps,
  known: {
    openRuns: KnownRun[];
    answer: SchedulerStatus | undefined;
    agents: AgentStatus[];
    paused: boolean;
  },
): Promise<Waiting[]> {
  const { config } = deps;
  const [tasks, registry, state] = await Promise.all([
    deps.tinytask.listOpen(),
    loadAgents(config, { keep: false }),
    ask<SurveyInput>(deps.client, SCHEDULER_ID, 'plan-state'),
  ]);
  const { starts, waiting } = plan({
    tasks,
    agents: known.agents.map((agent) => ({
      name: agent.name,
      limit: agent.limit,
      ...(agent.queue === null ? {} : { queue: agent.queue }),
    })),
    mode: registry.mode,
    openRuns: known.openRuns.map(asOpenRun),
    health: Object.fromEntries(known.agents.map((agent) => [agent.name, agent.health])),
    pausedAgents: known.agents.filter((agent) => agent.paused).map((agent) => agent.name),
    paused: known.paused,
    enabled: config.enabled,
    blockingDisabled: config.disableBlocking,
    assignedByUs: state?.assignedByUs ?? {},
    ending: {},
    first: state?.first ?? [],
    waitingPerAgent: config.waitingPerAgent,
    maxStarts: MAX_STARTS,
    nowMs: Date.now(),
  });
  const about = starts.map(
    (start): Waiting => ({ taskId: start.task.id, reason: { why: 'starting', agent: start.agent } }),
  );
  return [...about, ...waiting];
}
