import { defaultRules } from '../config/run-rules.ts';
import type { AgentsStatus } from '../contract/listings.ts';
import { groupedBy } from '../domain/grouped.ts';
import { differing, type RunRules } from '../domain/run-rules.ts';
import { hostOf } from '../temporal/attempts.ts';
import { readSnapshot, type Snapshot, type SnapshotDeps } from './snapshot.ts';
import { agentStatuses, problemsOf, runLines, stateOf } from './status.ts';

/** The agents: slots, health, and where each works. */
export async function readAgents(deps: SnapshotDeps): Promise<AgentsStatus> {
  const { config } = deps;
  return agentsOf(await readSnapshot(deps), config.heartbeatTimeoutMs, defaultRules(config));
}

/**
 * @param silentMs a goose host that was not heard of for so long is gone
 * @param defaults what holds of runs of which no entry says anything
 */
export function agentsOf(snapshot: Snapshot, silentMs: number, defaults: RunRules = {}): AgentsStatus {
  const hosts = new Map(snapshot.runs.map(({ taskId, attempt }) => [taskId, hostOf(attempt?.worker)]));
  const held = runLines(snapshot, silentMs).filter(({ phase }) => phase === 'running');
  const byAgent = groupedBy(held, ({ agent }) => agent);
  return {
    ...stateOf(snapshot.scheduler),
    agents: agentStatuses(snapshot).map((agent) => ({
      ...agent,
      rules: differing(snapshot.rules.get(agent.name) ?? {}, defaults),
      runs: (byAgent.get(agent.name) ?? []).map(({ taskId, state }) => {
        return { taskId, state, host: hosts.get(taskId) ?? null };
      }),
    })),
    problems: problemsOf(snapshot),
  };
}
