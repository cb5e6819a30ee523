import type { Config } from '../config/config.ts';
import { gooseQueue } from '../contract/ids.ts';
import type { RunSettings } from '../contract/run.ts';
import type { AgentRegistry } from '../domain/agent.ts';
import { semaphoreOf } from '../domain/semaphore-id.ts';
import type { AgentPolicy } from '../domain/slots/agent-slots.ts';
import type { PoolPolicy } from '../domain/slots/pool.ts';

/** What the configuration says about the runs of all agents. */
export function runSettings(config: Config): RunSettings {
  return {
    maxAttempts: config.maxAttempts,
    backOffMs: config.backoffMs,
    backOffMaxMs: config.backoffMaxMs,
    maxWorkerLosses: config.maxWorkerLosses,
    maxRunsInARow: config.maxRunsInARow,
    maxRuntimeMs: config.maxRuntimeMs,
    killGraceMs: config.killGraceMs,
    heartbeatTimeoutMs: config.heartbeatTimeoutMs,
  };
}

/** What the configuration says about the slots of a pool. */
export function slotPolicy(config: Config, agents: AgentPolicy[]): PoolPolicy {
  return {
    agents,
    heartbeatTimeoutMs: config.heartbeatTimeoutMs,
    coolDownMs: config.cooldownMs,
    coolDownMaxMs: config.cooldownMaxMs,
    passIntervalMs: config.loopIntervalMs,
  };
}

/** The policy of each pool, by the workflow id of its semaphore. */
export function poolsOf(config: Config, { agents }: AgentRegistry): Map<string, PoolPolicy> {
  const pools = new Map<string, AgentPolicy[]>();
  for (const { name, queue, limit, hostGroup, rules } of agents) {
    const semaphore = semaphoreOf({ name, queue });
    const members = pools.get(semaphore) ?? [];
    pools.set(semaphore, members);
    members.push({ name, limit, gooseQueue: gooseQueue(hostGroup), ...(rules && { rules }) });
  }
  return new Map(
    [...pools].map(([semaphore, members]) => [semaphore, slotPolicy(config, members.sort(byName))]),
  );
}

function byName(a: AgentPolicy, b: AgentPolicy): number {
  return a.name < b.name ? -1 : 1;
}
