import type { RunLine, RunState, Status } from '../../../contract/status.ts';
import type { Task } from '../../../domain/task.ts';
import { duration } from '../../../words/duration.ts';
import { sayWaiting } from '../../../words/reason.ts';
import { sayRun } from '../../../words/run.ts';
import { printable } from './cells.ts';

export type RowKind =
  | 'running'
  | 'interrupted'
  | 'queued'
  | 'backing-off'
  | 'parked'
  | 'working-elsewhere'
  | 'waiting'
  | 'complete';

/** A task as the live table shows it. */
export interface TaskRow {
  id: number;
  title: string;
  agent: string;
  kind: RowKind;
  /** `running 4 s` */
  state: string;
  /** Changes when there is something new to say, and not only because time goes by. */
  key: string;
  updatedAt: string;
}

/** The most interesting kinds first. */
const ORDER: RowKind[] = [
  'running',
  'interrupted',
  'queued',
  'backing-off',
  'parked',
  'working-elsewhere',
  'waiting',
  'complete',
];

/** One row for each task, by id. `nowMs`: milliseconds since the epoch. */
export function taskRows(status: Status, tasks: readonly Task[], nowMs: number): TaskRow[] {
  const runs = new Map<number, RunLine>();
  const { queued, backingOff, parked, interrupted, running } = status;
  for (const run of [...queued, ...backingOff, ...parked, ...interrupted, ...running])
    runs.set(run.taskId, run);
  const waiting = new Map(status.waiting.map((task) => [task.taskId, task]));
  return tasks
    .filter((task) => task.archivedAt === null)
    .map((task) => {
      const { id, updatedAt } = task;
      const run = runs.get(id);
      const seen = run && task.status !== 'complete' ? ofRun(run, nowMs) : ofTask(task, waiting.get(id));
      const agent = run?.agent ?? task.assignedTo ?? '';
      return { id, title: printable(task.title), updatedAt, agent: printable(agent), ...seen };
    })
    .sort((a, b) => a.id - b.id);
}

/** The `count` rows that matter most, the newest of equal ones first; all of them, by id, if they are no more. */
export function mostRelevant(rows: readonly TaskRow[], count: number): TaskRow[] {
  if (rows.length <= count) return [...rows];
  return [...rows]
    .sort(
      (a, b) =>
        ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || compare(b.updatedAt, a.updatedAt) || b.id - a.id,
    )
    .slice(0, count);
}

type Seen = Pick<TaskRow, 'kind' | 'state' | 'key'>;

const KINDS: Record<RunState, RowKind> = {
  'waiting-for-slot': 'queued',
  'waiting-for-host': 'queued',
  running: 'running',
  interrupted: 'interrupted',
  'backing-off': 'backing-off',
  parked: 'parked',
};

function ofRun(run: RunLine, nowMs: number): Seen {
  const { state, agent, attempt, sinceMs } = run;
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  const shown = state === 'running' ? `running ${duration(nowMs - sinceMs)}${again}` : sayRun(run);
  return { kind: KINDS[state], key: `${state} ${agent} ${attempt}`, state: printable(shown) };
}

function ofTask(task: Task, waiting: Status['waiting'][number] | undefined): Seen {
  if (task.status === 'complete') return { kind: 'complete', key: 'complete', state: 'complete' };
  if (waiting) {
    const { reason } = waiting;
    const by = 'by' in reason ? reason.by : '';
    const kind = reason.why === 'working-elsewhere' ? 'working-elsewhere' : 'waiting';
    return { kind, key: `${reason.why} ${by}`, state: printable(sayWaiting(waiting)) };
  }
  if (task.status === 'working') {
    const by = task.assignedTo ?? 'somebody';
    return { kind: 'working-elsewhere', key: `working ${by}`, state: `working (${printable(by)})` };
  }
  // Newer than the status: the next look tells why it waits.
  return { kind: 'waiting', key: 'idle', state: 'idle' };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
