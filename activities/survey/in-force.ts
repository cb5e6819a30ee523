import { createHash } from 'node:crypto';
import type { Config } from '../../config/config.ts';
import type { SurveyInput } from '../../contract/pass.ts';
import type { Agent, AgentRegistry } from '../../domain/agent.ts';
import type { InForce } from '../../domain/plan/input.ts';
import { runSettings } from '../policies.ts';

export function inForceOf({ enabled, disableBlocking }: Config, { mode }: AgentRegistry): InForce {
  return { mode, enabled, blockingDisabled: disableBlocking };
}

/** Tells one set of texts from another, in whatever order they come. */
export function fingerprintOf(texts: Iterable<string>): string {
  return createHash('sha256')
    .update([...texts].sort().join('\n'))
    .digest('hex')
    .slice(0, 32);
}

/** Tells the agents as they were read from others, and from the same ones with something to say about their file. */
export function registryMark(registry: AgentRegistry): string {
  return fingerprintOf([JSON.stringify(registry)]);
}

/** Tells the configuration that a pass was made with from others. */
export function configInForce(config: Config, agents: readonly Agent[]): string {
  return fingerprintOf([JSON.stringify(comparable(config)), JSON.stringify(agents)]);
}

/** The settings that decide what a pass does; where they lie on this host does not. */
function comparable(config: Config) {
  const { agentLimits, loopIntervalMs, enabled, disableBlocking, waitingPerAgent, mcpEndpoint } = config;
  return {
    agentLimits,
    loopIntervalMs,
    enabled,
    disableBlocking,
    waitingPerAgent,
    mcpEndpoint,
    ...runSettings(config),
  };
}

/** Two daemons with different configurations would each undo what the other plans. */
export function twoDaemons(last: SurveyInput['last'], by: string, config: string): string[] {
  if (last === null || last.by === by || last.config === config) return [];
  return [
    `${by} schedules with another configuration than ${last.by}, which made the last pass; daemons that run at a time need the same one`,
  ];
}
