import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { beforeAll, expect, test } from 'vitest';
import { makeBackup } from '../../../client/backup/backup.ts';
import { restoreBackup } from '../../../client/backup/restore.ts';
import { writePresence } from '../../../embedded/presence/presence-records.ts';
import { contentOf } from '../../../os/copied-file.ts';
import { editManifest, firstRow, fullPlace, newFolder, placeIn } from '../../support/backup-place.ts';
import { mainForTests } from '../../support/daemon-process.ts';
import { mountSmallDisk, noMountsBecause } from '../../support/small-disk.ts';

// The process that holds the databases is a compiled one.
beforeAll(() => void mainForTests(), 600_000);

async function backedUp(): Promise<{ origin: string; backup: string }> {
  const { dir, ...place } = fullPlace();
  const backup = join(newFolder(), 'backup');
  await makeBackup(place, backup);
  return { origin: dir, backup };
}

const restoreInto = (basePath: string, backup: string, env?: Record<string, string>, envFile?: string) =>
  restoreBackup(backup, placeIn(basePath, env, envFile).loaded);

/** Whatever a restore leaves where it did not come to its end. */
function hasNoState(basePath: string): void {
  const state = join(basePath, 'state');
  expect(existsSync(state) ? readdirSync(state) : []).toEqual([]);
  expect(readdirSync(basePath).filter((name) => name.includes('.tmp-'))).toEqual([]);
}

test('everything is where the env file of the backup wants it, for its owner only', async () => {
  const { origin, backup } = await backedUp();
  const base = newFolder();
  const restored = await restoreInto(base, backup);
  expect(restored).toMatchObject({ basePath: base, stateDir: join(base, 'state'), leadsTo: null });
  expect(restored.placed.map(({ path, did }) => [did, path.slice(base.length + 1)])).toEqual([
    ['placed', '.env'],
    ['placed', 'agents.json'],
    ...['ada.yaml', 'linked.yaml', 'parts/common.yaml']
      .map((name) => ['placed', `recipes/${name}`])
      .sort((a, b) => order(restored, base, a) - order(restored, base, b)),
  ]);
  for (const path of ['.env', 'agents.json', 'recipes/ada.yaml', 'recipes/parts/common.yaml']) {
    expect(readFileSync(join(base, path), 'utf8')).toBe(readFileSync(join(origin, path), 'utf8'));
    expect(statSync(join(base, path)).mode & 0o077).toBe(0);
  }
  expect(readdirSync(join(base, 'state')).sort()).toEqual([
    ...['agent-control.last-good.json', 'api-tokens.json', 'restored-from.json', 'sample-tasks'],
    ...['temporal.db', 'tinytask.db'],
  ]);
  expect(statSync(join(base, 'state')).mode & 0o777).toBe(0o700);
  expect(statSync(join(base, 'state/api-tokens.json')).mode & 0o777).toBe(0o600);
  expect(firstRow(join(base, 'state/tinytask.db'), 'SELECT title FROM tasks')?.title).toBe('a task');
  expect(JSON.parse(readFileSync(join(base, 'state/restored-from.json'), 'utf8'))).toEqual({
    host: hostname(),
    stateDir: join(origin, 'state'),
  });
});

function order({ placed }: Awaited<ReturnType<typeof restoreBackup>>, base: string, row: string[]): number {
  return placed.findIndex(({ path }) => path === join(base, row[1] ?? ''));
}

test('a file of the configuration that is there stays as it is; the same one is no matter', async () => {
  const { origin, backup } = await backedUp();
  const base = newFolder();
  writeFileSync(join(base, 'agents.json'), '[]');
  mkdirSync(join(base, 'recipes'));
  writeFileSync(join(base, 'recipes/ada.yaml'), readFileSync(join(origin, 'recipes/ada.yaml')));
  const { placed } = await restoreInto(base, backup);
  const did = (name: string) => placed.find(({ path }) => path === join(base, name))?.did;
  expect([did('agents.json'), did('recipes/ada.yaml'), did('.env')]).toEqual(['kept', 'same', 'placed']);
  expect(readFileSync(join(base, 'agents.json'), 'utf8')).toBe('[]');
});

test('an env file that was named counts, and stays', async () => {
  const { backup } = await backedUp();
  const base = newFolder();
  const envFile = join(newFolder(), 'tinyscheduler.env');
  writeFileSync(envFile, 'TINYSCHEDULER_AGENT_CONTROL_FILE=others.json\nTINYSCHEDULER_STATE_DIR=var\n');
  const restored = await restoreInto(base, backup, {}, envFile);
  expect(restored).toMatchObject({ stateDir: join(base, 'var'), leadsTo: null });
  expect(restored.placed).toContainEqual({ part: 'env-file', path: envFile, did: 'kept' });
  expect(readdirSync(base).sort()).toEqual(['others.json', 'recipes', 'var']);
});

test('an env file that leads to another state directory is told', async () => {
  const { dir, ...place } = fullPlace();
  writeFileSync(join(dir, '.env'), `TINYSCHEDULER_BASE_PATH=${dir}\n`);
  const backup = join(newFolder(), 'backup');
  await makeBackup({ ...place, ...placeIn(dir) }, backup);
  const base = newFolder();
  expect(await restoreInto(base, backup)).toMatchObject({
    stateDir: join(base, 'state'),
    leadsTo: join(dir, 'state'),
  });
});

test('where there is state, nothing is touched', async () => {
  const { backup } = await backedUp();
  const base = newFolder();
  mkdirSync(join(base, 'state'));
  writeFileSync(join(base, 'state/tinytask.db'), 'theirs');
  await expect(restoreInto(base, backup)).rejects.toMatchObject({
    failure: { code: 'restore-place-taken', stateDir: join(base, 'state'), entries: ['tinytask.db'] },
  });
  expect(readdirSync(base)).toEqual(['state']);
  expect(readFileSync(join(base, 'state/tinytask.db'), 'utf8')).toBe('theirs');
  rmSync(join(base, 'state/tinytask.db'));
  await restoreInto(base, backup);
});

test('while the original runs on this host, it refuses', async () => {
  const { origin, backup } = await backedUp();
  const record = await writePresence(join(origin, 'state'), 'daemon');
  const base = newFolder();
  await expect(restoreInto(base, backup)).rejects.toMatchObject({
    failure: {
      code: 'something-runs',
      stateDir: join(origin, 'state'),
      isOrigin: true,
      processes: [{ kind: 'run --daemon', pid: process.pid }],
    },
  });
  hasNoState(base);
  editManifest(backup, (manifest) => Object.assign(manifest.origin as object, { host: 'another' }));
  await restoreInto(base, backup);
  expect(existsSync(record)).toBe(true);
});

test.each<[string, (backup: string) => void, object]>([
  [
    'a file that is another',
    (backup) => writeFileSync(join(backup, 'config/env'), 'GOOSE_PROVIDER=evil\n'),
    { what: 'file-changed', path: 'config/env' },
  ],
  [
    'a database that is another',
    (backup) => writeFileSync(join(backup, 'state/tinytask.db'), 'text'),
    { what: 'file-changed', path: 'state/tinytask.db' },
  ],
  ['no manifest', (backup) => rmSync(join(backup, 'manifest.json')), { what: 'no-manifest' }],
  [
    'a path that leads out of it',
    (backup) =>
      editManifest(backup, (manifest) => {
        for (const file of manifest.files as { path: string }[]) file.path = 'state/../../evil';
      }),
    { what: 'no-manifest' },
  ],
])('nothing is restored of a backup with %s', async (_, spoil, problem) => {
  const { backup } = await backedUp();
  spoil(backup);
  const base = newFolder();
  await expect(restoreInto(base, backup)).rejects.toMatchObject({
    failure: { code: 'backup-unusable', problems: [problem] },
  });
  hasNoState(base);
  expect(readdirSync(base).filter((name) => name !== 'state')).toEqual([]);
});

test.each([
  ['of a newer version', 'PRAGMA user_version = 99', { what: 'newer-schema', schema: 99, known: 1 }],
  [
    'with damage that was there at the backup',
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 9999 WHERE name = 'links'",
    { what: 'database-damaged' },
  ],
])('a database %s is told, though it is what was written', async (_, sql, problem) => {
  const { backup } = await backedUp();
  const path = join(backup, 'state/tinytask.db');
  chmodSync(path, 0o600);
  const db = new Database(path);
  db.exec(sql);
  db.close();
  const content = await contentOf(path);
  editManifest(backup, (manifest) => {
    const files = manifest.files as { path: string }[];
    Object.assign(files.find((file) => file.path === 'state/tinytask.db') ?? {}, content);
  });
  const base = newFolder();
  await expect(restoreInto(base, backup)).rejects.toMatchObject({
    failure: { code: 'backup-unusable', problems: [{ path: 'state/tinytask.db', ...problem }] },
  });
  hasNoState(base);
});

test.skipIf(noMountsBecause() !== undefined)('on a full disk nothing is left behind', async () => {
  const { backup } = await backedUp();
  const base = newFolder();
  const disk = mountSmallDisk(base);
  try {
    disk.fill();
    await expect(restoreInto(base, backup)).rejects.toMatchObject({
      failure: { code: 'restore-failed', text: expect.stringMatching(/ENOSPC/) },
    });
    disk.free();
    hasNoState(base);
    await restoreInto(base, backup);
  } finally {
    disk.unmount();
  }
});
