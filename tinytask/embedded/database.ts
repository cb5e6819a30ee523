import { Changes } from './changes.ts';
import { databaseProblem } from './database-problem.ts';
import { atOneMoment, atomically, openDatabase } from './open-database.ts';

export type Row = Record<string, unknown>;
export type Value = string | number | null;

/** The database of one embedded TinyTask. */
export interface Store {
  rows(sql: string, values?: Value[]): Row[];
  row(sql: string, values?: Value[]): Row | undefined;
  /** The number of changed rows. */
  run(sql: string, values?: Value[]): number;
  /** The id of the new row. */
  insert(table: 'tasks' | 'comments' | 'links', columns: Record<string, Value>): number;
  /** Everything in `work`, or nothing of it. */
  atomically<T>(work: () => T): T;
  /** All that `work` reads is of one moment. */
  atOneMoment<T>(work: () => T): T;
  /** Tells that something was written. */
  readonly changes: Changes;
  /** The present time as TinyTask writes it: `2026-11-21T09:41:23Z`. */
  stamp(): string;
  close(): void;
}

/**
 * Opens `file`, which is made, with its folder, where it is missing. Throws a DatabaseProblem, as does each use of the
 * store, where the file is damaged, locked, not to be written, on a full disk, or not TinyTask's.
 */
export function openStore(file: string): Store {
  const told = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw databaseProblem(file, error);
    }
  };
  const db = told(() => openDatabase(file));
  const changes = new Changes(() => Object.values(db.prepare('PRAGMA data_version').get() as Row)[0]);
  const run = (sql: string, values: Value[] = []) => {
    const ran = told(() => db.prepare(sql).run(...values));
    if (ran.changes > 0) changes.note();
    return ran;
  };
  return {
    rows: (sql, values = []) => told(() => db.prepare(sql).all(...values) as Row[]),
    row: (sql, values = []) => told(() => db.prepare(sql).get(...values) as Row | undefined),
    run: (sql, values) => run(sql, values).changes,
    insert: (table, columns) => {
      const names = Object.keys(columns);
      const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      return Number(run(sql, Object.values(columns)).lastInsertRowid);
    },
    atomically: (work) => told(() => atomically(db, work)),
    atOneMoment: (work) => told(() => atOneMoment(db, work)),
    changes,
    stamp: () => `${new Date().toISOString().slice(0, 19)}Z`,
    close: () => db.close(),
  };
}
