import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openToOthers } from '../../../client/validate/open-to-others.ts';

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'open-to-others-')));
  mkdirSync(join(base, 'above/bin/sub'), { recursive: true });
  writeFileSync(join(base, 'above/bin/sub/program'), '');
  for (const path of ['', 'above', 'above/bin', 'above/bin/sub', 'above/bin/sub/program'])
    chmodSync(join(base, path), 0o755);
  symlinkSync('/bin/sh', join(base, 'above/bin/link'));
  symlinkSync('above/bin', join(base, 'bin'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const found = async () =>
  (await openToOthers(join(base, 'bin'))).map((path) => path.slice(base.length + 1)).sort();
const isRoot = process.getuid?.() === 0;

test.each<[string, () => void, string[]]>([
  ['nothing', () => {}, []],
  ['the directory', () => chmodSync(join(base, 'above/bin'), 0o757), ['above/bin']],
  // Whoever may write there may put a directory of theirs into its place.
  ['what leads to it', () => chmodSync(join(base, 'above'), 0o777), ['above']],
  ['not what is like /tmp', () => chmodSync(join(base, 'above'), 0o1777), []],
  ['itself, though it is like /tmp', () => chmodSync(join(base, 'above/bin'), 0o1777), ['above/bin']],
  ['a program', () => chmodSync(join(base, 'above/bin/sub/program'), 0o757), ['above/bin/sub/program']],
])('open: %s', async (_, change, open) => {
  change();
  expect(await found()).toEqual(open);
});

test.runIf(isRoot)('what is another user’s, or of a group of others, is open', async () => {
  chownSync(join(base, 'above/bin/sub/program'), 12_345, 12_345);
  chownSync(join(base, 'above/bin/sub'), 0, 12_345);
  expect(await found()).toEqual(['above/bin/sub/program']);
  chmodSync(join(base, 'above/bin/sub'), 0o775);
  expect(await found()).toEqual(['above/bin/sub', 'above/bin/sub/program']);
});
