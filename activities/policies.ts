import type { Config } from '../config/config.ts';
import { daysFrom } from '../config/zone-days.ts';
import { gooseQueue } from '../contract/ids.ts';
import type { RunSettings } from '../contract/run.ts';
import type { AgentRegistry } from '../domain/agent.ts';
import type { Budget } from '../domain/budget.ts';
import { semaphoreOf } from '../domain/semaphore-id.ts';
import type { AgentPolicy } from '../domain/slots/agent-slots.ts';
import type { PoolPolicy } from '../domain/slots/pool.ts';

/** A semaphore begins so many days by itself, while nobody schedules. */
const DAYS_TOLD = 8;

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

/**
 * The policy of each pool, by the workflow id of its semaphore.
 *
 * @param nowMs by the server's clock: the days of budgets are told from then on
 */
export function poolsOf(config: Config, { agents }: AgentRegistry, nowMs: number): Map<string, PoolPolicy> {
  const pools = new Map<string, AgentPolicy[]>();
  const budgets = new Map<string, Budget>();
  for (const { name, queue, limit, hostGroup, rules, budget, poolBudget } of agents) {
    const semaphore = semaphoreOf({ name, queue });
    const members = pools.get(semaphore) ?? [];
    pools.set(semaphore, members);
    members.push({
      ...{ name, limit, gooseQueue: gooseQueue(hostGroup) },
      ...(rules && { rules }),
      ...(budget && { budget }),
    });
    if (poolBudget !== undefined && queue !== undefined) budgets.set(semaphore, poolBudget);
  }
  return new Map(
    [...pools].map(([semaphore, members]) => {
      const policy = slotPolicy(config, members.sort(byName));
      return [semaphore, withBudget(policy, budgets.get(semaphore), nowMs)];
    }),
  );
}

function withBudget(policy: PoolPolicy, budget: Budget | undefined, nowMs: number): PoolPolicy {
  const all = [budget, ...policy.agents.map((agent) => agent.budget)].filter((each) => each !== undefined);
  if (all.length === 0) return policy;
  const zones = [...new Set(all.map(({ timeZone }) => timeZone))].sort();
  return {
    ...policy,
    ...(budget && { budget }),
    zones: zones.map((timeZone) => ({ timeZone, days: daysFrom(timeZone, nowMs, DAYS_TOLD) })),
  };
}

function byName(a: AgentPolicy, b: AgentPolicy): number {
  return a.name < b.name ? -1 : 1;
}
