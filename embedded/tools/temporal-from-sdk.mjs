// @ts-check
import { mkdir, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isExecutable } from '../../os/executable.mjs';
import { runCommand } from '../../os/run-command.mjs';

/** @import { WayOptions } from './fetch-temporal.mjs' */

const NO_BYTES_FOR_MS = 10_000;

/**
 * The binary that Temporal's SDK downloads. Returns where it is, below `workDir`. Throws when nothing has arrived for
 * 10 s. The SDK only downloads the server in order to start it; in a process of its own, because in a closed network
 * its request can hang where nothing else can end it.
 * @param {string} workDir
 * @param {WayOptions} options
 * @returns {Promise<string>}
 */
export async function temporalFromSdk(workDir, { version, env, signal, onProgress }) {
  const downloadDir = join(workDir, 'sdk');
  await mkdir(downloadDir);
  const sdk = createRequire(import.meta.url).resolve('@temporalio/worker');
  onProgress(`Downloading the Temporal CLI ${version}, once …`);
  let bytes = -1;
  let grewAt = performance.now();
  let looking = false;
  const look = async () => {
    looking = true;
    const now = await sizeOf(downloadDir);
    if (now !== bytes) grewAt = performance.now();
    bytes = now;
    looking = false;
  };
  await runCommand(process.execPath, ['--input-type=commonjs', '-e', SDK_DOWNLOAD], {
    env: { ...env, SDK_WORKER: sdk, SDK_DOWNLOAD_DIR: downloadDir, SDK_DOWNLOAD_VERSION: `v${version}` },
    timeoutMs: 600_000,
    signal,
    giveUp: () => {
      if (!looking) void look();
      return performance.now() - grewAt > NO_BYTES_FOR_MS ? 'nothing arrived for 10 s' : undefined;
    },
    onTick: (elapsedSec) =>
      onProgress(`Downloading the Temporal CLI … ${elapsedSec} s, ${Math.round(bytes / 1e6)} MB`),
  });
  const [file] = (await readdir(downloadDir)).map((name) => join(downloadDir, name)).filter(isExecutable);
  if (file === undefined) throw new Error('it left no executable behind');
  return file;
}

const SDK_DOWNLOAD = `
const { Runtime } = require(process.env.SDK_WORKER);
const { version } = require(require('node:path').join(process.env.SDK_WORKER, '../../package.json'));
(async () => {
  const runtime = Runtime.instance();
  const server = await runtime.createEphemeralServer({
    type: 'dev-server',
    exe: { type: 'cached-download', downloadDir: process.env.SDK_DOWNLOAD_DIR,
      version: process.env.SDK_DOWNLOAD_VERSION,
      ttl: 86400000, sdkName: 'sdk-typescript', sdkVersion: version },
    namespace: 'default', ip: '127.0.0.1', port: null, ui: false, uiPort: null, dbFilename: null,
    log: { format: 'pretty', level: 'warn' }, extraArgs: [],
  });
  await runtime.shutdownEphemeralServer(server);
  process.exit(0);
})().catch((error) => { console.error(error.message); process.exit(1); });
`;

/** @param {string} directory */
async function sizeOf(directory) {
  const names = await readdir(directory).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(directory, name))
        .then(({ size }) => size)
        .catch(() => 0),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
