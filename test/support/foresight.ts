import { type Course, Experience } from '../../domain/forecast/experience.ts';
import { type Foreseen, type Foresight, foresee, type Span } from '../../domain/forecast/forecast.ts';
import type { ForecastInput } from '../../domain/forecast/outset.ts';
import type { Task } from '../../domain/task.ts';
import { NOW_MS, type PlanDraft, planInput, taskOf } from './tasks.ts';

export const MINUTE_MS = 60_000;

/** A task of an agent that went like this: minutes at an attempt, and of rest after it, and so on. */
export function courseOf(agent: string, ...minutes: number[]): Course {
  const legs = Array.from({ length: Math.ceil(minutes.length / 2) }, (_, at) => ({
    heldMs: (minutes[2 * at] ?? 0) * MINUTE_MS,
    restedMs: (minutes[2 * at + 1] ?? 0) * MINUTE_MS,
  }));
  return { agent, recipe: agent, legs };
}

/** Each task of each agent takes so long. */
export const always = (...minutes: number[]) => [courseOf('somebody', ...minutes)];

export interface Asked extends Partial<PlanDraft> {
  courses?: readonly Course[];
  /** Task id -> since how many minutes its attempt is under way. */
  running?: Readonly<Record<number, number>>;
  /** Task id -> for how many minutes more it backs off. */
  backsOff?: Readonly<Record<number, number>>;
  /** Tasks that schedules will make: in how many minutes. */
  coming?: readonly (Partial<Task> & { inMinutes: number })[];
}

export function inputOf({
  running = {},
  backsOff = {},
  coming = [],
  ...change
}: Omit<Asked, 'courses'>): ForecastInput {
  const times = (minutes: Readonly<Record<number, number>>, sign: number) =>
    new Map(Object.entries(minutes).map(([id, each]) => [Number(id), NOW_MS + sign * each * MINUTE_MS]));
  return {
    plan: planInput(change),
    runningSinceMs: times(running, -1),
    backsOffUntilMs: times(backsOff, 1),
    zones: [],
    coming: coming.map(({ inMinutes, ...task }, at) => ({
      task: taskOf(-1 - at, task),
      dueMs: NOW_MS + inMinutes * MINUTE_MS,
    })),
  };
}

export function foresightOf({ courses = always(10), ...change }: Asked): Foresight {
  return foresee(inputOf(change), new Experience(courses));
}

/** `1 ada 0-10`: from start to end, in minutes from now, as likely as not; `?`: not known. */
export function short({ taskId, agent, start, end, is }: Foreseen): string {
  const at = (span: Span | null) => (span === null ? '?' : String((span.p50Ms - NOW_MS) / MINUTE_MS));
  if (is === 'kept') return `${taskId} kept`;
  if (is === 'with-subtasks') return `${taskId} with subtasks -${at(end)}`;
  return `${taskId} ${agent ?? '?'} ${at(start)}-${at(end)}`;
}

export const shortly = (asked: Asked) => foresightOf(asked).tasks.map(short);
