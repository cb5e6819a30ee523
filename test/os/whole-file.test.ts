import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeWholeFile } from '../../os/whole-file.ts';
import { temporaryFolder } from '../support/stub-runs.ts';

test('a file is written into a folder that is not there yet, and only for its owner', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'new/file');
  await writeWholeFile(path, 'one');
  await writeWholeFile(path, 'two');
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder.path, 'new')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(folder.path, 'new'))).toEqual(['file']);
});

test('writers at the same time leave the text of one of them', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'file');
  const texts = Array.from({ length: 20 }, (_, at) => String(at).repeat(50_000));
  await Promise.all(texts.map((text) => writeWholeFile(path, text)));
  expect(texts).toContain(readFileSync(path, 'utf8'));
  expect(readdirSync(folder.path)).toEqual(['file']);
});

test('a link in the place of the temporary file is not followed', async () => {
  using folder = temporaryFolder();
  const [path, temporary, other] = ['file', 'file.tmp', 'other'].map((name) => join(folder.path, name));
  if (!path || !temporary || !other) throw new Error('three names');
  writeFileSync(other, 'mine');
  symlinkSync(other, temporary);
  await writeWholeFile(path, 'text', temporary);
  expect([readFileSync(path, 'utf8'), readFileSync(other, 'utf8')]).toEqual(['text', 'mine']);
});

test('where it cannot be written, nothing is left beside it', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'taken');
  mkdirSync(join(path, 'inside'), { recursive: true });
  await expect(writeWholeFile(path, 'text')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readdirSync(folder.path)).toEqual(['taken']);
});
