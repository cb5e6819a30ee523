import type { PoolWorkload, ReportedScheduler, ReportedTask } from '../../contract/report.ts';
import type { RunLine, Status } from '../../contract/status.ts';
import { groupedBy } from '../../domain/grouped.ts';
import { isOpen, type Task } from '../../domain/task.ts';
import { byName, type KnownOfTask } from './workload.ts';

/** By task, the state of its open run, and why it does not run. */
export function knownOfTasks(status: Status): Map<number, KnownOfTask> {
  const known = new Map<number, KnownOfTask>(
    status.waiting.map(({ taskId, reason, still }) => [
      taskId,
      { waits: { reason, ...(still && { still }) } },
    ]),
  );
  for (const run of runsIn(status)) known.set(run.taskId, ofRun(run));
  return known;
}

function ofRun({ state, agent, waits }: RunLine): KnownOfTask {
  if (waits !== undefined) return { phase: state, waits };
  if (state !== 'backing-off' && state !== 'parked') return { phase: state };
  return { phase: state, waits: { reason: { why: state, agent } } };
}

function runsIn({ running, interrupted, queued, backingOff, parked }: Status): RunLine[] {
  return [...running, ...interrupted, ...queued, ...backingOff, ...parked];
}

/**
 * What only Temporal knows of the workload.
 *
 * @param open all open tasks
 * @param reported those that the report is about
 */
export function scheduledOf(
  status: Status,
  open: readonly Task[],
  reported: readonly ReportedTask[],
): ReportedScheduler {
  const { scheduler, exists, paused, enabled, daemon } = status;
  const still = reported.filter(({ task }) => isOpen(task));
  return {
    state: { scheduler, exists, paused, enabled, daemon },
    pools: poolsOf(status, open),
    phases: counted(still.map(({ phase }) => phase ?? 'no-run')).map(([phase, tasks]) => ({ phase, tasks })),
    reasons: counted(still.flatMap(({ waits }) => waits?.reason.why ?? [])).map(([why, tasks]) => ({
      why,
      tasks,
    })),
  };
}

function poolsOf(status: Status, open: readonly Task[]): PoolWorkload[] {
  const agents = groupedBy(status.agents, ({ queue }) => queue);
  const tasks = groupedBy(open, ({ queue }) => queue);
  const lines = groupedBy(status.queued, ({ queue }) => queue);
  const blocked = new Set(
    status.waiting.filter(({ reason }) => reason.why === 'blocked').map(({ taskId }) => taskId),
  );
  const sum = (numbers: number[]) => numbers.reduce((all, each) => all + each, 0);
  const queues = [...new Set([...agents.keys(), ...tasks.keys(), ...lines.keys()])].sort(byName);
  return queues.map((queue) => {
    const own = agents.get(queue) ?? [];
    const waiting = tasks.get(queue) ?? [];
    return {
      ...{ queue, agents: own.length, tasks: waiting.length },
      slots: sum(own.map(({ limit }) => limit)),
      held: sum(own.map(({ held }) => held)),
      inLine: (lines.get(queue) ?? []).filter(({ state }) => state === 'waiting-for-slot').length,
      unassigned: waiting.filter(({ assignedTo }) => !assignedTo).length,
      blocked: waiting.filter(({ id }) => blocked.has(id)).length,
    };
  });
}

/** Each with how often it is there, the most frequent first. */
export function counted<Each extends string>(all: readonly Each[]): [each: Each, times: number][] {
  const times = new Map<Each, number>();
  for (const each of all) times.set(each, (times.get(each) ?? 0) + 1);
  return [...times].sort(([a, many], [b, more]) => more - many || byName(a, b));
}
