import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startCommand } from '../../../embedded/servers/piece.ts';
import { answerCall } from '../../../tinytask/embedded/calls.ts';
import { openStore, type Store } from '../../../tinytask/embedded/database.ts';
import { startEmbeddedTinyTask } from '../../../tinytask/embedded/server.ts';
import { allowed } from '../../support/allowed.ts';
import { buildOnce } from '../../support/build.ts';
import { mountSmallDisk, noMountsBecause, type SmallDisk } from '../../support/small-disk.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unusable-'));
  file = join(folder, 'tinytask.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function filled(tasks = 300, titleLength = 300): void {
  const store = openStore(file);
  const stamps = { created_at: store.stamp(), updated_at: store.stamp() };
  store.atomically(() => {
    for (let n = 0; n < tasks; n += 1)
      store.insert('tasks', { title: 'x'.repeat(titleLength), created_by: 'test', ...stamps });
  });
  // Else all of it is still in the log beside the file, which heals whatever is done to the file.
  store.row('PRAGMA wal_checkpoint(TRUNCATE)');
  store.close();
}

function create(store: Store, title: string): string {
  return answerCall(store, 'create_task', { title, created_by: 'test' }).content[0]?.text ?? '';
}

function sql(...statements: string[]): void {
  const db = new Database(file);
  for (const statement of statements) db.exec(statement);
  db.close();
}

/** From the middle on. */
function garble(): void {
  const bytes = readFileSync(file);
  for (let at = bytes.length >> 1; at < bytes.length; at += 7) bytes[at] = 0xff;
  writeFileSync(file, bytes);
}

const DAMAGED = /is damaged \(.+\)\. Put it aside and start again with an empty one \(`mv .+`\)/;

const unusable: [what: string, make: () => void, says: RegExp][] = [
  ['cut within its first page', () => [filled(), truncateSync(file, 100)], DAMAGED],
  ['cut in the middle', () => [filled(), truncateSync(file, 40_960)], DAMAGED],
  ['short of its last bytes', () => [filled(), truncateSync(file, readFileSync(file).length - 100)], DAMAGED],
  ['garbled', () => [filled(), garble()], DAMAGED],
  ['a text', () => writeFileSync(file, 'tasks\n'.repeat(1_000)), /is not an SQLite database\. Put it aside/],
  ['a folder', () => mkdirSync(file), /it is a folder/],
  [
    'below a file',
    () => {
      file = join(folder, 'a file', 'tinytask.db');
      writeFileSync(join(folder, 'a file'), '');
    },
    /there can be no file at that place/,
  ],
  [
    'of a newer version',
    () => sql('PRAGMA user_version = 7'),
    /newer TinyScheduler \(version 7 .*use the newer one/,
  ],
  [
    'of another program',
    () => sql('CREATE TABLE invoices (id)'),
    /another program \(no such table: tasks\); use another/,
  ],
  [
    'of another program that has tasks',
    () => sql('CREATE TABLE tasks (id, what)'),
    /another program \(no such column: title\)/,
  ],
];

describe.each(unusable)('a database that is %s', (_what, make, says) => {
  test('is told with what to do', async () => {
    make();
    expect(() => openStore(file)).toThrow(says);
    expect(() => openStore(file)).toThrow(file);
    await expect(startEmbeddedTinyTask({ databaseFile: file, port: 0 })).rejects.toThrow(says);
  });
});

test("another program's database is left as it was", () => {
  sql('CREATE TABLE tasks (id, what)');
  const before = readFileSync(file);
  expect(() => openStore(file)).toThrow('another program');
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('one from before versions were written into it is taken as it is', () => {
  filled();
  sql('PRAGMA user_version = 0');
  const store = openStore(file);
  expect(store.row('SELECT count(*) AS count FROM tasks')).toMatchObject({ count: 300 });
  store.close();
});

test('one that another process writes to is told within a second', () => {
  filled();
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  const startedAt = performance.now();
  expect(() => openStore(file)).toThrow(/another process has locked it\. End that one/);
  expect(performance.now() - startedAt).toBeLessThan(allowed(1_500));
  other.exec('ROLLBACK');
  other.close();
});

test('one that is damaged while it is open is told to callers', () => {
  // More than SQLite keeps in memory.
  filled(3_000, 2_000);
  const store = openStore(file);
  garble();
  const { content, isError } = answerCall(store, 'list_tasks', { limit: 5_000 });
  expect(isError).toBe(true);
  expect(content[0]?.text).toMatch(/^Error listing tasks: The TinyTask database .+ is damaged/);
  store.close();
});

describe('the process that `npm start` starts', () => {
  test.each(unusable.slice(0, 6))(
    'ends at once, and tells why, where the database is %s',
    async (_what, make, says) => {
      make();
      const entry = join(await buildOnce(), 'client/cli/main.js');
      const startedAt = performance.now();
      const piece = startCommand(
        {
          args: ['internal-tinytask', '--database', file],
          env: { PATH: process.env.PATH },
          logFile: join(folder, 'log'),
        },
        entry,
      );
      onTestFinished(() => piece.kill());
      await expect(piece.message(20_000)).rejects.toThrow(says);
      expect(await piece.ended).toBe('exit 1');
      expect(performance.now() - startedAt).toBeLessThan(allowed(10_000));
    },
    60_000,
  );
});

const why = noMountsBecause();
if (why !== undefined) console.log(`unusable database: the disks are skipped, since ${why}`);

describe.skipIf(why !== undefined)('a disk', () => {
  let disk: SmallDisk;
  beforeEach(() => {
    disk = mountSmallDisk(folder);
  });
  afterEach(() => disk.unmount());

  const FULL = /The disk of the TinyTask database .+ is full, so nothing was written: make room on it/;

  test('that is full is told to callers, nothing is half done, and it goes on when there is room', () => {
    const store = openStore(file);
    expect(create(store, 'kept')).toContain('"id": 1');
    disk.fill();
    expect(create(store, 'x'.repeat(10_000))).toMatch(FULL);
    expect(create(store, 'x'.repeat(10_000))).toMatch(/^Error creating task: The disk/);
    expect(answerCall(store, 'list_tasks', {}).content[0]?.text).toContain('"count": 1');
    disk.free();
    expect(create(store, 'again')).toContain('"id": 2');
    store.close();
  });

  test('that is full at the start is told', () => {
    filled();
    disk.fill();
    expect(() => openStore(file)).toThrow(FULL);
    file = join(folder, 'another.db');
    expect(() => openStore(file)).toThrow(FULL);
  });

  test('that is read-only is told', () => {
    writeFileSync(file, '');
    disk.readOnly(true);
    expect(() => openStore(file)).toThrow(/may not write it or its folder .+, or the disk is read-only/);
    file = join(folder, 'another.db');
    expect(() => openStore(file)).toThrow(/cannot be used/);
    disk.readOnly(false);
  });
});
