/** Raised by a change of the tables that an older TinyTask of ours could not read. */
export const SCHEMA_VERSION = 1;
/**
 * `synchronous = FULL`: each commit is synced to disk before its call is answered. A SIGKILL alone would be
 * survived with NORMAL too (what was written to the WAL is the kernel's); FULL also keeps an answered claim
 * through a power cut, without which the same task would be handed out a second time. It costs 0.2 ms a write.
 */
export const PRAGMAS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
`;
export const SCHEMA = `
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
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** All that is read. Each of them fails where the tables are another program's. */
export const READS = [
  `SELECT id, title, description, status, assigned_to, previous_assigned_to, created_by, priority, tags,
    parent_task_id, queue_name, blocked_by_task_id, created_at, updated_at, archived_at FROM tasks`,
  'SELECT id, task_id, content, created_by, created_at, updated_at FROM comments',
  'SELECT id, task_id, url, description, created_by, created_at FROM links',
];

/** So many changes are remembered; who has last looked before these gets everything. */
export const CHANGES_KEPT = 10_000;

/**
 * Which tasks have changed, by triggers that are this connection's alone, so that the file stays as TinyTask's tables are. What
 * another process writes they do not see, but `data_version` tells of it.
 */
export const CHANGES_SEEN = `
CREATE TEMP TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, id INTEGER NOT NULL);
${(['INSERT', 'UPDATE', 'DELETE'] as const)
  .map(
    (change) => `CREATE TEMP TRIGGER seen_${change} AFTER ${change} ON main.tasks BEGIN
  INSERT INTO changes (id) VALUES (${change === 'DELETE' ? 'OLD' : 'NEW'}.id);
  DELETE FROM changes WHERE seq <= last_insert_rowid() - ${CHANGES_KEPT};
END;`,
  )
  .join('\n')}
`;
