import { openStore } from '../tinytask/embedded/database.ts';
import { QUEUE } from './stand.ts';

/** Of each so many tasks, one waits for the one before. */
const BLOCKED_EVERY = 3;

/**
 * Fills the database of a TinyTask that does not run, in one go: 100,000 calls would take minutes. The first `parked` are
 * assigned, as tasks that an agent has tried. Queues and agents are those of stand.ts.
 */
export function fillTinyTask(
  file: string,
  { tasks, parked, agents, pools }: { tasks: number; parked: number; agents: number; pools: number },
): void {
  const store = openStore(file);
  const now = store.stamp();
  const agent = `'agent' || CASE WHEN n % ${agents} < 99 THEN printf('%02d', n % ${agents} + 1) ELSE n % ${agents} + 1 END`;
  store.run(
    `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${tasks})
     INSERT INTO tasks (title, created_by, queue_name, priority, assigned_to, blocked_by_task_id, created_at, updated_at)
     SELECT 'Look into what the customer of order ' || n || ' has asked for', 'bench',
       CASE n % ${pools} WHEN 0 THEN '${QUEUE}' ELSE '${QUEUE}-' || n % ${pools} END, n % 7,
       CASE WHEN n < ${parked} THEN ${agent} END,
       CASE WHEN n >= ${parked} AND n % ${BLOCKED_EVERY} = 0 THEN n END, ?, ? FROM numbers`,
    [now, now],
  );
  store.close();
}
