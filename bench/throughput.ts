import { startBare } from './bare.ts';
import { type CpuTime, type CpuTimes, cpuTimeOf, cpuTimes, nameOf, spentPerTask } from './cpu.ts';
import type { Figure, Measurement } from './figures.ts';
import { executions } from './history.ts';
import { round, sum } from './numbers.ts';
import { commandOf, family, memoryMb } from './processes.ts';
import { type Stand, withStand } from './stand.ts';
import { allEnded } from './turnaround.ts';
import { until } from './until.ts';

const AGENTS = 10;
const SLOTS = 5;
const LONGEST_HISTORY = 5_000;
const DEADLINE_MS = 300_000;
/** The server, which is not a process of ours, but works for nobody else. */
const SERVER = 'server';

/** Many tasks of no length, and what memory they leave behind. All processes are those of `npm start`. */
export const throughput: Measurement = {
  keys: ['empty_tasks_per_s', 'bare_children_per_s', 'cpu_ms_per_task', 'rss_mb', 'pss_mb'],
  async measure(root, quick) {
    const tasks = quick ? 100 : 1_000;
    return withStand(
      root,
      {
        agents: AGENTS,
        slots: SLOTS,
        sleepSeconds: 0,
        settings: { RUNS_PER_HOST: String(AGENTS * SLOTS) },
      },
      async (stand) => {
        await stand.addTasks(tasks);
        const supervisor = stand.startSupervisor();
        const roots = [supervisor.pid, stand.tinytaskPid];
        const first = await until('a first agent', () => stand.agentRuns().length > 0, {
          deadlineMs: DEADLINE_MS,
        }).then(() => takenSoFar(stand, supervisor.pid));
        await allEnded(stand.agentRuns, tasks / 2, DEADLINE_MS);
        const half = memory(stand, roots);
        const ended = await allEnded(stand.agentRuns, tasks, DEADLINE_MS);
        const spent = spentPerTask(first, takenSoFar(stand, supervisor.pid), tasks);
        const all = memory(stand, roots);
        const [scheduler] = await executions(stand.client, 'WorkflowType = "scheduler"');
        const startedMs = scheduler?.startMs ?? Number.NaN;
        const perSecond = tasks / ((Math.max(...ended.map(({ endMs }) => endMs)) - startedMs) / 1_000);
        const histories = await executions(stand.client);
        const longest = histories.sort((a, b) => b.events - a.events)[0];

        // Before the supervisor stops, which takes the server along.
        const bare = await startBare(stand);
        const lanes = AGENTS * SLOTS;
        const bareFirst = bareTakenSoFar(stand);
        const children = await bare.run(lanes, tasks / lanes, 0);
        const bareSpent = spentPerTask(bareFirst, bareTakenSoFar(stand), tasks);
        await bare.stop();
        await supervisor.stop(10_000);
        const barePerSecond = round(tasks / (children.elapsedMs / 1_000));
        return {
          figures: [
            {
              key: 'empty_tasks_per_s',
              what: `${tasks} tasks of 0 s through ${lanes} slots`,
              value: round(perSecond),
              unit: 'tasks/s',
              goal: { atLeastTimesBare: 0.5 },
              bare: barePerSecond,
              note: `from the scheduler's start to the last agent's end; longest history ${longest?.events} events (${longest?.workflowId}; goal: at most ${LONGEST_HISTORY})`,
            },
            {
              key: 'bare_children_per_s',
              what: 'bare children with one empty activity each, as many at a time',
              value: barePerSecond,
              unit: 'children/s',
            },
            ...cpuFigures(spent, bareSpent),
            {
              key: 'rss_mb',
              part: 'at_500',
              what: `memory of all processes of ours after ${tasks / 2} tasks`,
              value: round(half.total),
              unit: 'MB',
              note: half.parts,
            },
            {
              key: 'rss_mb',
              part: 'at_1000',
              what: `memory of all processes of ours after ${tasks} tasks`,
              value: round(all.total),
              unit: 'MB',
              note: all.parts,
            },
            {
              key: 'pss_mb',
              part: 'at_1000',
              what: `the same after ${tasks} tasks, pages that processes share counted once`,
              value: round(all.once),
              unit: 'MB',
              goal: { atMost: 350 },
            },
            {
              key: 'pss_mb',
              part: 'growth',
              what: `the same, as a multiple of what it was after ${tasks / 2} tasks`,
              value: round(all.once / half.once),
              unit: 'x',
              goal: { atMost: 1.05 },
            },
          ],
        };
      },
    );
  },
};

function takenSoFar(stand: Stand, supervisorPid: number): CpuTimes {
  const roots = new Map([
    [supervisorPid, 'start'],
    [stand.tinytaskPid, 'tinytask'],
    [stand.server.pid, SERVER],
  ]);
  return cpuTimes(roots, new Set(stand.agentRuns().map(({ pid }) => pid)));
}

/** This process is the worker of the bare children. */
function bareTakenSoFar(stand: Stand): CpuTimes {
  return new Map([
    ['worker', cpuTimeOf(process.pid)],
    [SERVER, cpuTimeOf(stand.server.pid)],
  ]);
}

function cpuFigures(spent: Map<string, CpuTime>, bareSpent: Map<string, CpuTime>): Figure[] {
  const totalOf = (of: Map<string, CpuTime>) => round(sum([...of.values()].map(({ ownMs }) => ownMs)));
  const agents = round(sum([...spent.values()].map(({ childrenMs }) => childrenMs)));
  const largestFirst = [...spent].sort(([, a], [, b]) => b.ownMs - a.ownMs);
  const parts = largestFirst.map(([name, { ownMs }]): Figure => {
    const bare = bareSpent.get(name)?.ownMs;
    return {
      ...{ key: 'cpu_ms_per_task', part: name, what: `processor time of a task of 0 s: ${name}` },
      ...{ value: round(ownMs), unit: 'ms' },
      ...(bare !== undefined && { bare: round(bare) }),
    };
  });
  return [
    ...parts,
    {
      ...{ key: 'cpu_ms_per_task', part: 'total', what: 'processor time of a task of 0 s: all of these' },
      ...{ value: totalOf(spent), unit: 'ms', goal: { atMostTimesBare: 2.5 }, bare: totalOf(bareSpent) },
      note: `from the first agent's start to the last one's end; the agents themselves take ${agents} ms more`,
    },
  ];
}

function memory(stand: Stand, roots: number[]): { total: number; once: number; parts: string } {
  const agents = new Set(stand.agentRuns().map(({ pid }) => pid));
  const parts = family(roots, agents).flatMap((pid) => {
    try {
      const name = nameOf(commandOf(pid));
      // Gooses that have just been started have no other name yet.
      return name === undefined ? [] : [{ name, ...memoryMb(pid) }];
    } catch {
      return [];
    }
  });
  const shares = parts.map(({ name, rss }) => `${name} ${round(rss)}`).join(', ');
  const once = sum(parts.map(({ pss }) => pss));
  return {
    total: sum(parts.map(({ rss }) => rss)),
    once,
    parts: `${shares}; pages that these share counted once: ${round(once)} MB`,
  };
}
