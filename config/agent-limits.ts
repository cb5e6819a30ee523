import { loadAgents } from './agent-control.ts';
import type { LoadedConfig } from './config.ts';
import { readControlFile } from './control-file.ts';
import { readLastGood } from './last-good.ts';

/** How many slots an agent has, and what says so. A limit by hand (`set-limit`) is not among it: the server has that. */
export interface AgentLimit {
  agent: string;
  queue: string | null;
  limit: number;
  from: '--agent-limit' | 'TINYSCHEDULER_AGENT_LIMITS' | 'agent control file' | 'default';
}

/** The limits of all agents in force, in their order. Does not throw: see loadAgents. */
export async function agentLimits({ config, sources }: LoadedConfig): Promise<AgentLimit[]> {
  const { agents } = await loadAgents(config, { keep: false });
  const read = await readControlFile(config.agentControlFile);
  const entries =
    read.state === 'good' ? read.entries : await readLastGood(config.stateDir, config.agentControlFile);
  const listed = new Set(
    entries?.filter(({ limit }) => limit !== undefined).map(({ agentName }) => agentName),
  );
  const setting = sources.agentLimits === 'flag' ? '--agent-limit' : 'TINYSCHEDULER_AGENT_LIMITS';
  return agents.map(({ name, queue, limit }) => {
    const inSetting = Object.hasOwn(config.agentLimits, name);
    const from = inSetting ? setting : listed.has(name) ? 'agent control file' : 'default';
    return { agent: name, queue: queue ?? null, limit, from };
  });
}
