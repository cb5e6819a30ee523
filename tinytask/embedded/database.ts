import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';

/**
 * `synchronous = FULL`: each commit is synced to disk before its call is answered. A SIGKILL alone would be
 * survived with NORMAL too (what was written to the WAL is the kernel's); FULL also keeps an answered claim
 * through a power cut, without which the same task would be handed out a second time. It costs 0.2 ms a write.
 */
const SCHEMA = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA busy_timeout = 5000;
PRAGMA foreign_keys = ON;
CREATE TABLE IF NOT EXISTS tasks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL,
  description TEXT,
  status TEXT NOT NULL DEFAULT 'idle' CHECK (status IN ('idle', 'working', 'complete')),
  assigned_to TEXT,
  previous_assigned_to TEXT,
  created_by TEXT NOT NULL,
  priority INTEGER NOT NULL DEFAULT 0,
  tags TEXT NOT NULL DEFAULT '[]',
  parent_task_id INTEGER REFERENCES tasks (id) ON DELETE CASCADE,
  queue_name TEXT,
  blocked_by_task_id INTEGER REFERENCES tasks (id) ON DELETE SET NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  archived_at TEXT
);
CREATE INDEX IF NOT EXISTS tasks_by_assignee ON tasks (assigned_to);
CREATE INDEX IF NOT EXISTS tasks_by_queue ON tasks (queue_name);
CREATE INDEX IF NOT EXISTS tasks_by_parent ON tasks (parent_task_id);
CREATE INDEX IF NOT EXISTS tasks_by_blocker ON tasks (blocked_by_task_id);
CREATE TABLE IF NOT EXISTS comments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  content TEXT NOT NULL,
  created_by TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS comments_by_task ON comments (task_id);
CREATE TABLE IF NOT EXISTS links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  description TEXT,
  created_by TEXT,
  created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS links_by_task ON links (task_id);
`;

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
  /** The present time as TinyTask writes it: `2026-11-21T09:41:23Z`. */
  stamp(): string;
  close(): void;
}

/** Opens `file`, which is made, with its folder, where it is missing. Throws an Error that names the file. */
export function openStore(file: string): Store {
  const db = open(file);
  const run = (sql: string, values: Value[] = []) => db.prepare(sql).run(...values);
  const transaction = db.transaction((work: () => unknown) => work());
  return {
    rows: (sql, values = []) => db.prepare(sql).all(...values) as Row[],
    row: (sql, values = []) => db.prepare(sql).get(...values) as Row | undefined,
    run: (sql, values) => run(sql, values).changes,
    insert: (table, columns) => {
      const names = Object.keys(columns);
      const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      return Number(run(sql, Object.values(columns)).lastInsertRowid);
    },
    atomically: <T>(work: () => T) => transaction.immediate(work) as T,
    stamp: () => `${new Date().toISOString().slice(0, 19)}Z`,
    close: () => db.close(),
  };
}

function open(file: string) {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const db = new Database(file);
    db.exec(SCHEMA);
    return db;
  } catch (error) {
    throw new Error(
      `Cannot open the TinyTask database ${file} (${(error as Error).message}): ` +
        'see that its folder is writable and that it is a TinyTask database, or name another file',
      { cause: error },
    );
  }
}
