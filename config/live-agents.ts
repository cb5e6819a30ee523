import { stat } from 'node:fs/promises';
import type { AgentRegistry } from '../domain/agent.ts';
import { loadAgents } from './agent-control.ts';
import { ConfigError, type LoadedConfig, type SettingKey, type Settings } from './config.ts';
import { PREFIX } from './setting.ts';
import { settingRows } from './settings.ts';

/** Long enough for an editor that empties the file before it writes it. */
const SETTLED_MS = 300;

interface Live {
  agentLimits: Settings['agentLimits'];
  /** What a person should know of the env file, as sentences. */
  warnings: string[];
}

/**
 * Reads the agents in force at each call: the control file, and the limits of the env file where they come from there. All
 * other settings are read at the start; those that were edited since are named, since they count only after a restart.
 */
export function liveAgents(loaded: LoadedConfig): () => Promise<AgentRegistry> {
  const { config, envFile: path } = loaded;
  if (path === undefined) return () => loadAgents(config);
  const atStart = settingsIn(loaded);
  let live: Live = { agentLimits: config.agentLimits, warnings: [] };
  let seen: string | undefined;
  return async () => {
    const { mark, isSettled } = await look(path);
    if (mark !== seen && (seen === undefined || isSettled)) {
      // What was read at the start is as good as what is there now, unless it was edited in between.
      live = reread(loaded, atStart, live.agentLimits, mark === undefined ? path : undefined);
      seen = mark;
    }
    const registry = await loadAgents({ ...config, agentLimits: live.agentLimits });
    return { ...registry, warnings: [...registry.warnings, ...live.warnings] };
  };
}

/** `mark`: tells a file from an edited one; undefined: there is none. */
async function look(path: string): Promise<{ mark: string | undefined; isSettled: boolean }> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return { mark: `${ino} ${size} ${mtimeMs}`, isSettled: Math.abs(Date.now() - mtimeMs) >= SETTLED_MS };
  } catch {
    return { mark: undefined, isSettled: true };
  }
}

function reread(
  loaded: LoadedConfig,
  atStart: ReadonlyMap<SettingKey, string>,
  before: Settings['agentLimits'],
  gone: string | undefined,
): Live {
  if (gone !== undefined)
    return {
      agentLimits: before,
      warnings: [`The env file ${gone} is gone; what was read of it last holds.`],
    };
  try {
    const now = loaded.again();
    const changed = [...settingsIn(now)]
      .filter(([key, text]) => atStart.get(key) !== text)
      .map(([key]) => key);
    const names = settingRows()
      .filter(({ key }) => key !== 'agentLimits' && changed.includes(key))
      .map(({ name }) => PREFIX + name);
    const warnings =
      names.length === 0
        ? []
        : [`The env file has changed; these count only after a restart of the daemon: ${names.join(', ')}.`];
    return { agentLimits: now.config.agentLimits, warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const warning = `The env file cannot be used, and the limits that were read last hold: ${error.problems.join(' ')}`;
    return { agentLimits: before, warnings: [warning] };
  }
}

function settingsIn({ settings }: LoadedConfig): ReadonlyMap<SettingKey, string> {
  const all = Object.entries(settings) as [SettingKey, unknown][];
  return new Map(all.map(([key, value]) => [key, JSON.stringify(value)]));
}
