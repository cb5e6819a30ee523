import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../os/free-port.ts';
import { command } from '../../support/command.ts';
import { mainForTests } from '../../support/daemon-process.ts';

let dir: string;
let env: Record<string, string>;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'serve-'));
  // A server that nobody has, so that nothing on this machine is met.
  env = {
    ...{ PATH: process.env.PATH ?? '', HOME: dir, TINYSCHEDULER_BASE_PATH: dir },
    ...{ TEMPORAL_ADDRESS: '127.0.0.1:1', TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:1' },
  };
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const run = (...args: string[]) => command(args, { cwd: dir, env });

async function startServer(): Promise<{ server: ChildProcess; url: string }> {
  const args = ['serve', '--api-port', String(await freePort(0))];
  const server = spawn(process.execPath, [mainForTests(), ...args], {
    ...{ cwd: dir, env },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const [{ url }] = (await once(server, 'message')) as [{ url: string }];
  return { server, url };
}

test('it serves without Temporal and TinyTask, says so, and `stop` ends it', async () => {
  const { server, url } = await startServer();
  const live = await fetch(`${url}/livez`);
  const ready = await fetch(`${url}/readyz`);
  expect([live.status, ready.status]).toEqual([200, 503]);
  const state = (await (await fetch(`${url}/api/state`)).json()) as object;
  expect(state).toMatchObject({
    code: 'temporal-unreachable',
    next_step: expect.stringContaining('/readyz'),
  });
  const second = await run('serve', '--api-port', new URL(url).port);
  expect([second.code, second.stderr]).toEqual([
    1,
    expect.stringContaining(`at ${url} already, by process ${server.pid}`),
  ]);
  const exit = once(server, 'exit');
  const stopped = await run('stop');
  expect([stopped.code, stopped.stdout]).toEqual([0, expect.stringContaining('Ended `serve`')]);
  expect(await exit).toEqual([0, null]);
});

test('one that was killed keeps no other from taking its place', async () => {
  const { server, url } = await startServer();
  const exit = once(server, 'exit');
  server.kill('SIGKILL');
  await exit;
  await expect(fetch(`${url}/livez`)).rejects.toThrow();
  const { url: again } = await startServer();
  expect((await fetch(`${again}/livez`)).status).toBe(200);
  expect((await run('stop')).code).toBe(0);
});

test('one that is kept ends in order where its keeper is gone before it has begun', async () => {
  const args = [mainForTests(), 'internal-api', '--listen', String(await freePort(0))];
  const kept = spawn(process.execPath, args, { cwd: dir, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  onTestFinished(() => void kept.kill('SIGKILL'));
  let said = '';
  kept.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  kept.disconnect();
  // Of a channel that was closed from here `close` tells nothing.
  const [[code]] = await Promise.all([once(kept, 'exit'), once(kept.stderr as Readable, 'end')]);
  expect([code, said, existsSync(join(dir, 'state/api.json'))]).toEqual([0, '', false]);
});

test.each([
  [['--api-host', '0.0.0.0'], 2, 'there is no token'],
  [['--api-port', '0'], 2, 'API_PORT is 0'],
  [['--api-port', '99999'], 2, 'must be a port'],
  [['--api-host', 'example.org'], 2, 'must be an IP address'],
  [['--api-names', 'a.example:80'], 2, 'without ports'],
  [['--api-origins', 'https://a.example/x'], 2, 'without paths'],
  [['--api-host', '127.0.0.1', '--api-port', 'taken'], 1, 'is taken'],
])('serve %j does not start: %i, %s', async (args, code, said) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const ended = await run('serve', ...args.map((arg) => (arg === 'taken' ? String(port) : arg)));
  expect([ended.code, ended.stderr, ended.stdout]).toEqual([code, expect.stringContaining(said), '']);
});

test('a token is shown once, kept as a hash for its owner alone, listed and revoked', async () => {
  const made = await run('token', 'create', '--scope', 'operate', '--name', 'night job', '--expires', '30d');
  const text = made.stdout.trim();
  expect([made.code, text]).toEqual([0, expect.stringMatching(/^tsk_[0-9a-f]{8}_[\w-]{43}$/)]);
  expect(made.stderr).not.toContain(text);
  const path = join(dir, 'state', 'api-tokens.json');
  expect(readFileSync(path, 'utf8')).not.toContain(text.slice(13));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const id = text.slice(4, 12);
  const { stdout } = await run('token', 'list', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    tokens: [{ id, name: 'night job', scope: 'operate', in_force: true }],
  });
  expect((await run('token', 'revoke', id)).code).toBe(0);
  expect(await run('token', 'revoke', id)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no token'),
  });
  expect((await run('token', 'list')).stdout).toBe('There are no tokens.\n');
});

test('tokens that are made at once are all there', async () => {
  const made = await Promise.all(Array.from({ length: 4 }, () => run('token', 'create', '--scope', 'read')));
  expect(made.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const { stdout } = await run('token', 'list', '--json');
  expect((JSON.parse(stdout) as { tokens: object[] }).tokens).toHaveLength(4);
});

test.each([
  [['create'], '--scope'],
  [['create', '--scope', 'root'], 'Allowed choices'],
  [['create', '--scope', 'read', '--expires', 'soon'], '--expires'],
  [['create', '--scope', 'read', '--expires', '99999d'], '--expires'],
  [['create', '--scope', 'read', '--name', 'a\u001b[2Jb'], '--name'],
  [['revoke', 'x'], 'no id of a token'],
  [['revoke', `tsk_00000000_${'a'.repeat(43)}`], 'not the token itself'],
])('token %j is wrong use', async (args, said) => {
  const ended = await run('token', ...args);
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(said)]);
  expect(ended.stderr).not.toContain('\u001b');
});
