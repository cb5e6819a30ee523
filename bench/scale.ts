import { SCHEDULER_ID } from '../contract/ids.ts';
import { runChanged } from '../contract/messages.ts';
import { cpuTimeOf } from './cpu.ts';
import { CpuOverTime, cpuMs } from './cpu-over-time.ts';
import type { Figure, Measurement } from './figures.ts';
import { fillTinyTask } from './fill-tinytask.ts';
import { executions } from './history.ts';
import { percentile, round, sum } from './numbers.ts';
import { startParked } from './parked-runs.ts';
import { type Carried, carriedBy } from './payloads.ts';
import { family } from './processes.ts';
import { type Stand, withStand } from './stand.ts';
import { until } from './until.ts';

const INTERVAL_SEC = 12;
/** Signals that each want a refill, one after the other as fast as a busy system sends them. */
const HURRY_MS = 250;
const PASSES_WANTED = 3;
/** What the workflow does before and after a survey counts as its. */
const BESIDE_MS = 40;

/** A large installation: what passes and refills over all of it cost, and what travels through the scheduler's history. */
export const scale: Measurement = {
  keys: ['scale'],
  async measure(root, quick) {
    const part = quick ? 20 : 1;
    const size = { agents: 1_000 / part, pools: 50 / part, tasks: 100_000 / part, parked: 2_000 / part };
    return withStand(
      root,
      {
        ...{ agents: size.agents, pools: Math.ceil(size.pools), slots: 0, sleepSeconds: 0 },
        settings: { LOOP_INTERVAL_SEC: String(INTERVAL_SEC) },
        prepare: (file) => fillTinyTask(file, { ...size, pools: Math.ceil(size.pools) }),
      },
      async (stand) => {
        const daemon = await stand.startDaemon();
        const bare = await bareMinimum(stand, size.parked);
        await allParked(stand, size.parked);
        const pids = [...family([daemon.pid], new Set()), stand.tinytaskPid, stand.server.pid];
        const cpu = new CpuOverTime(pids);
        const passes = await watchPasses(stand, quick);
        cpu.stop();
        const what = `${size.agents} agents in ${Math.ceil(size.pools)} pools, ${size.tasks} open tasks, ${size.parked} parked runs`;
        const figures = figuresOf({ passes, cpu, bare, what });
        return { figures: [...figures, await statusFigure(stand, bare)], lines: kinds(passes) };
      },
    );
  },
};

interface Bare {
  listTasksMs: number;
  listTasksCpuMs: number;
  listTasksBytes: number;
  listRunsMs: number;
  listRunsCpuMs: number;
}

/** The least that has to be done: one list of the open tasks, with its JSON read, and one of the runs. */
async function bareMinimum(stand: Stand, parked: number): Promise<Bare> {
  let listTasksBytes = 0;
  const tasks = await costOf([stand.tinytaskPid], async () => {
    const text = await listTasks(stand);
    listTasksBytes = text.length;
    const { result } = JSON.parse(text) as { result: { content: { text: string }[] } };
    JSON.parse(result.content[0]?.text ?? '');
  });
  const open = await stand.tinytask.listOpen();
  const tried = open.filter(({ assignedTo }) => assignedTo !== null).slice(0, parked);
  await startParked(stand.client, tried);
  const runs = await costOf([stand.server.pid], async () => {
    const list = stand.client.workflow.list({ query: 'WorkflowType = "runTask"', pageSize: 1_000 });
    for await (const run of list) if (run.workflowId === '') throw new Error('a run without an id');
  });
  return {
    ...{ listTasksMs: tasks.ms, listTasksCpuMs: tasks.cpuMs, listTasksBytes },
    ...{ listRunsMs: runs.ms, listRunsCpuMs: runs.cpuMs },
  };
}

async function listTasks({ tinytaskUrl }: Stand): Promise<string> {
  const params = { name: 'list_tasks', arguments: { status: ['idle', 'working'], limit: 1_000_000 } };
  const answer = await fetch(new URL('/mcp', tinytaskUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
  });
  return answer.text();
}

/** With the processor time of this process. */
async function costOf(pids: number[], work: () => Promise<void>): Promise<{ ms: number; cpuMs: number }> {
  const [from, before] = [performance.now(), cpuMs([...pids, process.pid])];
  await work();
  return { ms: performance.now() - from, cpuMs: cpuMs([...pids, process.pid]) - before };
}

/** Until the server's list has them all as parked, and the scheduler has a whole run behind it that knows them. */
async function allParked({ client }: Stand, parked: number): Promise<void> {
  const query = 'WorkflowType = "runTask" AND Phase = "parked" AND ExecutionStatus = "Running"';
  const settled = async () => (await client.workflow.count(query)).count >= parked;
  await until('parked runs', settled, { deadlineMs: 120_000, everyMs: 500 });
}

/** Passes while somebody wants a refill all the time. */
async function watchPasses(stand: Stand, quick: boolean): Promise<Carried[]> {
  const fromMs = Date.now();
  const handle = stand.client.workflow.getHandle(SCHEDULER_ID);
  const nobody = { taskId: 999_999_999, state: 'ended', agent: null } as const;
  return until(
    'passes',
    async () => {
      await handle.signal(runChanged.name, nobody);
      if (Date.now() - fromMs < (PASSES_WANTED + 1) * INTERVAL_SEC * 1_000) return undefined;
      const all = await executions(stand.client, 'WorkflowType = "scheduler"');
      const whole = all.filter(({ closeMs, startMs }) => closeMs !== undefined && startMs > fromMs);
      if (whole.length < (quick ? 1 : PASSES_WANTED)) return undefined;
      return Promise.all(whole.map(({ workflowId, runId }) => carriedBy(stand.client, workflowId, runId)));
    },
    { deadlineMs: 120_000, everyMs: HURRY_MS },
  );
}

function figuresOf({
  passes,
  cpu,
  bare,
  what,
}: {
  passes: Carried[];
  cpu: CpuOverTime;
  bare: Bare;
  what: string;
}): Figure[] {
  const took = (survey: { fromMs: number; toMs: number }) =>
    cpu.between(survey.fromMs - BESIDE_MS, survey.toMs + BESIDE_MS);
  const surveys = passes.flatMap((pass) => pass.surveys.filter(({ toMs }) => !Number.isNaN(toMs)));
  const [full, refills] = [surveys.filter((each) => each.full), surveys.filter((each) => !each.full)];
  const bareMs = bare.listTasksMs + bare.listRunsMs;
  const bareCpuMs = bare.listTasksCpuMs + bare.listRunsCpuMs;
  const passMs = passes.flatMap(({ watchMs, startedMs }) => (watchMs ? [watchMs - startedMs] : []));
  const spanMs = Math.max(...surveys.map(({ toMs }) => toMs)) - Math.min(...passes.map((p) => p.startedMs));
  const ofPass = passes.map(({ byKind, surveys: all }) => {
    const [first] = all;
    const { start = 0, watch = 0, continue: next = 0 } = byKind;
    return start + watch + next + (first?.bytes ?? 0);
  });
  const figure = (part: string, rest: Omit<Figure, 'key' | 'part'>): Figure => ({
    key: 'scale',
    part,
    ...rest,
  });
  return [
    figure('pass_ms', {
      ...{ what: `one pass: ${what}`, value: round(percentile(passMs, 0.5)), unit: 'ms' },
      ...{ goal: { atMost: 5_000 }, bare: round(bareMs) },
      note: `median of ${passMs.length}, slowest ${round(Math.max(...passMs))}; the bare minimum is one list of the tasks from TinyTask (${round(bare.listTasksBytes / 1e6)} MB), with its JSON read, and one of the runs`,
    }),
    figure('pass_cpu_ms', {
      ...{ what: 'processor time of that pass, of all processes', unit: 'ms' },
      ...{ value: round(percentile(full.map(took), 0.5)), bare: round(bareCpuMs) },
    }),
    figure('refill_cpu_ms', {
      ...{
        what: 'processor time of a refill there',
        value: round(percentile(refills.map(took), 0.5)),
        unit: 'ms',
      },
      ...{ goal: { atMost: 500 }, bare: round(bare.listTasksCpuMs) },
      note: `median of ${refills.length}, largest ${round(Math.max(...refills.map(took)))}; of all processes, from the word that it is due to its result`,
    }),
    figure('refill_share', {
      ...{ what: 'share of a core that refills take while one is always due', unit: '' },
      ...{ value: round(sum(refills.map(took)) / spanMs), goal: { atMost: 0.05 } },
    }),
    figure('pass_bytes', {
      ...{ what: 'what such a pass carries through the history', value: Math.max(...ofPass), unit: 'bytes' },
      goal: { atMost: 200_000 },
      note: 'inputs and results of its activities, and what it leaves to the next; the largest one',
    }),
    figure('refill_bytes', {
      ...{ what: 'the same of a refill', unit: 'bytes' },
      value: Math.max(...refills.map(({ bytes }) => bytes)),
    }),
  ];
}

async function statusFigure(stand: Stand, bare: Bare): Promise<Figure> {
  const endedChildrenMs = () => cpuTimeOf(process.pid).childrenMs;
  const before = endedChildrenMs();
  await stand.command(['status']);
  const value = endedChildrenMs() - before;
  const what = '`status` there, by a connection of its own: processor time of the command';
  return { key: 'scale', part: 'status_cpu_ms', what, value, unit: 'ms', bare: round(bare.listTasksCpuMs) };
}

function kinds(passes: Carried[]): string[] {
  return passes.map(({ byKind, surveys, events }) => {
    const kinds = Object.entries(byKind).map(([kind, bytes]) => `${kind} ${bytes}`);
    return `one run of the scheduler: ${events} events, ${surveys.length} surveys; bytes: ${kinds.join(', ')}`;
  });
}
