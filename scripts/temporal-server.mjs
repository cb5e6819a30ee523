// The Temporal server and its schema tool, as a cluster has them: on PATH, in the cache of tools, or built by Go from its module proxy.
import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirOf, findTemporalCli } from '../embedded/tools/tool-cache.mjs';
import { isExecutable, programPath } from '../os/executable.mjs';
import { oneAtATime } from '../os/one-at-a-time.mjs';

const call = promisify(execFile);
/** Some 1,500 packages, on whatever processors there are. */
const BUILD_MS = 3_600_000;
const TELL_MS = 60_000;
/** By its name on PATH: where it is in the server's module, and what Go calls it. */
const COMMANDS = {
  'temporal-server': { folder: 'cmd/server', built: 'server' },
  'temporal-sql-tool': { folder: 'cmd/tools/sql', built: 'sql' },
};
const GO_PLACES = '/usr/local/go/bin:/usr/lib/go/bin';

/**
 * The paths of both, and of the Temporal CLI; undefined where they cannot be had, and `say` has been told why in one line.
 *
 * @param {(line: string) => void} say
 */
export async function findTemporalServer(say) {
  const env = process.env;
  const temporalCli = (await findTemporalCli({ env, onProgress: say })).path;
  const onPath = Object.keys(COMMANDS).map((name) => programPath(name, env.PATH));
  if (onPath.every((path) => path !== undefined)) return named(onPath, temporalCli);
  try {
    const version = await serverVersion(temporalCli);
    const dir = join(cacheDirOf(env), `temporal-server-${version}`);
    const cached = Object.keys(COMMANDS).map((name) => join(dir, name));
    await oneAtATime(
      `${dir}.lock`,
      async () => {
        if (!cached.every(isExecutable)) await build(version, dir, say);
      },
      (pid) => say(`waiting for process ${pid}, which builds the same …`),
    );
    return named(cached, temporalCli);
  } catch (error) {
    say(`the Temporal server cannot be had here: ${firstLine(error)}`);
    return undefined;
  }
}

function named([server, sqlTool], temporalCli) {
  return { server, sqlTool, temporalCli };
}

/** `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`: the release of the server that is embedded in it. */
async function serverVersion(temporalCli) {
  const { stdout } = await call(temporalCli, ['--version']);
  const version = /\(Server ([\d.]+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${temporalCli} does not say which server it has: ${stdout}`);
  return version;
}

async function build(version, dir, say) {
  const go = programPath('go', `${process.env.PATH}:${GO_PLACES}`);
  if (go === undefined) throw new Error('there is neither temporal-server on PATH nor Go to build it');
  say(`temporal-server ${version} is built by Go, once; that takes minutes …`);
  const fresh = `${dir}.fresh`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const startedAt = performance.now();
  const minutes = () => Math.round((performance.now() - startedAt) / 60_000);
  const telling = setInterval(() => say(`… ${minutes()} min`), TELL_MS);
  try {
    const packages = Object.values(COMMANDS).map(
      ({ folder }) => `go.temporal.io/server/${folder}@v${version}`,
    );
    await call(go, ['install', '-trimpath', '-ldflags=-s -w', ...packages], {
      env: { ...process.env, GOBIN: fresh, CGO_ENABLED: '0', GOFLAGS: '' },
      // No module of somebody else around it.
      cwd: fresh,
      timeout: BUILD_MS,
      maxBuffer: 100_000_000,
    });
    for (const [name, { built }] of Object.entries(COMMANDS))
      await rename(join(fresh, built), join(fresh, name));
    await rm(dir, { recursive: true, force: true });
    await rename(fresh, dir);
    say(`temporal-server ${version} is there (${minutes()} min)`);
  } finally {
    clearInterval(telling);
    await rm(fresh, { recursive: true, force: true });
  }
}

function firstLine({ stderr, message }) {
  const lines = `${stderr || message}`.trim().split('\n');
  return lines.find((line) => !line.startsWith('go: downloading')) ?? lines[0];
}
