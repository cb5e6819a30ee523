import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { calledAs, learnCall, nameOfCall } from '../../config/called-as.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'called-as-'));
  const npxFolder = (name: string, packages: string[]) => {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'package.json'), JSON.stringify({ _npx: { packages } }));
  };
  npxFolder('npx-file', ['./tinyscheduler-0.1.0.tgz']);
  npxFolder('npx-odd', ["./it's here.tgz"]);
  npxFolder('npx-two', ['tinyscheduler', 'other']);
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin/tinyscheduler'), '', { mode: 0o755 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  [undefined, 'tinyscheduler'],
  ['', 'tinyscheduler'],
  ['./tinyscheduler', './tinyscheduler'],
  ['../clone/tinyscheduler', '../clone/tinyscheduler'],
  ['/opt/tinyscheduler/tinyscheduler', '/opt/tinyscheduler/tinyscheduler'],
  ['ROOT/bin/tinyscheduler', 'tinyscheduler'],
  ['ROOT/project/node_modules/.bin/tinyscheduler', 'npx tinyscheduler'],
  ['ROOT/npx-file/node_modules/.bin/tinyscheduler', 'npx ./tinyscheduler-0.1.0.tgz'],
  ['ROOT/npx-odd/node_modules/.bin/tinyscheduler', "npx './it'\\''s here.tgz'"],
  ['ROOT/npx-two/node_modules/.bin/tinyscheduler', 'npx tinyscheduler'],
  ['node_modules/.bin/tinyscheduler', 'node_modules/.bin/tinyscheduler'],
  ['/a folder/tinyscheduler', "'/a folder/tinyscheduler'"],
])('started as %j: %s', (startedAs, name) => {
  expect(nameOfCall(startedAs?.replace('ROOT', root), `/usr/bin:${root}/bin`)).toBe(name);
});

test('what the launcher says is taken out of the environment, since it is true of no other process', () => {
  const env = { TINYSCHEDULER_CALLED_AS: './tinyscheduler', PATH: '/bin' };
  learnCall(env);
  expect(calledAs()).toBe('./tinyscheduler');
  expect(env).toEqual({ PATH: '/bin' });
  learnCall({});
});
