import type { Config } from '../config/config.ts';
import type { RunSettings } from '../domain/run.ts';
import type { SlotPolicy } from '../domain/slots.ts';

/** What the configuration says about the runs of all agents. */
export function runSettings(config: Config): Omit<RunSettings, 'gooseQueue'> {
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

/** What the configuration says about the slots of an agent with this limit. */
export function slotPolicy(config: Config, limit: number): SlotPolicy {
  return {
    limit,
    waitingPerAgent: config.waitingPerAgent,
    heartbeatTimeoutMs: config.heartbeatTimeoutMs,
    coolDownMs: config.cooldownMs,
    coolDownMaxMs: config.cooldownMaxMs,
    passIntervalMs: config.loopIntervalMs,
  };
}
