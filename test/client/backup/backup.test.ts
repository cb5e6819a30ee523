import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { makeBackup } from '../../../client/backup/backup.ts';
import { checkBackup } from '../../../client/backup/check.ts';
import { updateEmbeddedState } from '../../../embedded/presence/state-file.ts';
import { identify } from '../../../os/process-identity.mjs';
import { editManifest, firstRow, fullPlace, newFolder, placeIn } from '../../support/backup-place.ts';
import { command } from '../../support/command.ts';
import { mainForTests } from '../../support/daemon-process.ts';
import { mountSmallDisk, noMountsBecause } from '../../support/small-disk.ts';

// The process that holds the databases is a compiled one.
beforeAll(() => void mainForTests(), 600_000);

const FILES = [
  'config/agent-control.json',
  'config/env',
  'config/recipes/ada.yaml',
  'config/recipes/linked.yaml',
  'config/recipes/parts/common.yaml',
  'state/agent-control.last-good.json',
  'state/api-tokens.json',
  'state/sample-tasks',
  'state/temporal.db',
  'state/tinytask.db',
];

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(dir, path)).isFile())
    .sort();
}

test('everything that would be lost is in it, for its owner only, and it is whole', async () => {
  const { dir, ...place } = fullPlace();
  const to = join(newFolder(), 'some/where/backup');
  const { manifest, removed } = await makeBackup(place, to);
  expect(filesIn(to)).toEqual([...FILES.slice(0, 5), 'manifest.json', ...FILES.slice(5)].sort());
  expect(manifest.files.map(({ path }) => path).sort()).toEqual(FILES);
  expect(manifest).toMatchObject({
    format: 2,
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    origin: { host: hostname(), basePath: dir, stateDir: join(dir, 'state') },
    leftOut: [],
  });
  expect(manifest.files.find(({ part }) => part === 'tinytask')?.schema).toBe(1);
  expect(JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8'))).toEqual(manifest);
  for (const path of readdirSync(to, { recursive: true, encoding: 'utf8' }))
    expect([path, statSync(join(to, path)).mode & 0o077]).toEqual([path, 0]);
  expect(firstRow(join(to, 'state/tinytask.db'), 'SELECT title FROM tasks')?.title).toBe('a task');
  expect(firstRow(join(to, 'state/temporal.db'), 'SELECT x FROM history')?.x).toBe('began');
  expect(readFileSync(join(to, 'config/recipes/linked.yaml'), 'utf8')).toBe('title: linked\n');
  expect(await checkBackup(to)).toMatchObject({ dir: to, problems: [], manifest: { format: 2 } });
  expect(removed).toEqual([]);
});

test('what is no server of ours is not in it, and is named; so is what there is none of', async () => {
  const { dir } = fullPlace();
  rmSync(join(dir, 'agents.json'));
  rmSync(join(dir, 'recipes'), { recursive: true });
  const env = { TEMPORAL_ADDRESS: 'there:7233', TINYSCHEDULER_MCP_ENDPOINT: 'http://there:3000' };
  const { manifest } = await makeBackup(placeIn(dir, env), join(dir, 'backup'));
  expect(manifest.leftOut).toEqual([
    { part: 'temporal', why: 'elsewhere', address: 'there:7233' },
    { part: 'tinytask', why: 'elsewhere', address: 'http://there:3000' },
    { part: 'control-file', why: 'none' },
    { part: 'recipes', why: 'none' },
  ]);
  expect(manifest.files.map(({ part }) => part)).toEqual([
    ...['last-good', 'sample-mark', 'api-tokens', 'env-file'],
  ]);
});

test('while `start` runs, its servers are waited for, and those that it found are not its own', async () => {
  const { dir, ...place } = fullPlace();
  const self = identify(process.pid);
  if (self === undefined) throw new Error('not in the list of processes');
  const temporal = { ...self, address: '127.0.0.1:7233', uiUrl: '' };
  const tinytask = { ...self, endpoint: 'http://127.0.0.1:3000' };
  const uses = {
    temporal: { address: temporal.address, configured: false, uiUrl: null },
    ...{ tinytask: 'http://127.0.0.1:3999', starter: false },
  };
  const state = join(dir, 'state');
  await updateEmbeddedState(state, { supervisor: { ...self, uses }, tinytask });
  // It has died, and is started again.
  const again = setTimeout(() => void updateEmbeddedState(state, { temporal }), 500);
  const { manifest } = await makeBackup(place, join(dir, 'backup'));
  clearTimeout(again);
  expect(manifest.files.map(({ part }) => part)).toContain('temporal');
  expect(manifest.leftOut).toEqual([
    { part: 'tinytask', why: 'elsewhere', address: 'http://127.0.0.1:3999' },
  ]);
});

test('of recipes, pipes and links that lead nowhere or to folders are left out and named', async () => {
  const { dir, ...place } = fullPlace();
  const at = (name: string) => join(dir, 'recipes', name);
  execFileSync('mkfifo', [at('pipe.yaml')]);
  symlinkSync('/nowhere', at('dangling.yaml'));
  symlinkSync('/dev/zero', at('endless.yaml'));
  symlinkSync('/', at('root'));
  const { manifest } = await makeBackup(place, join(dir, 'backup'));
  expect(manifest.leftOut.map((left) => ('path' in left ? left.path : left.part)).sort()).toEqual(
    ['dangling.yaml', 'endless.yaml', 'pipe.yaml', 'root'].map(at),
  );
  expect(await checkBackup(join(dir, 'backup'))).toMatchObject({ problems: [] });
});

test('a folder that has something in it is not touched; one that is empty is taken', async () => {
  const { dir, ...place } = fullPlace();
  const to = join(dir, 'backup');
  mkdirSync(to);
  writeFileSync(join(to, 'a'), '');
  await expect(makeBackup(place, to)).rejects.toMatchObject({
    failure: { code: 'backup-place-taken', dir: to, text: 'a' },
  });
  expect(readdirSync(to)).toEqual(['a']);
  rmSync(join(to, 'a'));
  await makeBackup(place, to);
  expect(await checkBackup(to)).toMatchObject({ problems: [] });
  await expect(makeBackup(place, join(dir, 'agents.json'))).rejects.toMatchObject({
    code: 'backup-place-taken',
  });
  expect(readdirSync(dir).filter((name) => name.includes('.tmp-'))).toEqual([]);
});

test('where there is nothing to back up, that is said', async () => {
  const dir = newFolder();
  await expect(makeBackup(placeIn(dir), join(dir, 'backup'))).rejects.toMatchObject({
    code: 'nothing-to-back-up',
  });
  expect(readdirSync(dir)).toEqual([]);
});

test.each<[string, (dir: string) => void, RegExp]>([
  [
    'a damaged database',
    (dir) => truncateSync(join(dir, 'state/temporal.db'), 4_096),
    /malformed|disk image|database/,
  ],
  [
    'another file in the place of a database',
    (dir) => {
      // Not written into: whoever made it may still have it open, and folds its journal in at some time.
      for (const end of ['', '-wal', '-shm']) rmSync(join(dir, `state/tinytask.db${end}`), { force: true });
      writeFileSync(join(dir, 'state/tinytask.db'), 'text');
    },
    /not a database/,
  ],
  [
    'a control file that is a pipe',
    (dir) => {
      rmSync(join(dir, 'agents.json'));
      execFileSync('mkfifo', [join(dir, 'agents.json')]);
    },
    /agents\.json: it is not a file/,
  ],
])('nothing is made of %s', async (_, spoil, text) => {
  const { dir, ...place } = fullPlace();
  spoil(dir);
  const target = newFolder();
  const failed = makeBackup(place, join(target, 'backup'));
  await expect(failed).rejects.toMatchObject({
    failure: { code: 'backup-failed', text: expect.stringMatching(text) },
  });
  expect(readdirSync(target)).toEqual([]);
});

test.skipIf(noMountsBecause() !== undefined)('on a full disk nothing is left behind', async () => {
  const { dir, ...place } = fullPlace();
  const target = newFolder();
  const disk = mountSmallDisk(target);
  try {
    disk.fill();
    await expect(makeBackup(place, join(target, 'backup'))).rejects.toMatchObject({
      failure: { code: 'backup-failed', text: expect.stringMatching(/ENOSPC|full/) },
    });
    expect(readdirSync(target)).toEqual(['filler']);
    disk.free();
    await makeBackup(place, join(target, 'backup'));
    expect(await checkBackup(join(target, 'backup'))).toMatchObject({ problems: [] });
  } finally {
    disk.unmount();
  }
  expect(existsSync(dir)).toBe(true);
});

const isRoot = process.getuid?.() === 0;
test.skipIf(!isRoot)('without rights it says so, with exit code 1', async () => {
  const { dir } = fullPlace();
  for (const path of ['', ...readdirSync(dir, { recursive: true, encoding: 'utf8' })])
    if (!path.includes('linked')) chownSync(join(dir, path), 4_242, 4_242);
  const target = newFolder();
  const env = { PATH: process.env.PATH ?? '', HOME: dir };
  const as = (uid: number, ...args: string[]) => command(args, { cwd: dir, env, uid });
  const denied = await as(4_242, 'backup', join(target, 'backup'));
  expect(denied).toMatchObject({ code: 1, stderr: expect.stringMatching(/No backup was made in .*EACCES/) });
  // Somebody who may not read the databases.
  const other = newFolder();
  chownSync(other, 4_243, 4_243);
  const unread = await as(4_243, 'backup', join(other, 'backup'));
  expect(unread.code).not.toBe(0);
  expect(readdirSync(other)).toEqual([]);
});

test('--keep has dated ones, and removes the oldest of this base path only', async () => {
  const { dir, ...place } = fullPlace();
  const parent = join(dir, 'backups');
  const named = (day: number) => join(parent, `tinyscheduler-2026010${day}T000000Z`);
  for (const day of [1, 2, 3]) await makeBackup(place, named(day));
  editManifest(named(1), (manifest) => {
    manifest.origin = { host: 'another', basePath: '/b', stateDir: join(dir, 'state') };
  });
  rmSync(join(named(2), 'manifest.json'));
  mkdirSync(join(parent, 'mine'));
  mkdirSync(`${named(4)}.tmp-999999999-abc`);
  mkdirSync(`${named(5)}.tmp-${process.pid}-abc`);
  const first = await makeBackup(place, parent, { keep: 2 });
  expect(first.dir).toMatch(/backups\/tinyscheduler-\d{8}T\d{6}Z$/);
  expect(first.removed).toEqual([]);
  const later = { ...first, dir: first.dir };
  await new Promise((resolve) => setTimeout(resolve, 1_000 - (Date.now() % 1_000) + 5));
  const second = await makeBackup(place, parent, { keep: 2 });
  expect(second.removed).toEqual([named(3)]);
  expect(
    readdirSync(parent)
      .map((name) => join(parent, name))
      .sort(),
  ).toEqual(
    [
      ...[join(parent, 'mine'), named(1), named(2), `${named(5)}.tmp-${process.pid}-abc`],
      ...[later.dir, second.dir],
    ].sort(),
  );
  expect(await checkBackup(second.dir)).toMatchObject({ problems: [] });
  expect((await checkBackup(parent)).problems).toEqual([{ what: 'has-dated', newest: second.dir }]);
});

test.each<[string, (dir: string) => void, object]>([
  ['no manifest', (dir) => rmSync(join(dir, 'manifest.json')), { what: 'no-manifest' }],
  ['half a manifest', (dir) => truncateSync(join(dir, 'manifest.json'), 100), { what: 'no-manifest' }],
  [
    'a newer format',
    (dir) => editManifest(dir, (manifest) => Object.assign(manifest, { format: 3, files: 'others' })),
    { what: 'newer-format', format: 3, known: 2 },
  ],
  [
    'a path that leads out of it',
    (dir) =>
      editManifest(dir, (manifest) => {
        for (const file of manifest.files as { path: string }[])
          file.path = 'config/recipes/../../../../evil';
      }),
    { what: 'no-manifest', text: expect.stringContaining('no place in a backup') },
  ],
  [
    'a file that is gone',
    (dir) => rmSync(join(dir, 'config/env')),
    { what: 'file-missing', path: 'config/env' },
  ],
  [
    'a file that is a link',
    (dir) => {
      rmSync(join(dir, 'config/env'));
      symlinkSync('/etc/passwd', join(dir, 'config/env'));
    },
    { what: 'file-missing', path: 'config/env' },
  ],
  [
    'a file that is another',
    (dir) => writeFileSync(join(dir, 'config/recipes/ada.yaml'), 'title: eve\n'),
    { what: 'file-changed', path: 'config/recipes/ada.yaml' },
  ],
])('--check finds %s', async (_, spoil, problem) => {
  const { dir, ...place } = fullPlace();
  const to = join(dir, 'backup');
  await makeBackup(place, to);
  spoil(to);
  const { problems } = await checkBackup(to);
  expect(problems).toEqual([expect.objectContaining(problem)]);
});
