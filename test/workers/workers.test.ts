import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, connect as dial, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoadedConfig } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { compiledFile } from '../../config/own-process.ts';
import { temporalSettings } from '../../config/temporal.ts';
import { type DevServer, startDevServer } from '../../embedded/servers/dev-server.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { startWorkers, type WorkersOptions } from '../../workers/workers.ts';
import { buildOnce } from '../support/build.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';
import { temporalCliForTests } from '../support/tools.ts';

let dir: string;
let temporal: DevServer;
/** In front of the Temporal server, since it can be asked how many connections are open. */
let proxy: Server;
let address: string;
let options: WorkersOptions;

beforeAll(async () => {
  quietRuntime();
  dir = await mkdtemp(join(tmpdir(), 'tinyscheduler-workers-'));
  const cli = await temporalCliForTests();
  temporal = await startDevServer({ cli, stateDir: dir, logDir: dir, env: process.env, port: 0, uiPort: 0 });
  const [host, port] = temporal.address.split(':');
  proxy = createServer((near) => {
    const far = dial(Number(port), host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.pipe(to);
      from.on('error', () => {}).on('close', () => to.destroy());
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  // Nothing listens there: TinyTask is not asked for anything here.
  const env = { TEMPORAL_ADDRESS: address, TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:9' };
  const loaded = loadConfig({ env, cwd: dir });
  const guardianEntry = join(await buildOnce(), 'goose/guardian/guardian-main.js');
  options = {
    ...{ role: 'daemon', loaded, gooseBin: '/bin/true', guardianEntry },
    workflowBundle: compiledFile('workflows/bundle.js'),
    temporal: temporalSettings(loaded.environment),
  };
});

afterAll(async () => {
  proxy.close();
  await temporal.stop();
  await rm(dir, { recursive: true, force: true });
});

const openConnections = () => promisify<number>((told) => proxy.getConnections(told))();

const withConfig = (changes: Partial<LoadedConfig['config']>): Partial<WorkersOptions> => ({
  loaded: { ...options.loaded, config: { ...options.loaded.config, ...changes } },
});

test.each<[string, () => Partial<WorkersOptions>, RegExp]>([
  ['a worker', () => withConfig({ runsPerHost: 0 }), /must be at least 1/],
  ['a guardian', () => ({ guardianEntry: join(dir, 'nothing') }), /no guardian at/],
  ['the client of TinyTask', () => withConfig({ mcpEndpoint: 'nowhere' }), /not the address of a TinyTask/],
])('where %s cannot be had, no connection stays open', async (_what, changes, why) => {
  await expect(startWorkers({ ...options, ...changes() })).rejects.toThrow(why);
  await expect.poll(openConnections, { timeout: 60_000 }).toBe(0);
});

test('where one of the workers cannot be created, the others let go of their connection', async () => {
  const connection = await NativeConnection.connect({ address });
  const worker = (taskQueue: string, more: Partial<WorkerOptions> = {}): WorkerOptions => ({
    ...{ connection, taskQueue, activities: { nothing: async () => undefined } },
    ...more,
  });
  const creating = createWorkers([worker('one'), worker('two', { maxConcurrentActivityTaskExecutions: 0 })]);
  await expect(creating).rejects.toThrow();
  // Throws while a worker holds it.
  await connection.close();
});
