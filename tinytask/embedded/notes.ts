import type { Row, Store } from './database.ts';
import { filledIn, Refusal } from './refusal.ts';

/** The comments and links of a task. */
const COMMENT = 'SELECT id, task_id, content, created_by, created_at, updated_at FROM comments';
const LINK = 'SELECT id, task_id, url, description, created_by, created_at FROM links';

export function listComments(store: Store, taskId: number): Row[] {
  return store.rows(`${COMMENT} WHERE task_id = ? ORDER BY id`, [taskId]);
}

export function listLinks(store: Store, taskId: number): Row[] {
  return store.rows(`${LINK} WHERE task_id = ? ORDER BY id`, [taskId]);
}

/** Throws a Refusal where there is no such comment. */
export function comment(store: Store, id: number): Row {
  return found(store.row(`${COMMENT} WHERE id = ?`, [id]), `Comment not found: ${id}`);
}

export function addComment(
  store: Store,
  input: { taskId: number; content: string; createdBy: string | undefined },
): Row {
  const content = filledIn(input.content, 'Comment content is required');
  refuseMissingTask(store, input.taskId);
  const now = store.stamp();
  const id = store.insert('comments', {
    task_id: input.taskId,
    content,
    created_by: input.createdBy || null,
    created_at: now,
    updated_at: now,
  });
  return comment(store, id);
}

export function updateComment(store: Store, id: number, text: string): Row {
  const content = filledIn(text, 'Comment content cannot be empty');
  comment(store, id);
  store.run('UPDATE comments SET content = ?, updated_at = ? WHERE id = ?', [content, store.stamp(), id]);
  return comment(store, id);
}

export function deleteComment(store: Store, id: number): void {
  if (store.run('DELETE FROM comments WHERE id = ?', [id]) === 0) {
    throw new Refusal(`Comment not found: ${id}`);
  }
}

/** The comment as it now stands on the other task; where it stood, a line says where it went. */
export function moveComment(store: Store, id: number, toTaskId: number): Row {
  const original = comment(store, id);
  const moved = addComment(store, {
    taskId: toTaskId,
    content: original.content as string,
    createdBy: (original.created_by as string | null) ?? undefined,
  });
  updateComment(store, id, `Comment moved to task ${toTaskId} comment ${moved.id}`);
  return moved;
}

export function addLink(
  store: Store,
  input: { task_id: number; url: string; description?: string; created_by?: string },
): Row {
  const url = filledIn(input.url, 'Link URL is required');
  refuseMissingTask(store, input.task_id);
  const id = store.insert('links', {
    task_id: input.task_id,
    url,
    description: input.description || null,
    created_by: input.created_by || null,
    created_at: store.stamp(),
  });
  return link(store, id);
}

export function updateLink(store: Store, id: number, change: { url?: string; description?: string }): Row {
  const before = link(store, id);
  const url =
    change.url === undefined ? (before.url as string) : filledIn(change.url, 'Link URL cannot be empty');
  const description =
    change.description === undefined ? (before.description as string | null) : change.description || null;
  store.run('UPDATE links SET url = ?, description = ? WHERE id = ?', [url, description, id]);
  return link(store, id);
}

export function deleteLink(store: Store, id: number): void {
  if (store.run('DELETE FROM links WHERE id = ?', [id]) === 0) throw new Refusal(`Link not found: ${id}`);
}

function link(store: Store, id: number): Row {
  return found(store.row(`${LINK} WHERE id = ?`, [id]), `Link not found: ${id}`);
}

function refuseMissingTask(store: Store, id: number): void {
  found(store.row('SELECT id FROM tasks WHERE id = ?', [id]), `Task not found: ${id}`);
}

function found(row: Row | undefined, refusal: string): Row {
  if (!row) throw new Refusal(refusal);
  const { _metadata, ...fields } = row;
  return fields;
}
