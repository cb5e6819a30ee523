import { startBare } from './bare.ts';
import type { Measurement } from './figures.ts';
import { type Execution, executions, isAction, look, readHistory } from './history.ts';
import { round, sum } from './numbers.ts';
import { growth, serverActions } from './server-actions.ts';
import { type Stand, withStand } from './stand.ts';
import { until } from './until.ts';

/** What one task costs, from idle to complete, in a system that does nothing else. */
export const perTask: Measurement = {
  keys: ['per_task'],
  async measure(root, quick) {
    const tasks = quick ? 3 : 20;
    // No pass of its own accord falls into it.
    const settings = { LOOP_INTERVAL_SEC: '3600' };
    return withStand(root, { agents: 5, slots: 1, sleepSeconds: 0, settings }, async (stand) => {
      await stand.startDaemon();
      // The first one also does what is done once.
      await oneTask(stand);
      const before = await executions(stand.client);
      const actionsBefore = await serverActions(stand);
      for (let at = 0; at < tasks; at++) await oneTask(stand);
      const after = await executions(stand.client);
      const actions = growth(actionsBefore, await serverActions(stand));
      const events = eventsByType(before, after, tasks);

      const bare = await startBare(stand);
      const child = await bare.run(1, tasks, 0);
      const bareEvents =
        (await look(stand.client, child.workflowId)).events +
        tasks * (await look(stand.client, `${child.workflowId}-0-0`)).events;
      const histories = await Promise.all([
        readHistory(stand.client, child.workflowId),
        readHistory(stand.client, `${child.workflowId}-0-0`),
      ]);
      const [parent = 0, each = 0] = histories.map((history) => history.filter(isAction).length);
      await bare.stop();
      return {
        figures: [
          {
            key: 'per_task',
            part: 'events',
            what: 'history events of one task from idle to complete',
            value: round(sum([...events.values()])),
            unit: 'events',
            bare: round(bareEvents / tasks),
            note: `${[...events].map(([type, count]) => `${type} ${round(count)}`).join(', ')}; mean of ${tasks}, one after the other`,
          },
          {
            key: 'per_task',
            part: 'actions',
            what: 'Temporal actions of one task from idle to complete',
            value: round(sum(actions.map(([, count]) => count)) / tasks),
            unit: 'actions',
            bare: round(parent / tasks + each),
            note: `the server's own count: ${actions.map(([type, count]) => `${short(type)} ${round(count / tasks)}`).join(', ')}`,
          },
        ],
      };
    });
  },
};

/** What the scheduler costs while nothing is to be done. */
export const idleHour: Measurement = {
  keys: ['idle_hour'],
  async measure(root, quick) {
    const intervalSec = quick ? 10 : 60;
    const passes = 2;
    const settings = { LOOP_INTERVAL_SEC: String(intervalSec) };
    return withStand(root, { agents: 5, slots: 1, sleepSeconds: 0, settings }, async (stand) => {
      const closedPasses = async () =>
        (await executions(stand.client, 'WorkflowType = "scheduler"')).filter(
          (run) => run.closeMs !== undefined,
        );
      await stand.startDaemon();
      const waiting = { deadlineMs: 300_000, everyMs: 250 };
      await until('the first pass', async () => (await closedPasses()).length >= 1, waiting);
      const before = await executions(stand.client);
      const actionsBefore = await serverActions(stand);
      const fromMs = Date.now();
      await until('further passes', async () => (await closedPasses()).length >= 1 + passes, waiting);
      const actions = growth(actionsBefore, await serverActions(stand));
      const after = await executions(stand.client);
      const perHour = 3_600_000 / (Date.now() - fromMs);
      const events = sum([...eventsByType(before, after, 1).values()]);
      const total = sum(actions.map(([, count]) => count));
      const how = `${passes} intervals of ${intervalSec} s, scaled to an hour`;
      return {
        figures: [
          {
            key: 'idle_hour',
            part: 'events',
            what: 'history events of an idle hour',
            value: round(events * perHour),
            unit: 'events',
            note: `measured over ${how}`,
          },
          {
            key: 'idle_hour',
            part: 'actions',
            what: 'Temporal actions of an idle hour',
            value: round(total * perHour),
            unit: 'actions',
            note: `measured over ${how}; the server's own count: ${actions.map(([type, count]) => `${short(type)} ${count}`).join(', ')}`,
          },
        ],
      };
    });
  },
};

async function oneTask(stand: Stand): Promise<void> {
  const [taskId = 0] = await stand.addTasks(1);
  await until(
    'a task that is complete',
    async () => (await stand.tinytask.get(taskId))?.status === 'complete',
  );
  await until('a run that is closed', async () => {
    return (await look(stand.client, `task-${taskId}`)).closeMs !== undefined;
  });
  // What it has caused at the scheduler and the semaphore comes to rest.
  let last = -1;
  await until(
    'rest',
    async () => {
      const now = sum((await executions(stand.client)).map(({ events }) => events));
      const rests = now === last;
      last = now;
      return rests;
    },
    { everyMs: 700 },
  );
}

function eventsByType(before: Execution[], after: Execution[], tasks: number): Map<string, number> {
  const known = new Map(before.map(({ runId, events }) => [runId, events]));
  const grown = new Map<string, number>();
  for (const { runId, type, events } of after) {
    const more = events - (known.get(runId) ?? 0);
    if (more > 0) grown.set(type, (grown.get(type) ?? 0) + more / tasks);
  }
  return grown;
}

function short(actionType: string): string {
  return actionType.replace(/^(grpc|command)_/, '');
}
