import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { readApiPlace } from '../../embedded/presence/api-place.ts';
import { readApiServed } from '../../embedded/presence/api-trouble.ts';
import { startDevServer } from '../../embedded/servers/dev-server.ts';
import { freePort } from '../../os/free-port.ts';
import { isAlive, type ProcessIdentity } from '../../os/process-identity.mjs';
import { eventually } from '../support/eventually.ts';
import { buildForPlaces, endOf, newPlace, type Place, type Started } from '../support/starting.ts';
import { temporalCliForTests } from '../support/tools.ts';

// The processes of each test are others; they share a Temporal server, whose start would take the most time.
let place: Place;
let server: Awaited<ReturnType<typeof startDevServer>>;
beforeAll(async () => {
  await buildForPlaces();
  place = await newPlace();
  const stateDir = join(place.dir, 'temporal');
  const options = { cli: await temporalCliForTests(), stateDir, logDir: stateDir, env: process.env };
  server = await startDevServer({ ...options, port: 0, uiPort: 0 });
  place.env.TEMPORAL_ADDRESS = server.address;
  place.env.TINYSCHEDULER_MCP_ENDPOINT = 'http://127.0.0.1:9';
}, 1_800_000);
afterAll(async () => {
  await server.stop();
  await place.clear();
});

async function daemon(more: Record<string, string> = {}): Promise<Started> {
  const port = String(await freePort(0));
  const started = place.start('daemon', { TINYSCHEDULER_API_PORT: port, ...more });
  onTestFinished(async () => {
    started.child.kill('SIGKILL');
    await started.ended;
    await eventually('no API is left', async () => apis().length === 0, 15_000);
  });
  return started;
}

const apis = () => place.processes().filter(({ command }) => command.includes('internal-api'));
const served = (after?: ProcessIdentity) =>
  eventually('the API is served', async () => {
    const found = readApiPlace(place.stateDir);
    return found?.pid === after?.pid ? undefined : found;
  });
const lives = async (url: string) => (await fetch(`${url}/livez`)).status;

async function taken(port = 0): Promise<{ other: Server; port: number }> {
  const other = createServer((_, response) => void response.end());
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  return { other, port: (other.address() as { port: number }).port };
}

test('a daemon serves it, brings it up again when it is killed, and takes it along when it stops', async () => {
  const started = await daemon();
  const first = await served();
  expect(await lives(first.url)).toBe(200);
  expect(statSync(join(place.stateDir, 'api.json')).mode & 0o777).toBe(0o600);
  const status = JSON.parse((await endOf(place.command('status', '--json'))).output) as { api: unknown };
  expect(status.api).toEqual({ url: first.url, token_required: false });
  expect((await endOf(place.command('status'))).output).toContain(`API: ${first.url}\n`);

  process.kill(first.pid, 'SIGKILL');
  const second = await served(first);
  expect(second).toMatchObject({ url: first.url, configuration: first.configuration });
  expect(await lives(second.url)).toBe(200);
  expect(started.output()).toContain('The API has ended (SIGKILL)');

  const { code, output } = await endOf(place.command('stop'));
  expect([code, output]).toEqual([0, expect.stringContaining('Ended the server of the API')]);
  await expect(fetch(second.url)).rejects.toThrow();
  expect(readApiServed(place.stateDir)).toBeUndefined();
  expect(() => readFileSync(join(place.stateDir, 'api.json'))).toThrow('ENOENT');
});

test('it ends with a daemon that is killed, also where it hangs', async () => {
  const started = await daemon();
  const api = await served();
  process.kill(api.pid, 'SIGSTOP');
  started.child.kill('SIGKILL');
  await started.ended;
  await eventually('it is gone', async () => !isAlive(api), 20_000);
});

test('of two daemons one serves it, and the other takes over, also from one that hangs', async () => {
  const first = await daemon();
  const one = await served();
  const second = await daemon();
  await second.printed('Serving as');
  expect(apis()).toHaveLength(1);
  process.kill(one.pid, 'SIGSTOP');
  first.child.kill('SIGKILL');
  const other = await served(one);
  expect(await lives(other.url)).toBe(200);
  expect([isAlive(one), apis().length]).toEqual([false, 1]);
});

test('a port that was set and is taken: the daemon serves without it, all are told, and it is served once it is free', async () => {
  const { other, port } = await taken();
  const started = await daemon({ TINYSCHEDULER_API_PORT: String(port) });
  await started.printed('Serving as');
  const says = `127.0.0.1 port ${port} is taken`;
  expect(await started.printed(says)).toContain('set TINYSCHEDULER_API_PORT to another one');
  const told = await endOf(place.command('status'));
  expect([told.code, told.output]).toEqual([0, expect.stringContaining(`Problem: The API is not served: `)]);
  const check = await endOf(place.command('check', '--json'));
  expect([check.code, check.output]).toEqual([1, expect.stringContaining(says)]);
  other.close();
  expect((await served()).url).toBe(`http://127.0.0.1:${port}`);
  expect((await endOf(place.command('check', '--json'))).output).not.toContain('is taken');
});

test('on an address of others it waits for a token', async () => {
  const started = await daemon({ TINYSCHEDULER_API_HOST: '0.0.0.0' });
  await started.printed('there is no token');
  expect(readApiPlace(place.stateDir)).toBeUndefined();
  expect((await endOf(place.command('token', 'create', '--scope', 'read'))).code).toBe(0);
  const { url, tokenRequired } = await served();
  expect([url, tokenRequired]).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:/), true]);
  expect((await fetch(`${url}/api/state`)).status).toBe(401);
});

test('0 is off', async () => {
  const started = await daemon({ TINYSCHEDULER_API_PORT: '0' });
  await started.printed('Serving as');
  expect([readApiServed(place.stateDir), apis()]).toEqual([undefined, []]);
});

test('npm start prints where it is, keeps it while its daemon comes back, and takes it along', async () => {
  const started = place.start('start', { TINYSCHEDULER_API_PORT: String(await freePort(0)) });
  onTestFinished(() => void started.child.kill('SIGKILL'));
  const output = await started.printed(/^Page +http:\/\/127\.0\.0\.1:\d+$/m);
  const api = await served();
  expect(output).toContain(api.url);
  const running = () => place.processes().find(({ command }) => command.includes('run --daemon'));
  const first = await eventually('its daemon', async () => running()?.pid);
  await started.printed(/\n\nTinyTask at /);
  process.kill(first, 'SIGKILL');
  await started.printed('The scheduler daemon is up again');
  expect([isAlive(api), await lives(api.url), apis().length]).toEqual([true, 200, 1]);
  started.child.kill('SIGINT');
  expect(await started.ended).toBe(0);
  expect([isAlive(api), apis()]).toEqual([false, []]);
});
