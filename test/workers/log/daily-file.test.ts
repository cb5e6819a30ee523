import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DailyFile } from '../../../workers/log/daily-file.ts';
import { buildOnce } from '../../support/build.ts';
import { mountSmallDisk } from '../../support/small-disk.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

/** By this host's clock and zone, as the name of the file is. */
const NOON_MS = new Date(2026, 0, 31, 12).getTime();
const DAY_MS = 86_400_000;

function fileIn(dir: string) {
  const problems: (string | null)[] = [];
  return { problems, file: new DailyFile({ dir, onProblem: (problem) => problems.push(problem) }) };
}

const read = (dir: string, day: string) => readFileSync(join(dir, `scheduler_${day}.log`), 'utf8');

test('each day has a file of its own, for its owner only; the directory is made', () => {
  using folder = temporaryFolder();
  const dir = join(folder.path, 'state/logs');
  const { file, problems } = fileIn(dir);
  const midnightMs = new Date(2026, 1, 1).getTime();
  file.write('last', midnightMs - 1);
  file.write('first', midnightMs);
  file.write('second', midnightMs + 1);
  file.close();
  expect(read(dir, '20260131')).toBe('last\n');
  expect(read(dir, '20260201')).toBe('first\nsecond\n');
  expect(statSync(join(dir, 'scheduler_20260131.log')).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  expect(problems).toEqual([]);
});

test.each<[string, (path: string) => void]>([
  ['a link', (path) => symlinkSync('/dev/null', path)],
  ['a link to a file', (path) => symlinkSync(`${path}.other`, path)],
  ['a pipe', (path) => void execFileSync('mkfifo', [path])],
  ['a folder', (path) => mkdirSync(path)],
])('%s in its place is not written to, and is said once', (_, put) => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'scheduler_20260131.log');
  writeFileSync(`${path}.other`, '');
  put(path);
  const { file, problems } = fileIn(folder.path);
  file.write('a', NOON_MS);
  file.write('b', NOON_MS);
  expect(problems).toEqual([expect.stringMatching(/ELOOP|not a file|EISDIR|ENXIO/)]);
  expect(readFileSync(`${path}.other`, 'utf8')).toBe('');
  rmSync(path, { recursive: true });
  file.write('c', NOON_MS);
  expect(read(folder.path, '20260131')).toBe('c\n');
  expect(problems).toHaveLength(2);
  expect(problems[1]).toBeNull();
  file.close();
});

test('a file that was moved, as logrotate does, or removed with its directory, is made anew', () => {
  using folder = temporaryFolder();
  const dir = join(folder.path, 'logs');
  const { file } = fileIn(dir);
  file.write('a', NOON_MS);
  renameSync(join(dir, 'scheduler_20260131.log'), join(dir, 'scheduler_20260131.log.1'));
  file.write('b', NOON_MS);
  expect(read(dir, '20260131')).toBe('b\n');
  rmSync(dir, { recursive: true });
  file.write('c', NOON_MS);
  expect(read(dir, '20260131')).toBe('c\n');
  file.close();
});

test.skipIf(process.getuid?.() === 0)('a directory without rights harms nothing', () => {
  using folder = temporaryFolder();
  chmodSync(folder.path, 0o500);
  const { file, problems } = fileIn(folder.path);
  file.write('a', NOON_MS);
  expect(problems).toEqual([expect.stringContaining('EACCES')]);
  chmodSync(folder.path, 0o700);
});

test('a full disk loses lines, says so once, and leaves none that is half a line', () => {
  using folder = temporaryFolder();
  const disk = mountOrSkip(folder.path);
  if (disk === undefined) return;
  try {
    const { file, problems } = fileIn(folder.path);
    const line = (letter: string) => letter.repeat(3_000);
    file.write(line('a'), NOON_MS);
    disk.fill();
    for (const letter of ['b', 'c', 'd']) file.write(line(letter), NOON_MS);
    expect(problems).toEqual([expect.stringMatching(/ENOSPC|disk is full/)]);
    disk.free();
    file.write(line('e'), NOON_MS);
    file.write(line('f'), NOON_MS);
    file.close();
    expect(problems).toHaveLength(2);
    const lines = read(folder.path, '20260131').split('\n');
    expect(lines.filter((text) => text.length === 3_000).map((text) => text[0])).toEqual(['a', 'e', 'f']);
    for (const text of lines) expect(new Set(text).size).toBeLessThan(2);
  } finally {
    disk.unmount();
  }
});

test('processes that write at the same time leave whole lines, all of them', async () => {
  using folder = temporaryFolder();
  const script = `
    import { DailyFile } from '${await buildOnce()}/workers/log/daily-file.js';
    const file = new DailyFile({ dir: process.argv[2], onProblem: (why) => { throw new Error(why); } });
    for (let n = 0; n < 500; n += 1) file.write(process.argv[3].repeat(700) + ' ' + n, ${NOON_MS});`;
  const path = join(folder.path, 'write.mjs');
  writeFileSync(path, script);
  const writers = ['a', 'b', 'c'].map((letter) =>
    spawn(process.execPath, [path, folder.path, letter], { stdio: 'inherit' }),
  );
  const codes = await Promise.all(writers.map(async (child) => (await once(child, 'exit'))[0]));
  expect(codes).toEqual([0, 0, 0]);
  const lines = read(folder.path, '20260131').trimEnd().split('\n');
  expect(lines.filter((line) => !/^(a{700}|b{700}|c{700}) \d+$/.test(line))).toEqual([]);
  expect(new Set(lines).size).toBe(1_500);
});

test('the clock is set back by a day: the file of that day is written again', () => {
  using folder = temporaryFolder();
  const { file } = fileIn(folder.path);
  for (const at of [NOON_MS, NOON_MS - DAY_MS, NOON_MS]) file.write(`${at}`, at);
  file.close();
  expect(read(folder.path, '20260130')).toBe(`${NOON_MS - DAY_MS}\n`);
  expect(read(folder.path, '20260131')).toBe(`${NOON_MS}\n${NOON_MS}\n`);
  expect(existsSync(join(folder.path, 'scheduler_20260130.log'))).toBe(true);
});

function mountOrSkip(path: string) {
  try {
    return mountSmallDisk(path);
  } catch {
    console.log('daily-file: the full disk is skipped, since this user may not mount');
    return undefined;
  }
}
