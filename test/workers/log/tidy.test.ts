import { execFileSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ENDLESS_MAX_BYTES, type TidyOptions, tidyLogs } from '../../../workers/log/tidy.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

const DAY_MS = 86_400_000;
const LONG_AGO = new Date(Date.now() - 30 * DAY_MS);

function options(dir: string, change: Partial<TidyOptions> = {}): TidyOptions {
  return { dir, days: 14, bytes: 1e9, nowMs: Date.now(), openTasks: new Set(), ...change };
}

function old(path: string): string {
  writeFileSync(path, 'x');
  utimesSync(path, LONG_AGO, LONG_AGO);
  return path;
}

test('old logs go; links, folders, pipes, other names and the files of other users stay', async () => {
  using folder = temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  for (const name of ['task_1_attempt_1_0123abcd.log', 'scheduler_20200101.log']) old(at(name));
  mkdirSync(at('task_2_attempt_1_0123abcd.log'));
  const target = old(at('precious'));
  symlinkSync(target, at('task_3_attempt_1_0123abcd.log'));
  symlinkSync('/nowhere', at('scheduler_20200102.log'));
  execFileSync('mkfifo', [at('scheduler_20200103.log')]);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(old(at('task_4_attempt_1_0123abcd.log')), 4_242, 4_242);
  const before = readdirSync(folder.path);
  expect(await tidyLogs(options(folder.path))).toEqual({ removed: 2, problem: undefined });
  const gone = before.filter((name) => !readdirSync(folder.path).includes(name));
  expect(gone.sort()).toEqual(['scheduler_20200101.log', 'task_1_attempt_1_0123abcd.log']);
  expect(readFileSync(target, 'utf8')).toBe('x');
});

test('two at once do it once, and nobody complains', async () => {
  using folder = temporaryFolder();
  for (let task = 0; task < 300; task += 1) old(join(folder.path, `task_${task}_attempt_1_0123abcd.log`));
  const both = await Promise.all([tidyLogs(options(folder.path)), tidyLogs(options(folder.path))]);
  expect(both.map(({ problem }) => problem)).toEqual([undefined, undefined]);
  expect(readdirSync(folder.path)).toEqual([]);
});

test('where there is no folder, there is nothing to do', async () => {
  expect(await tidyLogs(options('/nowhere/at/all'))).toEqual({ removed: 0, problem: undefined });
  using folder = temporaryFolder();
  const file = old(join(folder.path, 'file'));
  expect((await tidyLogs(options(file))).problem).toMatch(/ENOTDIR/);
});

test('an endless log that has grown too large is put aside while it is written', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'temporal-server.log');
  const writer = openSync(path, 'a', 0o600);
  try {
    writeSync(writer, 'first line\n');
    truncateSync(path, ENDLESS_MAX_BYTES);
    await tidyLogs(options(folder.path));
    expect(statSync(path).size, 'it is not too large yet').toBe(ENDLESS_MAX_BYTES);
    writeSync(writer, 'one more\n');
    await tidyLogs(options(folder.path));
    writeSync(writer, 'next\n');
    expect(readFileSync(path, 'utf8')).toBe('next\n');
    const aside = readFileSync(`${path}.1`);
    expect(aside.toString('latin1', 0, 11)).toBe('first line\n');
    expect(aside.toString('latin1', aside.length - 9)).toBe('one more\n');
    expect(statSync(`${path}.1`).mode & 0o777).toBe(0o600);
  } finally {
    closeSync(writer);
  }
});

test('an endless log that is a link is not written through', async () => {
  using folder = temporaryFolder();
  const target = join(folder.path, 'target');
  writeFileSync(target, '');
  truncateSync(target, ENDLESS_MAX_BYTES + 1);
  symlinkSync(target, join(folder.path, 'daemon.log'));
  await tidyLogs(options(folder.path));
  expect(statSync(target).size).toBe(ENDLESS_MAX_BYTES + 1);
});
