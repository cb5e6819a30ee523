import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { copyDatabases } from '../../../embedded/backup/copy-databases.ts';
import { hold } from '../../../embedded/backup/hold.ts';
import { checkDatabase } from '../../../embedded/backup/sqlite.ts';
import { allowed } from '../../support/allowed.ts';
import { mainForTests } from '../../support/daemon-process.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

const WRITER = fileURLToPath(new URL('../../fixtures/two-databases.mjs', import.meta.url));
const COPIES = 8;

// The process that holds the databases is a compiled one.
beforeAll(() => void mainForTests(), 600_000);

function newFolder(): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return folder.path;
}

async function writing(...paths: string[]): Promise<ChildProcess> {
  const writer = fork(WRITER, paths, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  onTestFinished(() => void writer.kill('SIGKILL'));
  await once(writer, 'message');
  return writer;
}

function made(path: string, rows = 1): Database.Database {
  const db = new Database(path);
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x TEXT); PRAGMA user_version = 7');
  db.exec('BEGIN');
  for (let row = 0; row < rows; row += 1) db.exec("INSERT INTO t VALUES ('a')");
  db.exec('COMMIT');
  return db;
}

function query(path: string, sql: string): Record<string, unknown> {
  const db = new Database(path);
  try {
    return db.prepare(sql).get() as Record<string, unknown>;
  } finally {
    db.close();
  }
}

test('two databases that are written all the time are copied whole, and as they are at one moment', async () => {
  const dir = newFolder();
  const [a, b] = [join(dir, 'a.db'), join(dir, 'b.db')];
  const writer = await writing(a, b);
  let steps = 0;
  let longestMs = 0;
  writer.on('message', ({ n, longest }: { n: number; longest: number }) => {
    steps = n;
    longestMs = longest;
  });
  const seen: number[] = [];
  for (let copy = 0; copy < COPIES; copy += 1) {
    const [toA, toB] = [join(dir, `${copy}.a`), join(dir, `${copy}.b`)];
    await copyDatabases([
      { from: b, to: toB },
      { from: a, to: toA },
    ]);
    const of = (path: string) => ({
      ...query(path, 'SELECT n FROM step'),
      ...query(path, 'SELECT sum(money) AS sum FROM account'),
    });
    const [inA, inB] = [of(toA), of(toB)] as { n: number; sum: number }[];
    expect([inA?.sum, inB?.sum], 'each shows one moment').toEqual([300_000, 300_000]);
    expect([0, 1], `a at step ${inA?.n}, b at ${inB?.n}`).toContain(Number(inA?.n) - Number(inB?.n));
    expect(checkDatabase(toA)).toBe(0);
    seen.push(Number(inA?.n));
  }
  expect(seen, 'it was written meanwhile').toEqual([...new Set(seen)].sort((x, y) => x - y));
  expect(steps).toBeGreaterThan(100);
  // Only a failure takes that long: the writer waits for the journals, not for the files.
  expect(longestMs).toBeLessThan(allowed(5_000));
});

test('a copy is one file, for its owner only; what is in the journal alone is in it', async () => {
  const dir = newFolder();
  const from = join(dir, 'a.db');
  const db = made(from, 3);
  expect(statSync(`${from}-wal`).size).toBeGreaterThan(0);
  const to = join(dir, 'copies');
  await copyDatabases([{ from, to }]);
  db.close();
  expect(readdirSync(dir).filter((name) => name.startsWith('copies'))).toEqual(['copies']);
  expect(statSync(to).mode & 0o777).toBe(0o600);
  expect(query(to, 'SELECT count(*) AS rows FROM t').rows).toBe(3);
  expect(checkDatabase(to)).toBe(7);
});

test('so is one that nobody uses, with a journal that a killed process has left or without one', async () => {
  const dir = newFolder();
  const from = join(dir, 'a.db');
  made(from, 2).close();
  expect(existsSync(`${from}-wal`)).toBe(false);
  await copyDatabases([{ from, to: join(dir, 'b.db') }]);
  expect(query(join(dir, 'b.db'), 'SELECT count(*) AS rows FROM t').rows).toBe(2);
  const writer = await writing(join(dir, 'c.db'));
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  await copyDatabases([{ from: join(dir, 'c.db'), to: join(dir, 'd.db') }]);
  expect(query(join(dir, 'd.db'), 'SELECT sum(money) AS sum FROM account').sum).toBe(300_000);
});

test('while somebody else does not let go, it gives up', async () => {
  const dir = newFolder();
  const from = join(dir, 'a.db');
  const db = made(from);
  db.exec('BEGIN IMMEDIATE');
  await expect(copyDatabases([{ from, to: join(dir, 'b.db') }])).rejects.toThrow(/locked/);
  db.exec('ROLLBACK');
  db.exec("INSERT INTO t VALUES ('b')");
  db.close();
});

test('what cannot be a database is said, and nothing is made in its place', async () => {
  const dir = newFolder();
  await expect(copyDatabases([{ from: join(dir, 'none'), to: join(dir, 'b') }])).rejects.toThrow(/ENOENT/);
  writeFileSync(join(dir, 'text'), 'x'.repeat(5_000));
  await expect(copyDatabases([{ from: join(dir, 'text'), to: join(dir, 'b') }])).rejects.toThrow(
    /not a database/,
  );
  await expect(copyDatabases([{ from: dir, to: join(dir, 'b') }])).rejects.toThrow(/is not a file/);
  expect(readdirSync(dir)).toEqual(['text']);
});

test.each([
  ['something in it', 'PASSIVE'],
  ['nothing in it', 'TRUNCATE'],
])('while it is pinned with a journal that has %s, the journal is not begun anew', async (_, before) => {
  const dir = newFolder();
  const from = join(dir, 'a.db');
  const db = made(from, 2_000);
  db.exec(`PRAGMA wal_checkpoint(${before})`);
  db.exec("INSERT INTO t VALUES ('b')");
  if (before === 'TRUNCATE') db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const held = await hold([from]);
  db.exec("INSERT INTO t VALUES ('c')");
  const busy = () => Number((db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }).busy);
  expect(busy()).toBe(1);
  await held.release();
  expect(busy()).toBe(0);
  db.close();
});

test('a hold that was lost says so, so that nothing is taken for a copy', async () => {
  const dir = newFolder();
  made(join(dir, 'a.db')).close();
  const held = await hold([join(dir, 'a.db')]);
  await held.seal();
  held.end();
  await expect(held.release()).rejects.toThrow('the process that held the databases has ended');
});

test('a damaged database is told as such', () => {
  const path = join(newFolder(), 'a.db');
  made(path, 3_000).close();
  truncateSync(path, Math.floor(statSync(path).size / 2 / 4_096) * 4_096);
  expect(() => checkDatabase(path)).toThrow();
});
