import { setTimeout as sleep } from 'node:timers/promises';
import { startBare } from './bare.ts';
import type { Measurement } from './figures.ts';
import { spread } from './numbers.ts';
import { type Stand, withStand } from './stand.ts';
import { until } from './until.ts';

/** From the creation of a task in an idle system to the start of its agent. */
export const dispatch: Measurement = {
  keys: ['dispatch_ms'],
  async measure(root, quick) {
    const samples = quick ? 5 : 60;
    return withStand(root, { agents: 5, slots: 1, sleepSeconds: 0 }, async (stand) => {
      await stand.startDaemon();
      const ours: number[] = [];
      for (let at = 0; at < samples; at++) ours.push(await dispatchOne(stand));
      const bare = await startBare(stand);
      const bareMs: number[] = [];
      for (let at = 0; at < samples; at++) {
        const { runs, startedMs } = await bare.run(1, 1, 0);
        bareMs.push((runs[0]?.startMs ?? Number.NaN) - startedMs);
      }
      await bare.stop();
      const ms = spread(ours);
      const bareSpread = spread(bareMs);
      const note = 'TinyTask tells of a new task; it is read at most every 0.8 s';
      return {
        figures: [
          {
            key: 'dispatch_ms',
            part: 'p50',
            what: 'task created -> agent started, idle, interval 60 s: median',
            value: ms.p50,
            unit: 'ms',
            goal: { atMost: 700 },
            bare: bareSpread.p50,
            note,
          },
          {
            key: 'dispatch_ms',
            part: 'p99',
            what: 'task created -> agent started: 99th percentile',
            value: ms.p99,
            unit: 'ms',
            goal: { atMost: 1_500 },
            bare: bareSpread.p99,
          },
        ],
      };
    });
  },
};

async function dispatchOne(stand: Stand): Promise<number> {
  // At any moment between two looks, and long after what the task before it has caused.
  await sleep(2_000 + 1_000 * Math.random());
  const createdMs = Date.now();
  const [taskId] = await stand.addTasks(1);
  const run = await until(
    'the agent that was to start',
    () => stand.agentRuns().find((each) => each.taskId === taskId && each.endMs !== undefined),
    { everyMs: 100 },
  );
  return run.startMs - createdMs;
}
