import { startBare } from './bare.ts';
import type { Measurement } from './figures.ts';
import { executions, look, readHistory } from './history.ts';
import { percentile, round } from './numbers.ts';
import { QUEUE, withStand } from './stand.ts';
import { until } from './until.ts';

const AGENTS = 50;
const CHAIN = 5;
const INTERVAL_SEC = 3;

/** One pass over many idle tasks, a third of them blocked in chains. Agents have no slots, so none of them starts. */
export const pass: Measurement = {
  keys: ['pass_10k'],
  async measure(root, quick) {
    const tasks = quick ? 1_000 : 10_000;
    const passes = quick ? 3 : 10;
    return withStand(
      root,
      {
        agents: AGENTS,
        slots: 0,
        sleepSeconds: 0,
        settings: { LOOP_INTERVAL_SEC: String(INTERVAL_SEC) },
      },
      async (stand) => {
        const ids = await stand.addTasks(tasks);
        await block(ids, (id, by) => stand.tinytask.update(id, { blockedByTaskId: by }));
        await stand.startDaemon();
        const runs = await until(
          `${passes} passes`,
          async () => {
            const all = await executions(stand.client, 'WorkflowType = "scheduler"');
            // The first one also starts the semaphore.
            const closed = all.filter(({ closeMs }) => closeMs !== undefined).slice(1);
            return closed.length >= passes && closed;
          },
          { deadlineMs: 300_000, everyMs: 1_000 },
        );
        const ms: number[] = [];
        for (const { workflowId, runId } of runs) {
          const events = await readHistory(stand.client, workflowId, runId);
          const watch = events.find(
            ({ kind, attributes }) =>
              kind === 'activityTaskScheduled' &&
              (attributes.activityType as { name?: string })?.name === 'watch',
          );
          if (watch && events[0]) ms.push(watch.atMs - events[0].atMs);
        }
        const bare = await startBare(stand);
        const child = await bare.run(1, 1, 0);
        const bareBytes = (await look(stand.client, child.workflowId)).bytes;
        const childBytes = (await look(stand.client, `${child.workflowId}-0-0`)).bytes;
        await bare.stop();
        return {
          figures: [
            {
              key: 'pass_10k',
              part: 'ms',
              what: `one pass over ${tasks} idle ${QUEUE} tasks, a third blocked, ${AGENTS} agents`,
              value: round(percentile(ms, 0.5)),
              unit: 'ms',
              goal: { atMost: 1_000 },
              bare: round(child.elapsedMs),
              note: `median of ${ms.length}, slowest ${round(Math.max(...ms))}; from the start of the workflow run to the start of the watch; agents have no slots`,
            },
            {
              key: 'pass_10k',
              part: 'history_bytes',
              what: 'history of that pass and of the wait for the next',
              value: Math.max(...runs.map(({ bytes }) => bytes)),
              unit: 'bytes',
              goal: { atMost: 65_536 },
              bare: bareBytes + childBytes,
              note: 'the largest one',
            },
          ],
        };
      },
    );
  },
};

/** Of each 15 tasks one chain of 6: five of them wait for the one before. */
async function block(ids: number[], blockBy: (id: number, by: number) => Promise<unknown>): Promise<void> {
  for (let at = 0; at + CHAIN < ids.length; at += 3 * CHAIN) {
    const chain = ids.slice(at, at + CHAIN + 1);
    await Promise.all(chain.slice(1).map((id, place) => blockBy(id, chain[place] ?? id)));
  }
}
