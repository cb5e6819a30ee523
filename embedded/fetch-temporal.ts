import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findOnPath, isExecutable } from './executable.ts';
import { runCommand } from './run-command.ts';
import type { FetchOptions } from './tool-cache.ts';

/** The newest that `go install` takes: later ones have a `replace` in their go.mod. */
const GO_MODULE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const NO_BYTES_FOR_MS = 20_000;

/** Puts a Temporal CLI at `target`: the SDK's download, else built by Go. Throws with what was tried. */
export async function fetchTemporalCli(target: string, { env, onProgress }: FetchOptions): Promise<void> {
  const tried: string[] = [];
  await mkdir(join(target, '..'), { recursive: true });
  const workDir = await mkdtemp(`${target}.tmp-`);
  try {
    for (const [what, produce] of [
      ["the SDK's download", downloadWithSdk],
      ['go install', buildWithGo],
    ] as const) {
      try {
        const made = await produce(workDir, { env, onProgress });
        await chmod(made, 0o755);
        await runCommand(made, ['--version'], { env, timeoutMs: 20_000 });
        await rename(made, target);
        return;
      } catch (error) {
        tried.push(`${what}: ${(error as Error).message}`);
      }
    }
    throw new Error(tried.join('; '));
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/**
 * The SDK only downloads the server in order to start it. In a process of its own, because in a closed network
 * its request can hang where nothing else can end it.
 */
async function downloadWithSdk(workDir: string, { env, onProgress }: FetchOptions): Promise<string> {
  const downloadDir = join(workDir, 'sdk');
  await mkdir(downloadDir);
  onProgress('Downloading the Temporal CLI …');
  let bytes = -1;
  let grewAt = performance.now();
  let looking = false;
  const look = async (): Promise<void> => {
    looking = true;
    const now = await sizeOf(downloadDir);
    if (now !== bytes) grewAt = performance.now();
    bytes = now;
    looking = false;
  };
  await runCommand(process.execPath, ['--input-type=commonjs', '-e', SDK_DOWNLOAD], {
    env: {
      ...env,
      SDK_WORKER: createRequire(import.meta.url).resolve('@temporalio/worker'),
      SDK_DOWNLOAD_DIR: downloadDir,
    },
    timeoutMs: 600_000,
    giveUp: () => {
      if (!looking) void look();
      return performance.now() - grewAt > NO_BYTES_FOR_MS ? 'nothing arrived for 20 s' : undefined;
    },
    onTick: (elapsedSec) =>
      onProgress(`Downloading the Temporal CLI … ${elapsedSec} s, ${Math.round(bytes / 1e6)} MB`),
  });
  const files = (await readdir(downloadDir)).map((name) => join(downloadDir, name)).filter(isExecutable);
  const [file] = files;
  if (file === undefined) throw new Error('the SDK left no executable behind');
  return file;
}

const SDK_DOWNLOAD = `
const { Runtime } = require(process.env.SDK_WORKER);
const { version } = require(require('node:path').join(process.env.SDK_WORKER, '../../package.json'));
(async () => {
  const runtime = Runtime.instance();
  const server = await runtime.createEphemeralServer({
    type: 'dev-server',
    exe: { type: 'cached-download', downloadDir: process.env.SDK_DOWNLOAD_DIR, version: 'default',
      ttl: 86400000, sdkName: 'sdk-typescript', sdkVersion: version },
    namespace: 'default', ip: '127.0.0.1', port: null, ui: false, uiPort: null, dbFilename: null,
    log: { format: 'pretty', level: 'warn' }, extraArgs: [],
  });
  await runtime.shutdownEphemeralServer(server);
  process.exit(0);
})().catch((error) => { console.error(error.message); process.exit(1); });
`;

async function buildWithGo(workDir: string, { env, onProgress }: FetchOptions): Promise<string> {
  const go = findOnPath('go', env.PATH);
  if (!go) throw new Error('there is no `go` on PATH');
  const binDir = join(workDir, 'bin');
  await mkdir(binDir);
  onProgress(`Building the Temporal CLI (go install ${GO_MODULE}); this takes about 3 minutes, once …`);
  await runCommand(go, ['install', '-ldflags=-s -w', GO_MODULE], {
    cwd: workDir,
    env: { ...env, GOBIN: binDir },
    timeoutMs: 1_800_000,
    onTick: (elapsedSec) => onProgress(`Building the Temporal CLI … ${elapsedSec} s`),
  });
  return join(binDir, 'temporal');
}

async function sizeOf(directory: string): Promise<number> {
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
