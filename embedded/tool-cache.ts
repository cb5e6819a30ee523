import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError } from '../config/config.ts';
import { findOnPath, isExecutable } from './executable.ts';
import { canFetchGoose, fetchGoose } from './fetch-goose.ts';
import { fetchTemporalCli } from './fetch-temporal.ts';
import { oneAtATime } from './one-at-a-time.ts';

export interface FetchOptions {
  env: Record<string, string | undefined>;
  onProgress: (line: string) => void;
}

export interface FindOptions {
  env: Record<string, string | undefined>;
  /** Where fetched tools are; see cacheDirOf. */
  cacheDir?: string;
  /** What takes long, as lines for people. */
  onProgress?: (line: string) => void;
}

/** A tool and where it was found. */
export interface Tool {
  path: string;
  from: 'named' | 'PATH' | 'cache' | 'fetched';
}

/** A tool is nowhere and could not be fetched; the message says what to install. Nothing works before that. */
export class ToolNotFoundError extends ConfigError {
  override readonly name = 'ToolNotFoundError';

  constructor(message: string) {
    super([message]);
  }
}

/** `TINYSCHEDULER_CACHE_DIR`, else `tinyscheduler/tools` in the user's cache directory. */
export function cacheDirOf(env: Record<string, string | undefined>): string {
  if (env.TINYSCHEDULER_CACHE_DIR) return resolve(env.TINYSCHEDULER_CACHE_DIR);
  const home = env.HOME || homedir();
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'tinyscheduler', 'tools');
}

/** The Temporal CLI: `TEMPORAL_CLI`, PATH, the cache, the SDK's download, `go install`. Throws ToolNotFoundError. */
export async function findTemporalCli(options: FindOptions): Promise<Tool> {
  const found = locateTemporalCli(options);
  if (found) return found;
  return await fetched(cachedTemporal(options), options, fetchTemporalCli, [
    'There is no Temporal CLI, and it could not be fetched',
    'Install it (https://docs.temporal.io/cli) so that `temporal` is on PATH, or name it with TEMPORAL_CLI; ' +
      'or point TEMPORAL_ADDRESS at a Temporal server.',
  ]);
}

/** As findTemporalCli, without fetching. Throws ToolNotFoundError if the named one cannot be run. */
export function locateTemporalCli(options: FindOptions): Tool | undefined {
  return locate('temporal', 'TEMPORAL_CLI', options.env.TEMPORAL_CLI, cachedTemporal(options), options.env);
}

export interface FindGooseOptions extends FindOptions {
  /** `config.gooseBin`: an absolute path, or a name to look for on PATH. */
  gooseBin?: string | undefined;
}

/** goose: the named one, PATH, the cache, and on Linux x64 its npm package. Throws ToolNotFoundError. */
export async function findGoose(options: FindGooseOptions): Promise<Tool> {
  const found = locateGoose(options);
  if (found) return found;
  const advice = [
    'There is no goose',
    'Install goose (https://block.github.io/goose) so that it is on PATH, or name it with TINYSCHEDULER_GOOSE_BIN.',
  ] as const;
  if (!canFetchGoose()) throw new ToolNotFoundError(`${advice[0]}. ${advice[1]}`);
  return await fetched(cachedGoose(options), options, fetchGoose, [
    `${advice[0]}, and it could not be fetched`,
    advice[1],
  ]);
}

/** As findGoose, without fetching. Throws ToolNotFoundError if the named one cannot be run. */
export function locateGoose(options: FindGooseOptions): Tool | undefined {
  const named = options.gooseBin ?? options.env.TINYSCHEDULER_GOOSE_BIN;
  return locate('goose', 'TINYSCHEDULER_GOOSE_BIN', named, cachedGoose(options), options.env);
}

function cachedTemporal({ env, cacheDir }: FindOptions): string {
  return join(cacheDir ?? cacheDirOf(env), 'temporal-1.5.1');
}

function cachedGoose({ env, cacheDir }: FindOptions): string {
  return join(cacheDir ?? cacheDirOf(env), 'goose-1.52.0');
}

function locate(
  tool: string,
  variable: string,
  named: string | undefined,
  cached: string,
  env: Record<string, string | undefined>,
): Tool | undefined {
  if (named) {
    const path = named.includes('/') ? resolve(named) : findOnPath(named, env.PATH);
    if (path && isExecutable(path)) return { path, from: 'named' };
    throw new ToolNotFoundError(
      `${variable} is ${JSON.stringify(named)}, which is not a program that can be run; correct it, or remove it to have ${tool} looked for.`,
    );
  }
  const onPath = findOnPath(tool, env.PATH);
  if (onPath) return { path: onPath, from: 'PATH' };
  return isExecutable(cached) ? { path: cached, from: 'cache' } : undefined;
}

async function fetched(
  target: string,
  { env, onProgress = () => undefined }: FindOptions,
  fetch: (target: string, options: FetchOptions) => Promise<void>,
  [missing, advice]: readonly [string, string],
): Promise<Tool> {
  try {
    return await oneAtATime(
      `${target}.lock`,
      async () => {
        if (isExecutable(target)) return { path: target, from: 'cache' };
        await fetch(target, { env, onProgress });
        return { path: target, from: 'fetched' };
      },
      (pid) => onProgress(`Waiting for process ${pid}, which is fetching the same …`),
    );
  } catch (error) {
    throw new ToolNotFoundError(`${missing} (${(error as Error).message}). ${advice}`);
  }
}
