import type { Row, Store, Value } from './database.ts';
import { Refusal } from './refusal.ts';

type Status = 'idle' | 'working' | 'complete';

export interface TaskReply {
  id: number;
  status: Status;
  assigned_to: string | null;
  parent_task_id: number | null;
  queue_name: string | null;
  blocked_by_task_id: number | null;
  [field: string]: unknown;
}

export interface TaskFilter {
  assigned_to?: string;
  status?: Status | Status[];
  exclude_status?: Status[];
  queue_name?: string;
  parent_task_id?: number;
  exclude_subtasks?: boolean;
  include_archived?: boolean;
  limit?: number;
  offset?: number;
}

/**
 * Blocked is a task whose blocker exists, is not complete and is not archived. An archived blocker is out of
 * every list, so nobody would ever complete it, and a task waiting for it would wait with no visible reason.
 * A deleted blocker leaves no `blocked_by_task_id` behind.
 */
const SELECT = `SELECT t.*, (b.id IS NOT NULL AND b.status <> 'complete' AND b.archived_at IS NULL) AS blocked
  FROM tasks t LEFT JOIN tasks b ON b.id = t.blocked_by_task_id`;
const ORDER = 'ORDER BY t.priority DESC, t.created_at ASC, t.id ASC';

/** A task as TinyTask answers it; the order of the fields is TinyTask's. */
function reply(row: Row): TaskReply {
  return {
    id: row.id as number,
    title: row.title,
    description: row.description,
    status: row.status as Status,
    assigned_to: row.assigned_to as string | null,
    previous_assigned_to: row.previous_assigned_to,
    created_by: row.created_by,
    priority: row.priority,
    tags: JSON.parse(row.tags as string),
    parent_task_id: row.parent_task_id as number | null,
    queue_name: row.queue_name as string | null,
    blocked_by_task_id: row.blocked_by_task_id as number | null,
    created_at: row.created_at,
    updated_at: row.updated_at,
    archived_at: row.archived_at,
    is_currently_blocked: row.blocked === 1,
  };
}

export function findTask(store: Store, id: number): TaskReply | undefined {
  const row = store.row(`${SELECT} WHERE t.id = ?`, [id]);
  return row && reply(row);
}

/** Throws a Refusal that says `Task not found: <id>`, or what `whose` calls it. */
export function task(store: Store, id: number, whose = 'Task'): TaskReply {
  const found = findTask(store, id);
  if (!found) throw new Refusal(`${whose} not found: ${id}`);
  return found;
}

/** Most urgent first: priority, then age, then id. Without `limit`, all of them. */
export function listTasks(store: Store, filter: TaskFilter): TaskReply[] {
  const conditions: string[] = [];
  const values: Value[] = [];
  const where = (condition: string, ...bound: Value[]) => {
    conditions.push(condition);
    values.push(...bound);
  };
  const oneOf = (list: readonly unknown[]) => `(${list.map(() => '?').join(', ')})`;
  const { status, exclude_status: excluded = [] } = filter;
  const statuses = typeof status === 'string' ? [status] : (status ?? []);
  if (filter.assigned_to !== undefined) where('t.assigned_to = ?', filter.assigned_to);
  if (statuses.length > 0) where(`t.status IN ${oneOf(statuses)}`, ...statuses);
  if (excluded.length > 0) where(`t.status NOT IN ${oneOf(excluded)}`, ...excluded);
  if (filter.queue_name !== undefined) where('t.queue_name = ?', filter.queue_name);
  if (filter.parent_task_id !== undefined) where('t.parent_task_id = ?', filter.parent_task_id);
  if (filter.exclude_subtasks) where('t.parent_task_id IS NULL');
  if (!filter.include_archived) where('t.archived_at IS NULL');
  const sql = `${SELECT} ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''} ${ORDER} LIMIT ? OFFSET ?`;
  return store.rows(sql, [...values, whole(filter.limit ?? -1), whole(filter.offset ?? 0)]).map(reply);
}

/** SQLite takes no number beyond 64 bits here; nobody has as many tasks as fit into less. */
function whole(number: number): number {
  return Math.trunc(Math.max(-1, Math.min(number, Number.MAX_SAFE_INTEGER)));
}

/** The subtasks of a task, and with `recursive` theirs too. */
export function listSubtasks(
  store: Store,
  parentId: number,
  { recursive = false, includeArchived = false } = {},
): TaskReply[] {
  const members = recursive
    ? `WITH RECURSIVE below (id) AS (
         SELECT id FROM tasks WHERE parent_task_id = ?
         UNION SELECT tasks.id FROM tasks JOIN below ON tasks.parent_task_id = below.id
       ) SELECT id FROM below`
    : 'SELECT id FROM tasks WHERE parent_task_id = ?';
  const archived = includeArchived ? '' : 'AND t.archived_at IS NULL';
  return store.rows(`${SELECT} WHERE t.id IN (${members}) ${archived} ${ORDER}`, [parentId]).map(reply);
}
