import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, defaultPayloadConverter } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { agentFiles, needsStarter } from '../../config/starter.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/attributes.ts';
import { markIfNew, seedSampleTasks } from '../../embedded/model/sample-tasks.ts';
import { type DevServer, startDevServer } from '../../embedded/servers/dev-server.ts';
import { ensureTemporal } from '../../embedded/servers/ensure-temporal.ts';
import { portOf } from '../../embedded/servers/ensure-tinytask.ts';
import type { Piece } from '../../embedded/servers/piece.ts';
import { tinytaskProblem } from '../../embedded/servers/reachable.ts';
import { keepUp } from '../../embedded/supervisor/keep-up.ts';
import { eventually } from '../support/eventually.ts';
import { client, embeddedTinyTask } from '../support/tinytask.ts';
import { temporalCliForTests } from '../support/tools.ts';

let dir: string;
let servers: DevServer[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bring-up-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

function configured(env: Record<string, string> = {}, basePath = dir) {
  return loadConfig({ env: { TINYSCHEDULER_BASE_PATH: basePath, ...env }, cwd: dir });
}

async function devServer(stateDir: string): Promise<DevServer> {
  const cli = await temporalCliForTests();
  const server = await startDevServer({
    cli,
    stateDir,
    logDir: stateDir,
    env: process.env,
    port: 0,
    uiPort: 0,
  });
  servers.push(server);
  return server;
}

describe('Temporal', () => {
  test('that is configured but does not answer: says what to do, instead of bringing up another', async () => {
    const loaded = configured({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    const failure = await ensureTemporal({ loaded, onProgress: () => undefined }).catch((error) => error);
    expect(failure.message).toMatch(
      /127\.0\.0\.1:1 .*does not answer.*remove them to have a server brought up/s,
    );
  });

  test('that is found running is used, and left running; not by a second TinyScheduler', async () => {
    const foreign = await devServer(join(dir, 'foreign'));
    const ports = { temporal: portOf(`http://${foreign.address}`), ui: 0 };
    const lines: string[] = [];
    const ask = async (basePath: string) => {
      const env = { TEMPORAL_CLI: await temporalCliForTests() };
      const found = await ensureTemporal({
        loaded: configured(env, basePath),
        onProgress: (line) => lines.push(line),
        ports,
      });
      if (found.ours) servers.push(found.ours);
      return found;
    };
    const mine = await ask(join(dir, 'mine'));
    expect(mine).toMatchObject({ ours: null, how: 'found running, so it is used' });

    const connection = await Connection.connect({ address: foreign.address });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    expect(Object.keys(customAttributes ?? {})).toEqual(
      expect.arrayContaining(SEARCH_ATTRIBUTES.map(({ name }) => name)),
    );
    const { basePath, stateDir, mcpEndpoint } = configured({}, join(dir, 'mine')).config;
    const serves = { host: hostname(), basePath, stateDir, tinytask: mcpEndpoint, mark: null };
    await connection.workflowService.startWorkflowExecution({
      namespace: 'default',
      workflowId: 'scheduler',
      workflowType: { name: 'scheduler' },
      taskQueue: { name: 'tinyscheduler' },
      requestId: 'one',
      memo: { fields: { serves: defaultPayloadConverter.toPayload(serves) } },
    });
    await connection.close();

    expect(await ask(join(dir, 'mine'))).toMatchObject({ ours: null });
    const other = await ask(join(dir, 'other'));
    expect(other.ours?.address).not.toBe(foreign.address);
    expect(other.metAnother).toBe(true);
    expect(lines.join('\n')).toContain('serves another TinyScheduler');
  });
});

describe('TinyTask', () => {
  test('is not just any server that says 200 to everything', async () => {
    const web = createServer((_, response) => response.end('<html>hello</html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => web.once('listening', resolve));
    try {
      const endpoint = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
      expect(await tinytaskProblem(endpoint)).toBeTruthy();
      expect(await tinytaskProblem((await embeddedTinyTask()).endpoint)).toBeUndefined();
    } finally {
      web.close();
    }
  });
});

describe('the sample tasks', () => {
  test('are created once, also when creating them was cut off half way', async () => {
    const { endpoint } = await embeddedTinyTask();
    const tinytask = client(endpoint);
    await markIfNew(dir, join(dir, 'tinytask.db'));
    let calls = 0;
    const dying = {
      list: tinytask.list.bind(tinytask),
      async create(task: Parameters<typeof tinytask.create>[0]) {
        const created = await tinytask.create(task);
        // The task is there, and whoever asked for it is not.
        if (++calls === 3) throw new Error('killed');
        return created;
      },
    };
    await expect(seedSampleTasks(dir, dying)).rejects.toThrow('killed');
    expect(await seedSampleTasks(dir, tinytask)).toBe(3);
    expect(await seedSampleTasks(dir, tinytask)).toBe(0);
    const tasks = await tinytask.list({});
    expect(new Set(tasks.map(({ title }) => title)).size).toBe(6);
    expect(tasks).toHaveLength(6);
    const blockers = tasks.map(({ id, blockedByTaskId }) => [id, blockedByTaskId]);
    expect(blockers).toEqual(
      expect.arrayContaining([
        [2, 1],
        [3, 2],
      ]),
    );
  });

  test('are for a new database only', async () => {
    const tinytask = client((await embeddedTinyTask()).endpoint);
    writeFileSync(join(dir, 'tinytask.db'), '');
    await markIfNew(dir, join(dir, 'tinytask.db'));
    expect(await seedSampleTasks(dir, tinytask)).toBe(0);
    expect(await tinytask.list({})).toEqual([]);
  });
});

test('the sample agents are for those who have said nothing about agents', () => {
  expect(needsStarter(configured())).toBe(true);
  expect(needsStarter(configured({ TINYSCHEDULER_AGENT_LIMITS: 'a:1' }))).toBe(false);
  expect(needsStarter(configured({ TINYSCHEDULER_RECIPES_DIR: 'mine' }))).toBe(false);
  expect(needsStarter(configured({ TINYSCHEDULER_AGENT_CONTROL_FILE: 'mine.json' }))).toBe(false);
  const { config } = configured();
  const started = { ...config, starter: true };
  expect(agentFiles(config)).toMatchObject({ recipesDir: config.recipesDir, starter: false });
  expect(agentFiles(started).agentControlFile).toMatch(/examples\/starter\/agent-control\.json$/);
  mkdirSync(join(dir, 'docs/technical'), { recursive: true });
  writeFileSync(join(dir, 'docs/technical/agent-control.json'), '[]');
  expect(needsStarter(configured())).toBe(false);
  // A file that is made while the starter runs counts at once.
  expect(agentFiles(started)).toMatchObject({ recipesDir: config.recipesDir, starter: false });
});

test('a piece that keeps dying is started again later and later, until it is released', async () => {
  const starts: number[] = [];
  const lines: string[] = [];
  const dead = (): Piece => ({
    pid: 1,
    startTime: '',
    ended: Promise.resolve('exit 1'),
    stop: async () => undefined,
    kill: () => undefined,
  });
  const release = keepUp({
    name: 'It',
    first: dead(),
    again: async () => {
      starts.push(performance.now());
      if (starts.length === 2) throw new Error('no port');
      return dead();
    },
    say: (line) => lines.push(line),
  });
  await eventually('three starts', async () => starts.length === 3);
  release();
  const [first = 0, second = 0, third = 0] = starts;
  expect(second - first).toBeGreaterThan(900);
  expect(third - second).toBeGreaterThan(1_900);
  expect(lines[0]).toBe('It has ended (exit 1); it is started again in 0.5 s.');
  expect(lines.join('\n')).toContain('It could not be started (no port); next try in 2 s.');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(starts).toHaveLength(3);
});
