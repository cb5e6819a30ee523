import { expect, test } from 'vitest';
import type { BackedUpFile, BackupManifest, LeftOut } from '../../contract/backup.ts';
import { sayBackup, sayBackupCheck, sayRestored } from '../../words/backup.ts';
import { sayBytes } from '../../words/bytes.ts';

const file = (part: BackedUpFile['part'], path: string, bytes: number): BackedUpFile => ({
  ...{ part, path, bytes },
  ...{ from: `/old/${path}`, sha256: '', schema: null },
});
const manifest: BackupManifest = {
  ...{ format: 1, version: '0.1.0', madeAt: '2026-01-31T12:00:00.000Z' },
  origin: { host: 'h', basePath: '/old', stateDir: '/old/state' },
  files: [
    file('tinytask', 'state/tinytask.db', 45_056),
    file('temporal', 'state/temporal.db', 12_345_678),
    file('sample-mark', 'state/sample-tasks', 5),
    file('env-file', 'config/env', 512),
    file('recipes', 'config/recipes/a.yaml', 1),
    file('recipes', 'config/recipes/b.yaml', 2),
  ],
  leftOut: [],
};
const without = (...leftOut: LeftOut[]): BackupManifest => ({ ...manifest, files: [], leftOut });
const IS_IN = "the tasks (TinyTask) (45 KB), Temporal's history (12 MB), the env file (512 bytes), 2 recipes";

test('a backup says what is in it, and that it is secret', () => {
  expect(sayBackup({ dir: '/b', manifest, removed: ['/b/old'] })).toEqual([
    `Backed up into /b: ${IS_IN}.`,
    'The env file may hold keys: keep the backup as you keep those.',
    'Removed /b/old, the oldest.',
  ]);
});

test.each<[LeftOut, string | RegExp]>([
  [
    { part: 'temporal', why: 'elsewhere', address: 't:1' },
    /^Not in it: Temporal's history, which the server t:1 has\. Back that one up before this, never after it: /,
  ],
  [
    { part: 'tinytask', why: 'elsewhere', address: 'http://t' },
    /^Not in it: the tasks \(TinyTask\), which http:\/\/t has\. Back that one up after this, never before it: /,
  ],
  [{ part: 'env-file', why: 'none' }, 'Not in it: the env file; there is none.'],
  [{ part: 'recipes', why: 'none' }, 'Not in it: recipes; there are none.'],
  [
    { part: 'recipes', why: 'unfit', path: '/r/pipe', text: 'it is not a file' },
    'Not in it: /r/pipe, since it is not a file.',
  ],
])('what is not in it is named: %j', (left, says) => {
  const lines = sayBackup({ dir: '/b', manifest: without(left), removed: [] });
  expect(lines).toHaveLength(2);
  if (typeof says === 'string') expect(lines[1]).toBe(says);
  else expect(lines[1]).toMatch(says);
});

test('of what nobody would miss, nothing is said', () => {
  const left: LeftOut[] = [
    { part: 'last-good', why: 'none' },
    { part: 'sample-mark', why: 'none' },
  ];
  expect(sayBackup({ dir: '/b', manifest: without(...left), removed: [] })).toHaveLength(1);
});

test('a check says what it found', () => {
  expect(sayBackupCheck({ dir: '/b', manifest, problems: [] })).toEqual([
    `/b is whole: ${IS_IN}.`,
    'Made 2026-01-31T12:00:00.000Z of /old on h, by version 0.1.0.',
  ]);
  expect(
    sayBackupCheck({ dir: '/b', manifest, problems: [{ what: 'file-changed', path: 'config/env' }] }),
  ).toEqual(['/b cannot be restored:', '  config/env is not what was written then']);
});

test('a restore says what it did, left alone, and what comes next', () => {
  const placed = [
    { part: 'env-file', path: '/new/.env', did: 'placed' },
    { part: 'control-file', path: '/new/agents.json', did: 'kept' },
    { part: 'recipes', path: '/new/recipes/a.yaml', did: 'same' },
  ] as const;
  const restored = { manifest, basePath: '/new', stateDir: '/new/state', placed: [...placed] };
  expect(sayRestored({ ...restored, leadsTo: '/old/state' })).toEqual([
    'Restored into /new/state what was in /old/state on h at 2026-01-31T12:00:00.000Z.',
    'Restored /new/.env.',
    'Left /new/agents.json as it is: another one is there already. That of the backup is in the backup.',
    'With the restored env file the state directory is /old/state: correct its paths before you start.',
    'Never start it while /old on h runs: both would do the same tasks.',
    'Tasks that ran then run again. Start in /new: `tinyscheduler start`, or `run --daemon`.',
  ]);
  expect(sayRestored({ ...restored, leadsTo: null })).toHaveLength(5);
  const tokens = file('api-tokens', 'state/api-tokens.json', 2);
  expect(
    sayRestored({ ...restored, manifest: { ...manifest, files: [tokens] }, leadsTo: null }),
  ).toContainEqual('Tokens that were revoked since then count again: `tinyscheduler token list` shows them.');
});

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1.0 KB'],
  [1_073_741_824, '1.1 GB'],
  [99_500_000, '100 MB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (bytes, says) => expect(sayBytes(bytes)).toBe(says));
