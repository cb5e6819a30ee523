import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './sources.mjs';

/** Of the agents that `start` has where there are no others; then it brings a scripted model, too. */
const QUEUE = 'dev';
const UP_MS = 300_000;
const STOP_MS = 30_000;
/** A scheduler that serves the API itself has begun to by then. */
const SERVES_MS = 5_000;
/** A scheduler in a temporary folder, on free ports, with the sample agents and a scripted model. */
export function ownScheduler() {
  const folder = mkdtempSync(join(tmpdir(), 'tinyscheduler-smoke-'));
  const children = [];
  return {
    async start() {
      const port = await freePort();
      const env = environment(folder, port);
      const url = `http://127.0.0.1:${port}`;
      const begin = (args) => {
        const child = begun(args, { folder, env });
        children.push(child);
        return child;
      };
      const starting = begin(['start', '--free-ports']);
      console.error(`smoke: a scheduler of its own comes up in ${folder}`);
      await Promise.race([isServed(url, UP_MS, () => /stops everything/.test(starting.said)), starting.gone]);
      if (!(await isServed(url, SERVES_MS))) {
        const serving = begin(['serve', '--api-port', String(port)]);
        await Promise.race([isServed(url, UP_MS), serving.gone]);
      }
      return { url, queue: QUEUE };
    },
    async stop() {
      for (const { child, ended } of children.splice(0).reverse()) {
        child.kill('SIGINT');
        const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
        await ended;
        clearTimeout(late);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `gone`: fails when it ends by itself, with what it said. */
function begun(args, { folder, env }) {
  const child = spawn(join(root, 'tinyscheduler'), [...args, '--base-path', folder], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const one = { child, ended, said: '' };
  const read = (chunk) => {
    one.said = `${one.said}${chunk}`.slice(-20_000);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  one.gone = ended.then(() => {
    throw new Error(`\`tinyscheduler ${args.join(' ')}\` ended:\n${one.said.slice(-2_000)}`);
  });
  one.gone.catch(() => undefined);
  return one;
}

/** Whether it answers within so long, or until there is another reason to go on. */
async function isServed(url, withinMs, isEnough = () => false) {
  const untilMs = performance.now() + withinMs;
  while (performance.now() < untilMs && !isEnough()) {
    const answer = await fetch(`${url}/livez`).catch(() => undefined);
    await answer?.text();
    if (answer?.ok) return true;
    await sleep(250);
  }
  return false;
}

async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Nothing of anybody's TinyScheduler, Temporal and goose. */
function environment(folder, port) {
  const others = Object.entries(process.env).filter(
    ([name]) => !/^(TINYSCHEDULER_|TEMPORAL_|GOOSE_)/.test(name),
  );
  return {
    ...Object.fromEntries(others),
    GOOSE_PATH_ROOT: join(folder, 'goose'),
    TINYSCHEDULER_API_PORT: String(port),
    TINYSCHEDULER_METRICS_PORT: '0',
  };
}
