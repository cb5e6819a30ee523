import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { LoadedConfig } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { RESTORED_FROM, restoredFromText } from '../../config/restored-from.ts';
import type {
  BackedUpFile,
  BackupManifest,
  BackupProblem,
  PlacedFile,
  Restored,
} from '../../contract/backup.ts';
import { SchedulerError } from '../../contract/errors.ts';
import { type Content, contentOf, copyFileWhole, sync } from '../../os/copied-file.ts';
import { writeWholeFile } from '../../os/whole-file.ts';
import { inWorkDir } from '../../os/work-dir.mjs';
import { schedulerError } from '../../words/errors.ts';
import { databaseProblems } from './check.ts';
import { readManifest } from './manifest.ts';
import { refuseWhileRunning } from './running.ts';
import { CONTROL_FILE, ENV_FILE, RECIPES } from './sources.ts';

/**
 * Restores a backup into a base path that has no state yet. Files of the configuration that are there already stay. The state
 * directory is there when it is whole, and last: a restore that was killed is done again.
 *
 * @param path the backup's folder
 * @param target where to; its env file counts, and where it has none that of the backup does
 * @throws `backup-unusable` @throws `restore-place-taken` @throws `something-runs` @throws `restore-failed`
 */
export async function restoreBackup(path: string, target: LoadedConfig): Promise<Restored> {
  const dir = resolve(path);
  const read = await readManifest(dir);
  if ('problem' in read) throw schedulerError({ code: 'backup-unusable', dir, problems: [read.problem] });
  const { manifest } = read;
  const places = placesOf(dir, manifest, target);
  const { basePath, stateDir } = places.config;
  try {
    await refuseState(stateDir);
    await refuseWhileRunning(manifest.origin, stateDir);
    const placed: PlacedFile[] = [];
    await inWorkDir(stateDir, async (work) => {
      const state = join(work, 'state');
      await mkdir(state, { mode: 0o700 });
      for (const file of manifest.files.filter(isState)) await restoreState(dir, file, state);
      await writeWholeFile(join(state, RESTORED_FROM), restoredFromText(manifest.origin));
      // Each file of it is compared with the manifest before the first one is placed.
      for (const file of manifest.files.filter((each) => !isState(each)))
        refuseOthers(dir, file, await contentOf(join(dir, file.path)));
      for (const file of manifest.files) {
        const to = placeOf(file, places);
        if (to !== undefined) placed.push(await place(join(dir, file.path), file, to));
      }
      await sync(state);
      await rename(state, stateDir);
      await sync(dirname(stateDir));
    });
    return { manifest, basePath, stateDir, placed, leadsTo: leadsTo(places, target) };
  } catch (error) {
    if (error instanceof SchedulerError) throw error;
    const { message } = error as Error;
    throw schedulerError({ code: 'restore-failed', stateDir, text: message }, { cause: error });
  }
}

/** Where things go: as the env file of the backup says, for a base path that has none of its own. */
function placesOf(dir: string, { files }: BackupManifest, target: LoadedConfig): Places {
  const { config, hasEnvFile, environment } = target;
  const { basePath } = config;
  const own = hasEnvFile ? target.envFile : join(basePath, '.env');
  if (hasEnvFile || !files.some(({ path }) => path === ENV_FILE)) return { config, envFile: own };
  const inBackup = { env: environment, cwd: basePath, envFile: join(dir, ENV_FILE) };
  return { config: loadConfig({ ...inBackup, flags: { basePath } }).config, envFile: own };
}

interface Places {
  config: LoadedConfig['config'];
  /** Where the env file is, or will be. */
  envFile: string;
}

const isState = ({ path }: BackedUpFile) => path.startsWith('state/');

function placeOf({ path }: BackedUpFile, { config, envFile }: Places): string | undefined {
  if (path === ENV_FILE) return envFile;
  if (path === CONTROL_FILE) return config.agentControlFile;
  return path.startsWith(RECIPES) ? join(config.recipesDir, path.slice(RECIPES.length)) : undefined;
}

async function refuseState(stateDir: string): Promise<void> {
  const entries = await readdir(stateDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries.length === 0) return;
  throw schedulerError({ code: 'restore-place-taken', stateDir, entries: entries.sort().slice(0, 5) });
}

async function restoreState(dir: string, file: BackedUpFile, state: string): Promise<void> {
  const to = join(state, basename(file.path));
  const content = await copyFileWhole(join(dir, file.path), to);
  refuseOthers(dir, file, content);
  const problems = file.schema === null ? [] : databaseProblems(to, file.path);
  if (problems.length > 0) throw schedulerError({ code: 'backup-unusable', dir, problems });
}

function refuseOthers(dir: string, file: BackedUpFile, { bytes, sha256 }: Content): void {
  if (bytes === file.bytes && sha256 === file.sha256) return;
  const problems: BackupProblem[] = [{ what: 'file-changed', path: file.path }];
  throw schedulerError({ code: 'backup-unusable', dir, problems });
}

/** A file that is there stays as it is. */
async function place(from: string, file: BackedUpFile, to: string): Promise<PlacedFile> {
  const { part } = file;
  if (await isThere(to)) {
    const there = await contentOf(to, { followLinks: true }).catch(() => undefined);
    return { part, path: to, did: there?.sha256 === file.sha256 ? 'same' : 'kept' };
  }
  await mkdir(dirname(to), { recursive: true });
  // One name, so that what a killed restore has left is taken by the next.
  const temporary = `${to}.restoring`;
  await rm(temporary, { force: true });
  await copyFileWhole(from, temporary);
  await rename(temporary, to);
  return { part, path: to, did: 'placed' };
}

/** A link that leads nowhere is there, too. */
function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Where a start in the base path would look for its state, if not in this directory: an env file may name another one. */
function leadsTo({ config, envFile }: Places, target: LoadedConfig): string | null {
  if (target.hasEnvFile || !existsSync(envFile)) return null;
  const { basePath, stateDir } = config;
  const { config: next } = loadConfig({ env: target.environment, cwd: basePath, envFile });
  return next.stateDir === stateDir ? null : next.stateDir;
}
