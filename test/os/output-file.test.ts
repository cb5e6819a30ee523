import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeOutputFile } from '../../os/output-file.ts';
import { temporaryFolder } from '../support/stub-runs.ts';

test('a file in folders that are not there yet, with the rights that the user gives new files', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a/b/report.txt');
  await writeOutputFile(path, 'one');
  await writeOutputFile(path, 'two');
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).mode & 0o777).toBe(0o666 & ~process.umask());
  expect(readdirSync(join(folder.path, 'a/b'))).toEqual(['report.txt']);
});

test('a file that is there keeps its rights, and a link leads to it', async () => {
  using folder = temporaryFolder();
  const [path, link] = [join(folder.path, 'file'), join(folder.path, 'link')];
  writeFileSync(path, 'old');
  chmodSync(path, 0o600);
  symlinkSync(path, link);
  await writeOutputFile(link, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

test('a device is written to, not replaced', async () => {
  await writeOutputFile('/dev/null', 'text');
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
});

test.each<[string, (path: string) => void, RegExp]>([
  ['a directory', (path) => mkdirSync(path), /it is a directory/],
  ['below a file', (path) => writeFileSync(join(path, '..', 'file'), ''), /ENOTDIR/],
])('%s is an error, and nothing is left behind', async (_what, make, says) => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'it');
  make(path);
  const before = readdirSync(folder.path);
  const target = before.includes('it') ? path : join(folder.path, 'file', 'it');
  await expect(writeOutputFile(target, 'text')).rejects.toThrow(says);
  expect(readdirSync(folder.path)).toEqual(before);
});
