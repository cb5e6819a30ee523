import { existsSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config, LoadedConfig } from '../../config/config.ts';
import { lastGoodPath } from '../../config/last-good.ts';
import type { TemporalSettings } from '../../config/temporal.ts';
import type { BackupPart, DatabasePart, FilePart, LeftOut } from '../../contract/backup.ts';
import { type EmbeddedState, readEmbeddedState } from '../../embedded/presence/state-file.ts';

/** Whose backup it is. */
export interface BackupPlace {
  loaded: LoadedConfig;
  temporal: TemporalSettings;
}

export interface Source<Part = BackupPart> {
  part: Part;
  from: string;
  /** Below the backup, with `/`. */
  path: string;
}

export interface Sources {
  databases: Source<DatabasePart>[];
  files: Source<FilePart>[];
  leftOut: LeftOut[];
}

const START_AGAIN_MS = 10_000;
const LOOK_EVERY_MS = 100;
/** Of recipes; a folder with more is probably not one of recipes. */
const MOST_RECIPES = 2_000;
export const MOST_FILE_BYTES = 16 * 1_048_576;

/** Where the files of a state directory are in a backup, by name. */
export const STATE_FILES: Record<string, BackupPart> = {
  'tinytask.db': 'tinytask',
  'temporal.db': 'temporal',
  'agent-control.last-good.json': 'last-good',
  'sample-tasks': 'sample-mark',
  'api-tokens.json': 'api-tokens',
};
/** Nobody misses them where there are none. */
const OFTEN_NONE: readonly FilePart[] = ['sample-mark', 'api-tokens'];
export const ENV_FILE = 'config/env';
export const CONTROL_FILE = 'config/agent-control.json';
export const RECIPES = 'config/recipes/';

/** What there is to back up, and what there is not. */
export async function findSources(place: BackupPlace): Promise<Sources> {
  const { config, envFile } = place.loaded;
  const sources: Sources = { databases: [], files: [], leftOut: [] };
  const add = (source: Source<FilePart>) => {
    if (existsSync(source.from)) sources.files.push(source);
    else if (!OFTEN_NONE.includes(source.part)) sources.leftOut.push({ part: source.part, why: 'none' });
  };
  await addDatabases(place, sources);
  add({ part: 'last-good', from: lastGoodPath(config.stateDir), path: 'state/agent-control.last-good.json' });
  add({ part: 'sample-mark', from: join(config.stateDir, 'sample-tasks'), path: 'state/sample-tasks' });
  add({
    part: 'api-tokens',
    from: join(config.stateDir, 'api-tokens.json'),
    path: 'state/api-tokens.json',
  });
  add({ part: 'env-file', from: envFile, path: ENV_FILE });
  add({ part: 'control-file', from: config.agentControlFile, path: CONTROL_FILE });
  await addRecipes(config, sources);
  return sources;
}

async function addDatabases(place: BackupPlace, { databases, leftOut }: Sources): Promise<void> {
  const { loaded, temporal } = place;
  const { config } = loaded;
  // While `start` runs, it knows best: it may have found a server running.
  const { supervisor, ...embedded } = await whenServersAreUp(place);
  const { uses } = supervisor ?? {};
  const servers = [
    {
      part: 'temporal',
      address: uses?.temporal.address ?? temporal.address,
      isOurs: uses ? uses.temporal.address === embedded.temporal?.address : !temporal.explicitlyConfigured,
    },
    {
      part: 'tinytask',
      address: uses?.tinytask ?? config.mcpEndpoint,
      isOurs: uses ? uses.tinytask === embedded.tinytask?.endpoint : !config.mcpEndpointExplicit,
    },
  ] as const;
  for (const { part, address, isOurs } of servers) {
    const from = databaseOf(part, config);
    // Without a database here, it is the server that was met where one is looked for.
    if (isOurs && existsSync(from)) databases.push({ part, from, path: `state/${part}.db` });
    else leftOut.push({ part, why: 'elsewhere', address });
  }
}

/** One that has died is started again within seconds, and must not be taken for somebody else's meanwhile. */
async function whenServersAreUp({ loaded, temporal }: BackupPlace): Promise<EmbeddedState> {
  const { config } = loaded;
  const untilMs = performance.now() + START_AGAIN_MS;
  for (;;) {
    const state = readEmbeddedState(config.stateDir);
    const mayBeDown = (part: DatabasePart) =>
      state.supervisor?.uses !== undefined &&
      state[part] === undefined &&
      existsSync(databaseOf(part, config));
    const isDown =
      (!temporal.explicitlyConfigured && mayBeDown('temporal')) ||
      (!config.mcpEndpointExplicit && mayBeDown('tinytask'));
    if (!isDown || performance.now() > untilMs) return state;
    await sleep(LOOK_EVERY_MS);
  }
}

function databaseOf(part: DatabasePart, { stateDir }: Pick<Config, 'stateDir'>): string {
  return join(stateDir, `${part}.db`);
}

/** With those in folders of folders: a recipe may name others by their path. */
async function addRecipes({ recipesDir }: Config, { files, leftOut }: Sources): Promise<void> {
  if (!existsSync(recipesDir)) {
    leftOut.push({ part: 'recipes', why: 'none' });
    return;
  }
  const found: Source<FilePart>[] = [];
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
