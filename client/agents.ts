import type { AgentsStatus } from '../contract/listings.ts';
import { hostOf } from '../temporal/attempts.ts';
import { groupedBy } from './grouped.ts';
import { readSnapshot, type Snapshot, type SnapshotDeps } from './snapshot.ts';
import { agentStatuses, problemsOf, runLines, stateOf } from './status.ts';

/** The agents: slots, health, and where each works. */
export async function readAgents(deps: SnapshotDeps): Promise<AgentsStatus> {
  return agentsOf(await readSnapshot(deps), deps.config.heartbeatTimeoutMs);
}

/** @param silentMs a goose host that was not heard of for so long is gone */
export function agentsOf(snapshot: Snapshot, silentMs: number): AgentsStatus {
  const hosts = new Map(snapshot.runs.map(({ taskId, attempt }) => [taskId, hostOf(attempt?.worker)]));
  const held = runLines(snapshot, silentMs).filter(({ phase }) => phase === 'running');
  const byAgent = groupedBy(held, ({ agent }) => agent);
  return {
    ...stateOf(snapshot.scheduler),
    agents: agentStatuses(snapshot).map((agent) => ({
      ...agent,
      runs: (byAgent.get(agent.name) ?? []).map(({ taskId, state }) => {
        return { taskId, state, host: hosts.get(taskId) ?? null };
      }),
    })),
    problems: problemsOf(snapshot),
  };
}
