import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadedConfig } from '../config/config.ts';

export interface Starter {
  agentControlFile: string;
  recipesDir: string;
}

/**
 * The agents and recipes of examples/starter, for somebody who has none yet. Undefined as soon as there is an agent
 * control file, or any setting that says which agents or recipes there are: then those count.
 */
export function starterFor({ config, sources }: LoadedConfig): Starter | undefined {
  const own = ['agentControlFile', 'agentLimits', 'recipesDir'] as const;
  if (own.some((key) => sources[key] !== 'default') || existsSync(config.agentControlFile)) return undefined;
  return { agentControlFile: starterPath('agent-control.json'), recipesDir: starterPath('recipes') };
}

function starterPath(name: string): string {
  return join(packageRoot(), 'examples/starter', name);
}

/** This file may be a source, or compiled somewhere below. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

/** The settings of the starter as variables. */
export function starterEnvironment({ agentControlFile, recipesDir }: Starter): Record<string, string> {
  return { TINYSCHEDULER_AGENT_CONTROL_FILE: agentControlFile, TINYSCHEDULER_RECIPES_DIR: recipesDir };
}
