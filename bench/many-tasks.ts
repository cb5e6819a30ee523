import { openStore } from '../tinytask/embedded/database.ts';
import { createTask, updateTask } from '../tinytask/embedded/task-changes.ts';
import { agentNamed, queueOf } from './stand.ts';

/** Of each so many tasks, one waits for the one before. */
const BLOCKED_EVERY = 3;

/**
 * Fills the database of a TinyTask that does not run, by its own code: 100,000 calls would take minutes. The first `parked`
 * are assigned, as tasks that an agent has tried.
 */
export function fillTinyTask(
  file: string,
  { tasks, parked, agents, pools }: { tasks: number; parked: number; agents: number; pools: number },
): void {
  const store = openStore(file);
  store.atomically(() => {
    for (let at = 0; at < tasks; at++) {
      const isTried = at < parked;
      const { id } = createTask(store, {
        title: `Look into what the customer of order ${at} has asked for`,
        created_by: 'bench',
        queue_name: queueOf(at, pools),
        priority: at % 7,
        ...(!isTried && at % BLOCKED_EVERY === 0 && { blocked_by_task_id: at }),
      });
      if (isTried) updateTask(store, id, { assigned_to: agentNamed(at % agents) });
    }
  });
  store.close();
}
