import { existsSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, LoadedConfig } from '../../config/config.ts';
import { lastGoodPath } from '../../config/last-good.ts';
import type { TemporalSettings } from '../../config/temporal.ts';
import type { BackupPart, LeftOut } from '../../contract/backup.ts';
import { readEmbeddedState } from '../../embedded/presence/state-file.ts';

/** Whose backup it is. */
export interface BackupPlace {
  loaded: LoadedConfig;
  temporal: TemporalSettings;
}

export interface Source {
  part: BackupPart;
  from: string;
  /** Below the backup, with `/`. */
  path: string;
}

export interface Sources {
  databases: Partial<Record<'temporal' | 'tinytask', Source>>;
  files: Source[];
  leftOut: LeftOut[];
}

/** Of recipes; a folder with more is probably not one of recipes. */
const MOST_RECIPES = 2_000;
export const MOST_FILE_BYTES = 16 * 1_048_576;

/** Where the files of a state directory are in a backup, by name. */
export const STATE_FILES: Record<string, BackupPart> = {
  'tinytask.db': 'tinytask',
  'temporal.db': 'temporal',
  'agent-control.last-good.json': 'last-good',
  'sample-tasks': 'sample-mark',
};
export const ENV_FILE = 'config/env';
export const CONTROL_FILE = 'config/agent-control.json';
export const RECIPES = 'config/recipes/';

/** What there is to back up, and what there is not. */
export async function findSources(place: BackupPlace): Promise<Sources> {
  const { config, envFile } = place.loaded;
  const sources: Sources = { databases: {}, files: [], leftOut: [] };
  const add = (source: Source) => {
    if (existsSync(source.from)) sources.files.push(source);
    else if (source.part !== 'sample-mark') sources.leftOut.push({ part: source.part, why: 'none' });
  };
  addDatabases(place, sources);
  add({ part: 'last-good', from: lastGoodPath(config.stateDir), path: 'state/agent-control.last-good.json' });
  add({ part: 'sample-mark', from: join(config.stateDir, 'sample-tasks'), path: 'state/sample-tasks' });
  if (envFile === undefined) sources.leftOut.push({ part: 'env-file', why: 'none' });
  else add({ part: 'env-file', from: envFile, path: ENV_FILE });
  add({ part: 'control-file', from: config.agentControlFile, path: CONTROL_FILE });
  await addRecipes(config, sources);
  return sources;
}

function addDatabases({ loaded, temporal }: BackupPlace, { databases, leftOut }: Sources): void {
  const { config } = loaded;
  // While `start` runs, it knows best: it may have found a server running.
  const { supervisor, ...embedded } = readEmbeddedState(config.stateDir);
  const { uses } = supervisor ?? {};
  const elsewhere = {
    temporal:
      uses === undefined
        ? temporal.explicitlyConfigured && temporal.address
        : uses.temporal.address !== embedded.temporal?.address && uses.temporal.address,
    tinytask:
      uses === undefined
        ? config.mcpEndpointExplicit && config.mcpEndpoint
        : uses.tinytask !== embedded.tinytask?.endpoint && uses.tinytask,
  };
  for (const part of ['temporal', 'tinytask'] as const) {
    const address = elsewhere[part];
    const from = join(config.stateDir, `${part}.db`);
    if (address !== false) leftOut.push({ part, why: 'elsewhere', address });
    else if (existsSync(from)) databases[part] = { part, from, path: `state/${part}.db` };
    else leftOut.push({ part, why: 'none' });
  }
}

/** With those in folders of folders: a recipe may name others by their path. */
async function addRecipes({ recipesDir }: Config, { files, leftOut }: Sources): Promise<void> {
  if (!existsSync(recipesDir)) {
    leftOut.push({ part: 'recipes', why: 'none' });
    return;
  }
  const found: Source[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for await (const entry of await opendir(join(recipesDir, folder))) {
      const name = `${folder}${entry.name}`;
      if (entry.name === '.git' || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) folders.push(`${name}/`);
      else found.push({ part: 'recipes', from: join(recipesDir, name), path: `${RECIPES}${name}` });
      if (found.length + folders.length > MOST_RECIPES) {
        const text = `it has more than ${MOST_RECIPES} files`;
        leftOut.push({ part: 'recipes', why: 'unfit', path: recipesDir, text });
        return;
      }
    }
  }
  files.push(...found);
}
