import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { programPath } from '../../os/executable.mjs';
import { temporaryFolder } from '../support/stub-runs.ts';

test('a program is found as a shell finds it, but never below a relative directory of PATH', () => {
  using folder = temporaryFolder();
  const [first, second] = ['first', 'second'].map((name) => join(folder.path, name)) as [string, string];
  for (const [directory, mode] of [
    [first, 0o600],
    [second, 0o700],
  ] as const) {
    mkdirSync(directory);
    writeFileSync(join(directory, 'tool'), '');
    chmodSync(join(directory, 'tool'), mode);
  }
  expect(programPath('tool', `${first}:${second}`)).toBe(join(second, 'tool'));
  expect(programPath('tool', first)).toBeUndefined();
  expect(programPath('tool', undefined)).toBeUndefined();
  expect(programPath('tool', `:${relative(process.cwd(), second)}`)).toBeUndefined();
  expect(programPath('./tool', second)).toBe(resolve('tool'));
});
