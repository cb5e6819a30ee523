import type { Store } from './database.ts';
import { CHANGES_KEPT as KEPT } from './schema.ts';

/** One task in the answer. The order is part of what is agreed on with tinytask/open-tasks.ts. */
const ROW = `json_array(t.id, t.title, t.status, t.assigned_to, t.previous_assigned_to, t.created_by, t.priority, json(t.tags),
  t.parent_task_id, t.queue_name, t.blocked_by_task_id, t.created_at, t.updated_at,
  b.id IS NOT NULL AND b.status <> 'complete' AND b.archived_at IS NULL)`;
const TASKS = 'tasks t LEFT JOIN tasks b ON b.id = t.blocked_by_task_id';
const IS_OPEN = "t.status <> 'complete' AND t.archived_at IS NULL";
/** What has changed since, and what waits for it: whether that is blocked may be another matter now. */
const TOUCHED = `WITH changed AS (SELECT DISTINCT id FROM temp.changes WHERE seq > ?),
  touched AS (SELECT id FROM changed UNION SELECT id FROM tasks WHERE blocked_by_task_id IN changed)`;

/**
 * The open tasks as JSON, without their descriptions: all of them, or those that have changed since the answer with this mark,
 * and the ids of those that are open no longer. SQLite writes it itself: 100,000 tasks are a tenth of what they cost as rows.
 */
export function openTasksSince(store: Store, since: string | null): string {
  return store.atOneMoment(() => readSince(store, since));
}

function readSince(store: Store, since: string | null): string {
  const { data_version: version } = store.row('PRAGMA data_version') as { data_version: number };
  const { seq } = store.row("SELECT seq FROM temp.sqlite_sequence WHERE name = 'changes'") ?? { seq: 0 };
  const name = `${store.changes.opening}.${version}.`;
  const [now, before] = [Number(seq), seqIn(since, name)];
  const mark = JSON.stringify(`${name}${now}`);
  if (before === undefined || now - before > KEPT || before > now) {
    const all = text(store, `SELECT json_group_array(${ROW}) AS text FROM ${TASKS} WHERE ${IS_OPEN}`);
    return `{"mark":${mark},"since":null,"tasks":${all},"gone":[]}`;
  }
  const changed = `${TOUCHED} SELECT json_group_array(${ROW}) AS text FROM ${TASKS}
    WHERE t.id IN touched AND ${IS_OPEN}`;
  const gone = `${TOUCHED} SELECT json_group_array(id) AS text FROM touched
    WHERE id NOT IN (SELECT t.id FROM tasks t WHERE t.id IN touched AND ${IS_OPEN})`;
  const [tasks, ids] = [text(store, changed, [before]), text(store, gone, [before])];
  return `{"mark":${mark},"since":${JSON.stringify(since)},"tasks":${tasks},"gone":${ids}}`;
}

function seqIn(mark: string | null, name: string): number | undefined {
  const place = mark?.startsWith(name) ? mark.slice(name.length) : '';
  const seq = /^\d+$/.test(place) ? Number(place) : undefined;
  return Number.isSafeInteger(seq) ? seq : undefined;
}

function text(store: Store, sql: string, values?: number[]): string {
  return String(store.row(sql, values)?.text);
}
