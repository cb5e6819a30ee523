import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canFetchGoose } from '../../../embedded/tools/fetch-goose.mjs';
import { cacheDirOf, findGoose, findTemporalCli, locateGoose } from '../../../embedded/tools/tool-cache.mjs';
import { oneAtATime } from '../../../os/one-at-a-time.mjs';
import { identify } from '../../../os/process-identity.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tool-cache-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function program(path: string, script = 'exit 0', mode = 0o755): string {
  const full = join(root, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, `#!/bin/sh\n${script}\n`, { mode });
  return full;
}

/** A PATH with the shell's own programs and the directories named. */
function pathOf(...directories: string[]): string {
  return [...directories.map((directory) => join(root, directory)), '/usr/bin', '/bin'].join(':');
}

describe('the order in which tools are looked for', () => {
  test('named, then PATH, then the cache', async () => {
    const cacheDir = join(root, 'cache');
    const named = program('named/t');
    const onPath = program('second/temporal');
    const cached = program('cache/temporal-1.9.1');
    program('first/temporal', 'exit 0', 0o644);
    const PATH = `${join(root, 'first')}:${join(root, 'second')}`;
    expect(await findTemporalCli({ env: { TEMPORAL_CLI: named, PATH }, cacheDir })).toEqual({
      path: named,
      from: 'named',
    });
    expect(await findTemporalCli({ env: { PATH }, cacheDir })).toEqual({ path: onPath, from: 'PATH' });
    expect(await findTemporalCli({ env: { PATH: '' }, cacheDir })).toEqual({ path: cached, from: 'cache' });
  });

  test('goose: a path, a name on PATH, the variable, the cache', () => {
    const goose = program('bin/goose');
    const mine = program('bin/my-goose');
    const cached = program('cache/goose-1.52.0');
    const options = { env: { PATH: join(root, 'bin') }, cacheDir: join(root, 'cache') };
    expect(locateGoose(options)).toEqual({ path: goose, from: 'PATH' });
    expect(locateGoose({ ...options, gooseBin: mine })).toEqual({ path: mine, from: 'named' });
    expect(locateGoose({ ...options, gooseBin: 'my-goose' })).toEqual({ path: mine, from: 'named' });
    expect(locateGoose({ ...options, env: { TINYSCHEDULER_GOOSE_BIN: mine } })).toEqual({
      path: mine,
      from: 'named',
    });
    expect(locateGoose({ ...options, env: {} })).toEqual({ path: cached, from: 'cache' });
    expect(locateGoose({ env: {}, cacheDir: join(root, 'empty') })).toBeUndefined();
  });

  test('a named tool that cannot be run is an error, not a reason to take another', async () => {
    program('bin/temporal');
    const env = { TEMPORAL_CLI: join(root, 'nothing'), PATH: join(root, 'bin') };
    await expect(findTemporalCli({ env })).rejects.toThrow(
      /^TEMPORAL_CLI is ".*nothing", which is not a program/,
    );
  });

  test.each([
    [{ TINYSCHEDULER_CACHE_DIR: '/c', XDG_CACHE_HOME: '/x', HOME: '/h' }, '/c'],
    [{ XDG_CACHE_HOME: '/x', HOME: '/h' }, '/x/tinyscheduler/tools'],
    [{ HOME: '/h' }, '/h/.cache/tinyscheduler/tools'],
  ])('the cache for %j', (env, directory) => {
    expect(cacheDirOf(env)).toBe(directory);
  });
});

describe('fetching goose', () => {
  test.runIf(canFetchGoose())('goose that is not what was published is not used', async () => {
    program('npm/npm', 'echo tampered > goose.tgz');
    const cacheDir = join(root, 'cache');
    const finding = findGoose({ env: { PATH: pathOf('npm') }, cacheDir });
    await expect(finding).rejects.toThrow(/has SHA-512 .*it was not used.*TINYSCHEDULER_GOOSE_BIN/s);
    expect(readdirSync(cacheDir)).toEqual([]);
  });
});

describe('one at a time', () => {
  test.each([
    ['a dead owner', JSON.stringify({ pid: 2 ** 22 + 1, startTime: '1' })],
    ['an owner whose id is another process by now', JSON.stringify({ pid: process.pid, startTime: '1' })],
    ['half a lock', '{"pid"'],
  ])('%s does not hold anybody up', async (_, text) => {
    const lock = join(root, 'lock');
    writeFileSync(lock, text);
    expect(await oneAtATime(lock, async () => 'done')).toBe('done');
    expect(readdirSync(root)).toEqual([]);
  });

  test('a living owner is waited for, and named', async () => {
    const lock = join(root, 'lock');
    writeFileSync(lock, JSON.stringify(identify(process.pid)));
    const order: string[] = [];
    const waiting = oneAtATime(
      lock,
      async () => void order.push('work'),
      (pid) => {
        order.push(`waits for ${pid}`);
        rmSync(lock);
      },
    );
    await waiting;
    expect(order).toEqual([`waits for ${process.pid}`, 'work']);
  });
});
