import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { type Metrics, startMetrics } from '../../metrics/metrics.ts';
import { tryPort } from '../../os/free-port.ts';
import { eventually } from '../support/eventually.ts';

const AGAIN_MS = 50;

let dir: string;
let urls: string[];
let problems: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'metrics-'));
  [urls, problems] = [[], []];
});
afterEach(() => rmSync(dir, { recursive: true }));

async function start(env: Record<string, string>, role: 'daemon' | 'worker' = 'worker'): Promise<Metrics> {
  const loaded = loadConfig({ env: { TINYSCHEDULER_BASE_PATH: dir, ...env }, cwd: dir });
  const metrics = await startMetrics({
    ...{ loaded, role, onServed: (url: string) => void urls.push(url) },
    onProblem: (problem) => void problems.push(problem),
    againMs: AGAIN_MS,
  });
  onTestFinished(() => metrics.close());
  return metrics;
}

async function taken(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as { port: number }).port };
}

const servedAt = () => eventually('it is served', () => urls[0]);
const places = () => {
  try {
    return readdirSync(join(dir, 'state/metrics'));
  } catch {
    return [];
  }
};

test('it is served as soon as it is started, and nothing is left of it', async () => {
  const port = await tryPort(0);
  const metrics = await start({ TINYSCHEDULER_METRICS_PORT: String(port) });
  const url = await servedAt();
  expect(url).toBe(`http://127.0.0.1:${port}/metrics`);
  expect((await fetch(url)).status).toBe(200);
  await eventually('where it is is written', () => places().length === 1);
  await metrics.close();
  await expect(fetch(url)).rejects.toThrow();
  expect([places(), problems]).toEqual([[], []]);
});

test('0 is off: nothing listens, and nothing is counted', async () => {
  const metrics = await start({ TINYSCHEDULER_METRICS_PORT: '0' });
  metrics.hear({ what: 'stopped' });
  expect([metrics.sdk, urls, places()]).toEqual([undefined, [], []]);
});

test('a port that was set is waited for, and that is said once', async () => {
  const { server, port } = await taken();
  await start({ TINYSCHEDULER_METRICS_PORT: String(port) });
  await eventually('it is said', () => problems.length > 0);
  expect(problems).toEqual([expect.stringContaining(`127.0.0.1 port ${port} is taken`)]);
  // It is tried again some times.
  await sleep(AGAIN_MS * 5);
  server.close();
  expect(await servedAt()).toBe(`http://127.0.0.1:${port}/metrics`);
  expect(problems).toHaveLength(1);
});

test('two that nobody has set a port for are served both', async () => {
  // Whatever runs on the usual port, one of them at least has another one.
  await start({});
  await servedAt();
  await start({}, 'daemon');
  await eventually('both are served', () => urls.length === 2);
  expect(new Set(urls).size).toBe(2);
  expect(problems.at(-1)).toMatch(/^Port 9596 is taken; the metrics use \d+\.$/);
});

test('an address that is none of this host is told, and nothing else happens', async () => {
  await start({ TINYSCHEDULER_METRICS_PORT: '4711', TINYSCHEDULER_METRICS_HOST: '192.0.2.1' });
  await eventually('it is said', () => problems.length > 0);
  expect(problems).toEqual([
    expect.stringMatching(/192\.0\.2\.1 port 4711 cannot be listened on \(EADDRNOTAVAIL\)/),
  ]);
});

test('an event that cannot be counted harms nobody', async () => {
  const metrics = await start({ TINYSCHEDULER_METRICS_PORT: String(await tryPort(0)) });
  const url = await servedAt();
  for (const event of [null, { what: 'pass-ended' }, { what: 'settled' }, { what: 'claimed' }])
    expect(() => metrics.hear(event as never)).not.toThrow();
  const answer = await fetch(url);
  expect([answer.status, await answer.text()]).toEqual([
    200,
    expect.stringContaining('tinyscheduler_build_info'),
  ]);
});

test('a daemon that waits for the server tells so', async () => {
  const metrics = await start({ TINYSCHEDULER_METRICS_PORT: String(await tryPort(0)) }, 'daemon');
  const url = await servedAt();
  metrics.hear({ what: 'temporal', address: 'a', problem: 'it does not answer' });
  const text = await (await fetch(url)).text();
  expect(text).toContain('\ntinyscheduler_temporal_up 0\n');
  expect(text).toContain('\ntinyscheduler_look_up 0\n');
  expect(text).not.toMatch(/^tinyscheduler_(slots_limit|tasks|tinytask_up)/m);
});
