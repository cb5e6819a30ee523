import { type Bare, startBare } from './bare.ts';
import type { Measurement, Result } from './figures.ts';
import type { AgentRun } from './notes.ts';
import { round, spread, sum } from './numbers.ts';
import { withStand } from './stand.ts';
import { until } from './until.ts';

export const SLOTS = 5;

type Ended = Required<AgentRun>;

/** Turnaround of slots, and the share of slot time in which an agent runs. */
export const turnaround: Measurement = {
  keys: ['turnaround_ms', 'agent_share'],
  async measure(root, quick): Promise<Result> {
    const short = await runThrough(root, quick ? 20 : 100, 0.5);
    const long = await runThrough(root, quick ? 10 : 50, 5);
    const ms = spread(turnarounds(short.ours));
    const bareMs = spread(turnarounds(short.bare));
    return {
      figures: [
        {
          key: 'turnaround_ms',
          part: 'p50',
          what: `slot turnaround, ${SLOTS} slots, tasks of 0.5 s: median`,
          value: ms.p50,
          unit: 'ms',
          goal: { atMostTimesBare: 1.6 },
          bare: bareMs.p50,
        },
        {
          key: 'turnaround_ms',
          part: 'p99',
          what: 'slot turnaround: 99th percentile',
          value: ms.p99,
          unit: 'ms',
          goal: { atMost: 350 },
          bare: bareMs.p99,
        },
        {
          key: 'agent_share',
          part: 'tasks_500ms',
          what: 'share of slot time spent in agents, tasks of 0.5 s',
          value: share(short.ours),
          unit: '',
          goal: { atLeastTimesBare: 0.93 },
          bare: share(short.bare),
        },
        {
          key: 'agent_share',
          part: 'tasks_5s',
          what: 'share of slot time spent in agents, tasks of 5 s',
          value: share(long.ours),
          unit: '',
          goal: { atLeast: 0.96 },
          bare: share(long.bare),
        },
      ],
    };
  },
};

async function runThrough(root: string, tasks: number, seconds: number) {
  return withStand(root, { agents: SLOTS, slots: 1, sleepSeconds: seconds }, async (stand) => {
    let bare: Bare | undefined;
    try {
      await stand.addTasks(tasks);
      await stand.startDaemon();
      const ours = await allEnded(stand.agentRuns, tasks, 60_000 + tasks * seconds * 1_000);
      bare = await startBare(stand);
      const { runs } = await bare.run(SLOTS, tasks / SLOTS, seconds * 1_000);
      return { ours, bare: runs };
    } finally {
      await bare?.stop();
    }
  });
}

/** Waits until that many agents have run to their end. */
export function allEnded(agentRuns: () => AgentRun[], count: number, deadlineMs: number): Promise<Ended[]> {
  return until(
    `${count} agents that ended`,
    () => {
      const ended = agentRuns().filter((run): run is Ended => run.endMs !== undefined);
      return ended.length >= count && ended;
    },
    { deadlineMs, everyMs: 200 },
  );
}

/** From the end of each agent's process to the start of the next one in its slot; an agent has one slot here. */
export function turnarounds(runs: readonly Ended[]): number[] {
  return [...bySlot(runs).values()].flatMap((ofSlot) =>
    ofSlot.slice(1).map(({ startMs }, at) => startMs - (ofSlot[at]?.endMs ?? Number.NaN)),
  );
}

/** Of all slots' time from the first start to the last start, while work was waiting. */
export function share(runs: readonly Ended[]): number {
  const from = Math.min(...runs.map(({ startMs }) => startMs));
  const to = Math.max(...runs.map(({ startMs }) => startMs));
  const busy = sum(runs.map(({ startMs, endMs }) => Math.max(0, Math.min(endMs, to) - startMs)));
  return round(busy / ((to - from) * bySlot(runs).size));
}

export function bySlot(runs: readonly Ended[]): Map<string, Ended[]> {
  const slots = new Map<string, Ended[]>();
  for (const run of runs) slots.set(run.agent, [...(slots.get(run.agent) ?? []), run]);
  return slots;
}
