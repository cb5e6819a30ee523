import { chmodSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeInside } from '../../../goose/workplace/made-directory.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

test('it is made with those above it, and found the next time', async () => {
  using folder = temporaryFolder();
  const path = join(realpathSync(folder.path), 'work', 'vaela', '42');
  expect(await makeInside(folder.path, 'work/vaela/42')).toBe(path);
  expect(await makeInside(folder.path, './work//vaela/42/')).toBe(path);
  expect(existsSync(path)).toBe(true);
});

test('links inside the base path are followed', async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'disk'));
  symlinkSync('disk', join(folder.path, 'work'));
  expect(await makeInside(folder.path, 'work/42')).toBe(join(realpathSync(folder.path), 'disk', '42'));
});

test.each<[string, (base: string, outside: string) => void, RegExp]>([
  [
    'a link out',
    (base, out) => symlinkSync(out, join(base, 'work')),
    /leads out of the base path, to .*: remove the link/,
  ],
  [
    'a link to one that begins alike',
    (base) => symlinkSync(`${base}-2`, join(base, 'work')),
    /leads out of the base path/,
  ],
  [
    'a link further down',
    (base, out) => {
      mkdirSync(join(base, 'work'));
      symlinkSync(out, join(base, 'work', '42'));
    },
    /leads out of the base path/,
  ],
  ['a link to nowhere', (base) => symlinkSync('nowhere', join(base, 'work')), /leads nowhere/],
  ['a file', (base) => writeFileSync(join(base, 'work'), ''), /not a folder/],
])('%s is refused, and nothing is made behind it', async (_, prepare, why) => {
  using folder = temporaryFolder();
  using outside = temporaryFolder();
  const base = join(folder.path, 'base');
  mkdirSync(base);
  mkdirSync(`${base}-2`);
  prepare(base, outside.path);
  await expect(makeInside(base, 'work/42')).rejects.toThrow(why);
  expect([existsSync(join(outside.path, '42')), existsSync(join(`${base}-2`, '42'))]).toEqual([false, false]);
});

test.skipIf(process.getuid?.() === 0)('a folder in which nothing can be made', async () => {
  using folder = temporaryFolder();
  chmodSync(folder.path, 0o500);
  await expect(makeInside(folder.path, '42')).rejects.toThrow(/cannot be made .*: change the permissions/);
  chmodSync(folder.path, 0o700);
});

test('a base path that is not there', async () => {
  await expect(makeInside('/nonexistent/base', '42')).rejects.toThrow(
    /base path \/nonexistent\/base does not exist/,
  );
});
