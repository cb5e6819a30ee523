import type { Rank } from '../rank.ts';
import type { Task } from '../task.ts';
import { type Capacities, capacitiesOf } from './capacity.ts';
import { type OpenRun, type PlanInput, tasksOf } from './input.ts';

/** What tasks are placed with, one after the other. */
export interface Planning {
  input: PlanInput;
  capacities: Capacities;
  lines: Lines;
  /** All open runs, by the id of the task. */
  runs: ReadonlyMap<number, OpenRun>;
}

/** A task with its place in the order. */
export interface Ranked {
  task: Task;
  rank: Rank;
}

/** Runs that have no slot yet, as far as TinyTask tells. */
export interface Lines {
  /** By the id of the task. */
  runs: ReadonlyMap<number, OpenRun>;
  /** How many there are at each semaphore, and how many the plan has added. */
  counts: Map<string, number>;
}

export function planningOf(input: PlanInput, open: readonly Task[]): Planning {
  const runs = new Map(input.openRuns.map((run) => [run.taskId, run]));
  return { input, capacities: capacitiesOf(input), lines: linesOf(input, open), runs };
}

function linesOf({ openRuns }: PlanInput, open: readonly Task[]): Lines {
  const active = openRuns.filter((run) => run.state === 'active');
  const taskOf = tasksOf(active, open);
  const inLine = active.filter((run) => taskOf.get(run.taskId)?.status === 'idle');
  const counts = new Map<string, number>();
  for (const { semaphore } of inLine) counts.set(semaphore, (counts.get(semaphore) ?? 0) + 1);
  return { runs: new Map(inLine.map((run) => [run.taskId, run])), counts };
}
