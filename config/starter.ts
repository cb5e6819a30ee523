import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, LoadedConfig } from './config.ts';
import { wasInUse } from './last-good.ts';
import { packageRoot } from './package-root.ts';

/** Where the agents and their recipes are read from. */
export interface AgentFiles {
  agentControlFile: string;
  recipesDir: string;
  /** These are those of examples/starter. */
  starter: boolean;
}

/**
 * The files in force: those of examples/starter where a start was made with them and there is still no agent control
 * file, else the configured ones. Looked at anew each time, so that a file that is made meanwhile counts.
 */
export function agentFiles(
  config: Pick<Config, 'agentControlFile' | 'recipesDir' | 'starter' | 'stateDir'>,
): AgentFiles {
  const { agentControlFile, recipesDir } = config;
  if (!config.starter || hasOwn(config)) return { agentControlFile, recipesDir, starter: false };
  const folder = join(packageRoot(), 'examples/starter');
  return {
    agentControlFile: join(folder, 'agent-control.json'),
    recipesDir: join(folder, 'recipes'),
    starter: true,
  };
}

/** The same configuration with the files in force in place of the configured ones, for commands that look once. */
export function withAgentFiles(loaded: LoadedConfig): LoadedConfig {
  const files = agentFiles(loaded.config);
  if (!files.starter) return loaded;
  const sources = { ...loaded.sources, agentControlFile: 'starter', recipesDir: 'starter' } as const;
  return { ...loaded, config: { ...loaded.config, ...files }, sources };
}

/**
 * Whether somebody has no agents yet, and may be given those of examples/starter: there is no agent control file, and no
 * setting that says which agents or recipes there are.
 */
export function needsStarter({ config, sources }: LoadedConfig): boolean {
  const own = ['agentControlFile', 'agentLimits', 'recipesDir'] as const;
  return own.every((key) => sources[key] === 'default') && !hasOwn(config);
}

/**
 * Somebody who takes an agent control file of their own away rolls back to legacy mode: the agents of examples/starter, whose
 * model may be a script, must not be given the tasks then.
 */
function hasOwn({ agentControlFile, stateDir }: Pick<Config, 'agentControlFile' | 'stateDir'>): boolean {
  return isThere(agentControlFile) || wasInUse(stateDir, agentControlFile);
}

/** A link that leads nowhere is there: somebody meant a file to be. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
