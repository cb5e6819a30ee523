import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AttemptLog } from '../../../goose/run/attempt-log.ts';
import { LogTail } from '../../../goose/run/log-tail.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

/** A log in a folder of its own. `next`: everything that is new, as text, with what became of the file in brackets. */
function aLog() {
  const folder = temporaryFolder();
  const path = join(folder.path, 'a.log');
  const tail = new LogTail(path);
  onTestFinished(async () => {
    await tail.close();
    folder[Symbol.dispose]();
  });
  const next = async () => {
    let text = '';
    for (let news = await tail.next(); news !== undefined; news = await tail.next())
      text += news.what === 'bytes' ? news.bytes.toString() : `[${news.what}]`;
    return text;
  };
  return { dir: folder.path, path, next };
}

test('a log that is not there yet is read from its beginning when it is', async () => {
  const { path, next } = aLog();
  expect(await next()).toBe('');
  writeFileSync(path, 'one\n');
  expect(await next()).toBe('one\n');
  appendFileSync(path, 'two\n');
  expect(await next()).toBe('two\n');
  expect(await next()).toBe('');
});

test('a long one comes in pieces, and whole', async () => {
  const { path, next } = aLog();
  const text = 'x'.repeat(200_000);
  writeFileSync(path, text);
  expect(await next()).toBe(text);
});

test('one that is emptied is read again', async () => {
  const { path, next } = aLog();
  writeFileSync(path, 'one\ntwo\n');
  await next();
  truncateSync(path, 0);
  appendFileSync(path, 'new\n');
  expect(await next()).toBe('[again]new\n');
});

test('one that is replaced is read to its end, and then the other from its beginning', async () => {
  const { path, next } = aLog();
  writeFileSync(path, 'one\n');
  await next();
  appendFileSync(path, 'last words\n');
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'new\n');
  expect(await next()).toBe('last words\n[again]new\n');
});

test('one that is removed ends nothing', async () => {
  const { path, next } = aLog();
  writeFileSync(path, 'one\n');
  await next();
  rmSync(path);
  expect(await next()).toBe('');
  writeFileSync(path, 'new\n');
  expect(await next()).toBe('[again]new\n');
});

test('one that is full says so once, and its end follows when its middle was cut', async () => {
  const { dir, path, next } = aLog();
  const log = await AttemptLog.open({ dir, name: 'a.log', maxBytes: 2_000 });
  await log.write(Buffer.from('a'.repeat(2_000)));
  expect(await next()).toBe('a'.repeat(2_000));
  for (const letter of ['b', 'c']) await log.write(Buffer.from(`${letter.repeat(300)}\n`));
  // The clock of the file system may be coarse.
  utimesSync(path, new Date(), new Date(Date.now() + 1_000));
  expect(await next()).toBe('[full]');
  await log.write(Buffer.from('the end\n'));
  await log.close();
  const end = await next();
  expect(end).toMatch(/^\[cut\]\n--- \d+ bytes cut here: .* ---\n/);
  expect(end.endsWith(`${'b'.repeat(300)}\n${'c'.repeat(300)}\nthe end\n`)).toBe(true);
});

test.each(['a link', 'a folder', 'a pipe'])('%s is not read', async (what) => {
  const { path, next } = aLog();
  if (what === 'a link') symlinkSync('/etc/hostname', path);
  if (what === 'a folder') mkdirSync(path);
  if (what === 'a pipe') execFileSync('mkfifo', [path]);
  await expect(next()).rejects.toThrow(/ELOOP|it is no file/);
});
