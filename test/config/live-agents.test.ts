import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { liveAgents } from '../../config/live-agents.ts';
import { loadConfig } from '../../config/load.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'live-agents-'));
  await writeFile(join(dir, 'agents.json'), '[{"agentName": "ada", "agentType": "dev"}]');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

let edits = 0;
/** As an editor leaves it, some time ago. */
async function env(...lines: string[]): Promise<void> {
  const path = join(dir, '.env');
  await writeFile(path, ['TINYSCHEDULER_AGENT_CONTROL_FILE=agents.json', ...lines].join('\n'));
  edits += 1;
  const then = Date.now() / 1_000 - 1_000 + edits;
  await utimes(path, then, then);
}

const limit = (text: string) => `TINYSCHEDULER_AGENT_LIMITS='${text}'`;
const load = (variables: Record<string, string> = {}) => liveAgents(loadConfig({ env: variables, cwd: dir }));
const limits = async (read: ReturnType<typeof load>) =>
  Object.fromEntries((await read()).agents.map(({ name, limit }) => [name, limit]));

test('limits of the env file count at the next look, new agents too', async () => {
  await env(limit('{"ada": 2}'));
  const read = load();
  expect(await limits(read)).toEqual({ ada: 2 });
  await env(limit('{"ada": 5, "eve": 1}'));
  expect(await limits(read)).toEqual({ ada: 5, eve: 1 });
  await env();
  expect(await limits(read)).toEqual({ ada: 1 });
});

test('other settings are named, once, and do not count', async () => {
  await env(limit('{"ada": 2}'));
  const read = load();
  expect((await read()).warnings).toEqual([]);
  await env(limit('{"ada": 3}'), 'TINYSCHEDULER_RUNS_PER_HOST=7');
  expect(await limits(read)).toEqual({ ada: 3 });
  expect((await read()).warnings).toEqual([
    'The env file has changed; these count only after a restart of the daemon: TINYSCHEDULER_RUNS_PER_HOST.',
  ]);
  await env(limit('{"ada": 3}'));
  expect((await read()).warnings).toEqual([]);
});

test('settings with which nothing was made at the start count at the next look too, and are told once', async () => {
  await env('TINYSCHEDULER_MAX_ATTEMPTS=2', 'TINYSCHEDULER_STATE_DIR=here');
  const loaded = loadConfig({ env: { TINYSCHEDULER_STALL_SEC: '7' }, cwd: dir });
  const { config } = loaded;
  const told: string[][] = [];
  const read = liveAgents(loaded, (variables) => told.push(variables));
  const { settings } = await read();
  expect(told).toEqual([]);

  await env(
    'TINYSCHEDULER_MAX_ATTEMPTS=5',
    'TINYSCHEDULER_DISABLE_BLOCKING=true',
    'TINYSCHEDULER_STALL_SEC=9',
  );
  const now = await read();
  await read();
  expect(told).toEqual([['TINYSCHEDULER_MAX_ATTEMPTS', 'TINYSCHEDULER_DISABLE_BLOCKING']]);
  expect(config).toMatchObject({ maxAttempts: 5, disableBlocking: true, stallMs: 7_000 });
  // So that whoever waits for a change of the agents looks again.
  expect(now.settings).not.toEqual(settings);
  expect(now.warnings.join()).toMatch(/only after a restart .*: TINYSCHEDULER_STATE_DIR\.$/);

  await env('TINYSCHEDULER_MAX_ATTEMPTS=4', 'TINYSCHEDULER_BACKOFF_SEC=900');
  expect((await read()).warnings.join()).toMatch(/^The env file cannot be used.*TINYSCHEDULER_BACKOFF_SEC/);
  expect(config).toMatchObject({ maxAttempts: 5, disableBlocking: true, backoffMs: 10_000 });
});

test('a file that is made later is read, too', async () => {
  const loaded = loadConfig({ env: { TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json' }, cwd: dir });
  const read = liveAgents(loaded);
  expect((await read()).warnings).toEqual([]);
  await env(limit('{"ada": 4}'), 'TINYSCHEDULER_RUNS_PER_HOST=7');
  expect(await limits(read)).toEqual({ ada: 4 });
  expect((await read()).warnings.join()).toMatch(/only after a restart .*: TINYSCHEDULER_RUNS_PER_HOST\.$/);
});

test('what cannot be used leaves the last limits in force, and is told', async () => {
  await env(limit('{"ada": 2}'));
  const read = load();
  await read();
  await env(limit('{"ada": "many"}'));
  expect(await limits(read)).toEqual({ ada: 2 });
  expect((await read()).warnings.join()).toMatch(/^The env file cannot be used.*TINYSCHEDULER_AGENT_LIMITS/);
  await rm(join(dir, '.env'));
  expect(await limits(read)).toEqual({ ada: 2 });
  expect((await read()).warnings.join()).toMatch(/is gone/);
  await env(limit('{"ada": 4}'));
  expect(await limits(read)).toEqual({ ada: 4 });
});

test('one that was written this moment is waited for', async () => {
  await env(limit('{"ada": 2}'));
  const read = load();
  await read();
  await env();
  const { mtimeMs } = await stat(join(dir, '.env'));
  vi.useFakeTimers({ toFake: ['Date'], now: mtimeMs + 100 });
  expect(await limits(read)).toEqual({ ada: 2 });
  vi.setSystemTime(mtimeMs + 301);
  expect(await limits(read)).toEqual({ ada: 1 });
  vi.useRealTimers();
});

test('the environment counts more than the file', async () => {
  await env(limit('{"ada": 2}'));
  const read = load({ TINYSCHEDULER_AGENT_LIMITS: '{"ada": 9}' });
  expect(await limits(read)).toEqual({ ada: 9 });
  await env(limit('{"ada": 3}'));
  expect(await limits(read)).toEqual({ ada: 9 });
});

test('files that nobody has touched for a while are not read again, and an edit counts at once', async () => {
  await env();
  const read = load();
  expect(await read()).not.toBe(await read());
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
  const atRest = await read();
  expect(await read()).toBe(atRest);
  await writeFile(join(dir, 'agents.json'), '[{"agentName": "bob", "agentType": "dev"}]');
  expect(await limits(read)).toEqual({ bob: 1 });
  await env(limit('{"bob": 3}'));
  expect(await limits(read)).toEqual({ bob: 3 });
  vi.useRealTimers();
});

test('what could not be used is read again each time: a read that failed may go well the next time', async () => {
  await env();
  const read = load();
  await read();
  await writeFile(join(dir, 'agents.json'), '[{"agentName": ');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
  onTestFinished(() => void vi.useRealTimers());
  const first = await read();
  expect(first.warnings.join()).toMatch(/cannot be used.* The last good one/);
  expect(await read()).not.toBe(first);
});
