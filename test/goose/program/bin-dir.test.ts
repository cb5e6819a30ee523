import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programInBinDir } from '../../../goose/program/bin-dir.ts';
import { unfitVerdict } from '../../../goose/program/unfit.ts';

let base: string;
let bin: string;

function put(path: string, text: string, mode = 0o755): void {
  const file = join(base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'bin-dir-')));
  bin = join(base, 'bin');
  put('bin/good', '#!/bin/sh\n');
  put('bin/sub/good', '#! /usr/bin/env sh\n');
  put('bin/..good', '#!/bin/sh -e\n');
  put('bin/text', 'echo ran by a shell\n');
  put('bin/empty', '');
  put('bin/windows', '#!/bin/sh\r\necho\r\n');
  put('bin/nobody', '#!/nothing/like-it -x\n');
  put('bin/relative', '#!good\n');
  put('bin/plain', '#!/bin/sh\n', 0o644);
  put('outside', '#!/bin/sh\n');
  put('binary/good', '#!/bin/sh\n');
  mkdirSync(join(bin, 'folder'));
  execFileSync('mkfifo', [join(bin, 'pipe')]);
  chmodSync(join(bin, 'pipe'), 0o755);
  for (const [name, to] of [
    ['in', 'sub/good'],
    ['out', '../outside'],
    ['beside', '../binary/good'],
    ['absolute', '/bin/sh'],
    ['home', '.'],
    ['nowhere', 'gone'],
    ['round', 'round'],
    ['folder-out', '..'],
  ] as const)
    symlinkSync(to, join(bin, name));
  symlinkSync('bin', join(base, 'linked'));
  put('file', '');
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

test.each([
  ['good', 'good'],
  ['sub/good', 'sub/good'],
  ['./sub//good', 'sub/good'],
  ['..good', '..good'],
  ['in', 'sub/good'],
  ['home/good', 'good'],
])('%s is %s', (named, path) => {
  for (const dir of [bin, join(base, 'linked')]) expect(programInBinDir(dir, named)).toBe(join(bin, path));
});

test('a program that is no script', () => {
  const home = dirname(process.execPath);
  expect(programInBinDir(home, 'node')).toBe(realpathSync(process.execPath));
});

test.each([
  ['../outside', 'not-runnable', /"\.\.\/outside" is not run: a schedule names it by its path inside/],
  ['sub/../good', 'not-runnable', /without "\.\."$/],
  ['/bin/sh', 'not-runnable', /"\/bin\/sh" is not run: a schedule names it/],
  ['', 'not-runnable', /^"" names no program$/],
  ['go\0od', 'not-runnable', /names no program$/],
  [
    'out',
    'not-runnable',
    /"out" is not run: it leads out of .*bin \(TINYSCHEDULER_BIN_DIR\), to .*\/outside$/,
  ],
  // Not by the beginning of its name.
  ['beside', 'not-runnable', /leads out of .*, to .*\/binary\/good$/],
  ['absolute', 'not-runnable', /leads out of/],
  ['folder-out/outside', 'not-runnable', /leads out of/],
  ['folder-out', 'not-runnable', /leads out of/],
  ['home', 'task-misconfigured', /"home" in .* is no file$/],
  ['.', 'task-misconfigured', /is no file$/],
  ['gone', 'task-misconfigured', /^there is no program "gone" in .*: put it there, or correct its schedule$/],
  [
    'good --all x',
    'task-misconfigured',
    /^there is no program "good --all x" in .*: if "good" is meant, give it its arguments one by one, with `--arg`/,
  ],
  ['gone --all', 'task-misconfigured', /: put it there, or correct its schedule$/],
  [' good', 'task-misconfigured', /: put it there, or correct its schedule$/],
  ['nowhere', 'task-misconfigured', /^there is no program "nowhere"/],
  ['good/x', 'task-misconfigured', /^there is no program/],
  ['round', 'task-misconfigured', /cannot be looked at \(ELOOP\)$/],
  [
    'x'.repeat(500),
    'task-misconfigured',
    /^the program "x{80}…" in .* cannot be looked at \(ENAMETOOLONG\)$/,
  ],
  ['folder', 'task-misconfigured', /"folder" in .* is no file$/],
  ['pipe', 'task-misconfigured', /"pipe" in .* is no file$/],
  ['plain', 'task-misconfigured', /may not be executed \(EACCES\): `chmod \+x` it$/],
  ['text', 'task-misconfigured', /is neither a program .*: begin it with a line like "#!\/bin\/sh"$/],
  ['empty', 'task-misconfigured', /is neither a program/],
  ['relative', 'task-misconfigured', /names "good" in its first line, and that cannot be executed$/],
  ['nobody', 'task-misconfigured', /names "\/nothing\/like-it" in its first line/],
  ['windows', 'task-misconfigured', /names "\/bin\/sh\\r" in its first line, whose line ends as on Windows/],
])('%j is %s', (named, kind, reason) => {
  expect(verdictOn(bin, named)).toEqual({ kind, reason: expect.stringMatching(reason) });
});

test.each([
  ['nothing', /nothing does not exist: make it, or correct TINYSCHEDULER_BIN_DIR$/],
  ['file', /file is not a directory: correct it$/],
  ['file/below', /below cannot be used \(ENOTDIR\)/],
])('that BIN_DIR is %s is the trouble of the agent', (dir, reason) => {
  expect(verdictOn(join(base, dir), 'good')).toEqual({
    kind: 'misconfigured',
    reason: expect.stringMatching(reason),
  });
});

function verdictOn(dir: string, named: string) {
  try {
    return programInBinDir(dir, named);
  } catch (error) {
    return unfitVerdict(error);
  }
}
