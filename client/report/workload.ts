import type {
  AgentWorkload,
  Ages,
  Priorities,
  ReportAsked,
  ReportedTask,
  WorkloadSummary,
} from '../../contract/report.ts';
import type { RunState, Waits } from '../../contract/status.ts';
import { groupedBy } from '../../domain/grouped.ts';
import type { Task } from '../../domain/task.ts';

/** What is known of a task beyond TinyTask. */
export interface KnownOfTask {
  phase?: RunState;
  waits?: Waits;
}

/** What the tasks alone tell. */
export interface Workload {
  summary: WorkloadSummary;
  agents: AgentWorkload[];
  priorities: Priorities;
  ages: Ages;
  tasks: ReportedTask[];
}

/** Which tasks a report is about; archived ones are in none. */
export function isAskedFor(
  { status, assignedTo, archivedAt }: Task,
  { statuses, agent }: ReportAsked,
): boolean {
  return archivedAt === null && statuses.includes(status) && (agent === undefined || assignedTo === agent);
}

/**
 * How the tasks are spread over agents, priorities and ages. Ages are by TinyTask's dates and `nowMs`, milliseconds since
 * the epoch.
 */
export function workloadOf(
  tasks: readonly Task[],
  known: ReadonlyMap<number, KnownOfTask>,
  nowMs: number,
): Workload {
  const reported = tasks.map((task) => reportedTask(task, known.get(task.id), nowMs)).sort(moreUrgentFirst);
  return {
    summary: summaryOf(tasks),
    agents: agentsOf(reported),
    priorities: prioritiesOf(tasks),
    ages: agesOf(reported, nowMs),
    tasks: reported,
  };
}

function reportedTask(
  task: Task,
  { phase = null, waits = null }: { phase?: RunState | null; waits?: Waits | null } = {},
  nowMs: number,
): ReportedTask {
  const madeMs = madeAt(task);
  return { task, phase, waits, ageMs: madeMs === null ? null : Math.max(0, nowMs - madeMs) };
}

/** Milliseconds since the epoch; null: no date. */
function madeAt({ createdAt }: Task): number | null {
  const ms = Date.parse(createdAt);
  return Number.isNaN(ms) ? null : ms;
}

function moreUrgentFirst(a: ReportedTask, b: ReportedTask): number {
  return b.task.priority - a.task.priority || (b.ageMs ?? -1) - (a.ageMs ?? -1) || a.task.id - b.task.id;
}

function summaryOf(tasks: readonly Task[]): WorkloadSummary {
  const { idle, working, complete } = countsOf(tasks);
  const agents = new Set(tasks.flatMap(({ assignedTo }) => assignedTo || []));
  return { open: idle + working, idle, working, complete, agentsWithWork: [...agents].sort() };
}

function countsOf(tasks: readonly Task[]): { idle: number; working: number; complete: number } {
  const counts = { idle: 0, working: 0, complete: 0 };
  for (const { status } of tasks) counts[status] += 1;
  return counts;
}

function agentsOf(reported: readonly ReportedTask[]): AgentWorkload[] {
  const tasks = reported.map(({ task }) => task);
  return [...groupedBy(tasks, ({ assignedTo }) => assignedTo || null)]
    .map(([agent, own]) => ({
      ...{ agent, total: own.length, ...countsOf(own) },
      taskIds: own.map(({ id }) => id).sort((a, b) => a - b),
    }))
    .sort((a, b) => byName(a.agent, b.agent));
}

/** Nobody is the last. */
export function byName(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : a > b ? 1 : 0;
}

function prioritiesOf(tasks: readonly Task[]): Priorities {
  const groups = [...groupedBy(tasks, ({ priority }) => priority)];
  return {
    byPriority: groups
      .map(([priority, own]) => ({ priority, tasks: own.length }))
      .sort((a, b) => b.priority - a.priority),
    average: averageOf(tasks.map(({ priority }) => priority)),
  };
}

function agesOf(reported: readonly ReportedTask[], nowMs: number): Ages {
  const dated = reported.flatMap(({ task, ageMs }) => (ageMs === null ? [] : [{ taskId: task.id, ageMs }]));
  const byAge = dated.sort((a, b) => b.ageMs - a.ageMs || a.taskId - b.taskId);
  return {
    oldest: byAge.at(0) ?? null,
    newest: byAge.at(-1) ?? null,
    averageMs: averageOf(byAge.map(({ ageMs }) => ageMs)),
    ahead: reported.filter(({ task }) => (madeAt(task) ?? nowMs) > nowMs).length,
  };
}

function averageOf(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
