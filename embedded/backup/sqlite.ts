import { lstatSync } from 'node:fs';
import Database from 'libsql';

const LOCK_MS = 5_000;

/** A database that others work with. Everything here throws what SQLite says. */
export class LiveDatabase {
  readonly #path: string;
  readonly #open: Database.Database[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * From now on no page gets into the file that is not in its journal as well, and the journal is not begun anew: SQLite
   * keeps both for whoever reads. Nobody has to wait.
   */
  pin(): void {
    const reader = this.#connect();
    reader.exec('BEGIN');
    // It begins to read with the first page that it needs.
    reader.prepare('SELECT count(*) FROM sqlite_schema').get();
  }

  /** From now on nobody writes. Waits up to 5 s for who does. */
  seal(): void {
    this.#connect().exec('BEGIN IMMEDIATE');
  }

  /** Lets go of everything. */
  release(): void {
    for (const db of this.#open.splice(0)) {
      // Closed, it would keep its locks for as long as a statement of it is remembered.
      if (db.inTransaction) db.exec('ROLLBACK');
      db.close();
    }
  }

  #connect(): Database.Database {
    const db = open(this.#path);
    this.#open.push(db);
    return db;
  }
}

/** Puts what the journal of a copy has into the file, and removes the journal. Throws what SQLite says. */
export function foldJournal(path: string): void {
  withDatabase(path, (db) => {
    db.exec('PRAGMA synchronous = FULL');
    const { journal_mode: mode } = db.prepare('PRAGMA journal_mode = DELETE').get() as {
      journal_mode: string;
    };
    if (mode !== 'delete') throw new Error(`its journal could not be folded in (${mode})`);
  });
}

/** Reads all of it. Returns its `user_version`. Throws an Error that says what is damaged. */
export function checkDatabase(path: string): number {
  return withDatabase(path, (db) => {
    const found = db.prepare('PRAGMA integrity_check(3)').all() as { integrity_check: string }[];
    const damage = found.map((row) => row.integrity_check).filter((text) => text !== 'ok');
    if (damage.length > 0) throw new Error(damage.join('; ').replaceAll('\n', ' '));
    return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
  });
}

function withDatabase<T>(path: string, work: (db: Database.Database) => T): T {
  const db = open(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

function open(path: string): Database.Database {
  // SQLite would make an empty one.
  if (!lstatSync(path).isFile()) throw new Error(`${path} is not a file`);
  const db = new Database(path);
  db.exec(`PRAGMA busy_timeout = ${LOCK_MS}`);
  return db;
}
