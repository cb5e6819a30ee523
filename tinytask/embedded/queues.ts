import type { Store } from './database.ts';
import { filledIn } from './refusal.ts';

/** The names of all queues that hold a task, archived ones aside, by name. */
export function listQueues(store: Store): string[] {
  const sql =
    'SELECT DISTINCT queue_name FROM tasks WHERE queue_name IS NOT NULL AND archived_at IS NULL ORDER BY queue_name';
  return store.rows(sql).map((row) => row.queue_name as string);
}

export function queueStats(store: Store, queue: string) {
  const name = queueName(queue);
  const rows = store.rows(
    'SELECT status, assigned_to, count(*) AS tasks FROM tasks WHERE queue_name = ? AND archived_at IS NULL GROUP BY status, assigned_to',
    [name],
  ) as { status: string; assigned_to: string | null; tasks: number }[];
  const count = (of: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(of).reduce((sum, row) => sum + row.tasks, 0);
  const agents = new Set(rows.flatMap((row) => row.assigned_to ?? []));
  return {
    queue_name: name,
    total_tasks: count(() => true),
    by_status: {
      idle: count((row) => row.status === 'idle'),
      working: count((row) => row.status === 'working'),
      complete: count((row) => row.status === 'complete'),
    },
    assigned: count((row) => row.assigned_to !== null),
    unassigned: count((row) => row.assigned_to === null),
    agents: [...agents].sort(),
  };
}

/** Takes every task, archived ones aside, out of the queue; how many there were. */
export function clearQueue(store: Store, queue: string): number {
  const sql =
    'UPDATE tasks SET queue_name = NULL, updated_at = ? WHERE queue_name = ? AND archived_at IS NULL';
  return store.run(sql, [store.stamp(), queueName(queue)]);
}

/** Throws a Refusal for a name of blanks. */
export function queueName(name: string): string {
  return filledIn(name, 'Queue name cannot be empty');
}
