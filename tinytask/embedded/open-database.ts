import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { notOurs } from './database-problem.ts';
import { CHANGES_SEEN, PRAGMAS, READS, SCHEMA, SCHEMA_VERSION } from './schema.ts';

/** Somebody waits for the start, so a lock is told soon; a call may wait for another process's write. */
const LOCK_AT_START_MS = 500;
const LOCK_MS = 5_000;

/**
 * Opens the file, which is made, with its folder, where it is missing. Throws a DatabaseProblem where it is not
 * TinyTask's, and what SQLite or the file system says where it cannot be used.
 */
export function openDatabase(file: string): Database.Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw notOurs(file, 'it is a folder');
  const db = made(file);
  try {
    db.exec(`PRAGMA busy_timeout = ${LOCK_AT_START_MS}`);
    refuseOthers(db, file);
    db.exec(PRAGMAS);
    // Writes in any case: a disk that is full or read-only is told now, not to the first caller.
    atomically(db, () => db.exec(SCHEMA));
    db.exec(CHANGES_SEEN);
    db.exec(`PRAGMA busy_timeout = ${LOCK_MS}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function made(file: string): Database.Database {
  try {
    return new Database(file);
  } catch (error) {
    // libsql gives this one no code.
    throw Object.assign(new Error((error as Error).message, { cause: error }), { code: 'SQLITE_CANTOPEN' });
  }
}

/**
 * Everything in `work`, or nothing of it. Not libsql's own `transaction`: when an error has ended the transaction (a
 * full disk does), that one says that it cannot roll back, and not why.
 */
export function atomically<T>(db: Database.Database, work: () => T): T {
  return within(db, 'BEGIN IMMEDIATE', work);
}

/** All that `work` reads is of one moment, whatever other processes write meanwhile. */
export function atOneMoment<T>(db: Database.Database, work: () => T): T {
  return within(db, 'BEGIN', work);
}

function within<T>(db: Database.Database, begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T {
  db.exec(begin);
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Before anything is written into it. Reads all of it once (80 MB in 0.1 s): a damaged page is told now. */
function refuseOthers(db: Database.Database, file: string): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > SCHEMA_VERSION) {
    throw notOurs(
      file,
      `it was written by a newer TinyScheduler (version ${version} of its tables, this one knows ${SCHEMA_VERSION}); ` +
        'use the newer one, or another state directory',
    );
  }
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (!isEmpty) for (const sql of READS) refuseUnlessReadable(db, file, sql);
  const { quick_check: found } = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (found !== 'ok') throw Object.assign(new Error(found.split('\n')[0]), { code: 'SQLITE_CORRUPT' });
}

function refuseUnlessReadable(db: Database.Database, file: string, sql: string): void {
  try {
    db.prepare(sql);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== 'SQLITE_ERROR') throw error;
    throw notOurs(file, `it is the database of another program (${message}); use another state directory`);
  }
}
