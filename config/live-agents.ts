import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { AgentRegistry } from '../domain/agent.ts';
import { loadAgents } from './agent-control.ts';
import { type Config, ConfigError, type LoadedConfig, type SettingKey, type Settings } from './config.ts';
import { lastGoodPath } from './last-good.ts';
import { variableOf } from './setting.ts';
import { settingRows } from './settings.ts';
import { agentFiles } from './starter.ts';

/** A file that was edited so long ago is not being edited: some file systems tell times in whole seconds. */
const AT_REST_MS = 3_000;
/** Long enough for an editor that empties the file before it writes it. */
const SETTLED_MS = 300;

interface Live {
  /** Of the settings that can be taken now; absent: those in force hold. */
  taken?: Partial<Settings>;
  /** What a person should know of the env file, as sentences. */
  warnings: string[];
}

/**
 * Reads the agents in force at each call: the control file, and those settings of the env file with which nothing was made
 * at the start. They are put into `loaded.config`, which everybody reads when it is needed. Other settings that were edited
 * since are named, since they count only after a restart.
 *
 * @param onTaken is told the variables whose new values count from now on
 */
export function liveAgents(
  loaded: LoadedConfig,
  onTaken: (variables: string[]) => void = () => undefined,
): () => Promise<AgentRegistry> {
  const { config, envFile: path } = loaded;
  const atStart = settingsIn(loaded);
  let warnings: string[] = [];
  let seen: string | undefined;
  let isFirst = true;
  let last: { of: string; registry: AgentRegistry } | undefined;
  const read = async () => {
    const { mark, isSettled } = await look(path);
    // What was read at the start is as good as what is there now, unless it was edited in between.
    const isNews = mark !== seen && (isFirst || isSettled);
    isFirst = false;
    if (isNews) {
      const live = reread(loaded, atStart, mark === undefined ? path : undefined);
      warnings = live.warnings;
      const changed = live.taken === undefined ? [] : take(config, live.taken);
      if (changed.length > 0) onTaken(changed);
      seen = mark;
    }
    const registry = await loadAgents(config);
    const settings = JSON.stringify(LIVE.map(({ key }) => config[key]));
    return { ...registry, warnings: [...registry.warnings, ...warnings], settings };
  };
  return async () => {
    // Asked once a second while nothing goes on: so files are read only after somebody has touched them.
    const of = restingMark(path, [agentFiles(config).agentControlFile, lastGoodPath(config.stateDir)]);
    if (of !== undefined && of === last?.of) return last.registry;
    const registry = await read();
    // What went wrong, as a read that failed, may go well the next time though nobody touches a file.
    last = of === undefined || registry.warnings.length > 0 ? undefined : { of, registry };
    return registry;
  };
}

/** As long as it is the same, so is what is in the files; undefined: somebody may be at work on them. */
function restingMark(envFile: string, needed: readonly string[]): string | undefined {
  const marks = [envFile, ...needed].map((path) => {
    try {
      const { ino, size, mtimeMs, ctimeMs } = statSync(path);
      if ([mtimeMs, ctimeMs].some((ms) => Math.abs(Date.now() - ms) < AT_REST_MS)) return undefined;
      return `${path} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
    } catch {
      // Many have no env file.
      return path === envFile ? `${path} is not there` : undefined;
    }
  });
  return marks.includes(undefined) ? undefined : marks.join('\n');
}

const LIVE = settingRows().filter(({ live }) => live);

/** Returns the variables of those that changed. */
function take(config: Config, taken: Partial<Settings>): string[] {
  const changed = LIVE.filter(({ key }) => JSON.stringify(config[key]) !== JSON.stringify(taken[key]));
  Object.assign(config, taken);
  return changed.map(variableOf);
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
  gone: string | undefined,
): Live {
  if (gone !== undefined)
    return { warnings: [`The env file ${gone} is gone; what was read of it last holds.`] };
  try {
    const now = loaded.again();
    const after = settingsIn(now);
    // What only follows from another one was edited by nobody.
    const isSet = (key: SettingKey) => [loaded, now].some(({ sources }) => sources[key] !== 'default');
    const names = settingRows()
      .filter(({ key, live }) => !live && isSet(key) && after.get(key) !== atStart.get(key))
      .map(variableOf);
    const warnings =
      names.length === 0
        ? []
        : [`The env file has changed; these count only after a restart of the daemon: ${names.join(', ')}.`];
    return { taken: Object.fromEntries(LIVE.map(({ key }) => [key, now.settings[key]])), warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const warning = `The env file cannot be used, and what was read of it last holds: ${error.problems.join(' ')}`;
    return { warnings: [warning] };
  }
}

function settingsIn({ settings }: LoadedConfig): ReadonlyMap<SettingKey, string> {
  const all = Object.entries(settings) as [SettingKey, unknown][];
  return new Map(all.map(([key, value]) => [key, JSON.stringify(value)]));
}
