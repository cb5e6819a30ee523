import type { Foreseen, Foresight, Span } from './forecast.ts';

/** A task whose end a change moves. */
export interface Moved {
  taskId: number;
  before: Span;
  after: Span;
  /** Of the middle of both, in milliseconds; below 0: it ends sooner. */
  byMs: number;
}

/** What a change does. Task ids, in the order in which the tasks go after it. */
export interface Difference {
  /** They would start now, and do not without the change; and the other way round. */
  starts: number[];
  waits: number[];
  /** They would not start by themselves any more; and again. */
  keeps: number[];
  frees: number[];
  /** The most first; where that is the same, in the order in which they go. */
  moved: Moved[];
}

/** Less is a rounding of what the past tells. */
const LEAST_MOVE_MS = 1_000;

/** @param nowMs when both were made, in milliseconds since the epoch */
export function difference(before: Foresight, after: Foresight, nowMs: number): Difference {
  const earlier = new Map(before.tasks.map((task) => [task.taskId, task]));
  const found: Difference = { starts: [], waits: [], keeps: [], frees: [], moved: [] };
  for (const now of after.tasks) {
    const { taskId } = now;
    const was = earlier.get(taskId);
    if (was === undefined) continue;
    const [startsNow, started] = [startsAt(now, nowMs), startsAt(was, nowMs)];
    if (startsNow && !started) found.starts.push(taskId);
    if (started && !startsNow) found.waits.push(taskId);
    if (now.is === 'kept' && was.is !== 'kept') found.keeps.push(taskId);
    if (was.is === 'kept' && now.is !== 'kept') found.frees.push(taskId);
    const moved = movedOf(was, now);
    if (moved !== undefined) found.moved.push(moved);
  }
  found.moved.sort((a, b) => Math.abs(b.byMs) - Math.abs(a.byMs));
  return found;
}

function startsAt({ is, start }: Foreseen, nowMs: number): boolean {
  return is === 'to-run' && start?.p90Ms === nowMs;
}

function movedOf(was: Foreseen, now: Foreseen): Moved | undefined {
  if (was.end === null || now.end === null) return undefined;
  const byMs = now.end.p50Ms - was.end.p50Ms;
  if (Math.abs(byMs) < LEAST_MOVE_MS) return undefined;
  return { taskId: now.taskId, before: was.end, after: now.end, byMs };
}
