import type { Attempt, ClosedRun, ToldByHistory } from '../contract/attempts.ts';
import type { RunResult } from '../contract/run.ts';
import { type AttemptPolicy, follow, NO_PAST } from '../domain/attempt/follow.ts';
import type { Course, Leg } from '../domain/forecast/experience.ts';
import { groupedBy } from '../domain/grouped.ts';

/** A run, with its history where the server still has that. */
export type RunWithHistory = ClosedRun & { told: ToldByHistory | undefined };

export interface Courses {
  courses: Course[];
  /** When the first of those tasks was over, in milliseconds since the epoch; null: there are none. */
  sinceMs: number | null;
  /** Tasks that had attempts, and are not over. */
  notOver: number;
}

const OVER: readonly RunResult['end'][] = ['complete', 'handed-off', 'gone'];

/**
 * How past tasks went, each over all of its runs. A rest between two attempts counts as long as the rules have it, and not what
 * the task waited in line or was parked besides: that is played anew.
 */
export function coursesOf(runs: readonly RunWithHistory[], policy: AttemptPolicy): Courses {
  const found: Courses = { courses: [], sinceMs: null, notOver: 0 };
  // A TinyTask that was reset has other tasks of the same ids.
  for (const ofTask of groupedBy(runs, ({ taskId, memo }) => `${taskId} ${memo?.createdAt}`).values()) {
    const inOrder = ofTask.toSorted((a, b) => a.startedAtMs - b.startedAtMs);
    const attempts = inOrder.flatMap(({ told }) => told?.attempts ?? []);
    const last = inOrder.at(-1);
    const end = last?.told?.result?.end;
    const course = courseOf(attempts, policy);
    if (course === undefined || last === undefined) continue;
    if (end === undefined || !OVER.includes(end)) found.notOver += 1;
    else {
      found.courses.push(course);
      found.sinceMs = Math.min(found.sinceMs ?? last.endedAtMs, last.endedAtMs);
    }
  }
  return found;
}

/** Undefined: no attempt was made. */
function courseOf(attempts: readonly Attempt[], policy: AttemptPolicy): Course | undefined {
  const last = attempts.at(-1);
  if (last === undefined) return undefined;
  const recipe = attempts.findLast((attempt) => attempt.recipe !== null)?.recipe ?? null;
  return { agent: last.agent, recipe, legs: legsOf(attempts, policy) };
}

function legsOf(attempts: readonly Attempt[], policy: AttemptPolicy): Leg[] {
  let past = NO_PAST;
  return attempts.map(({ sentAtMs, endedAtMs, verdict, tokens }, at) => {
    const overMs = endedAtMs ?? sentAtMs;
    const next = attempts[at + 1];
    const took = { heldMs: Math.max(0, overMs - sentAtMs), ...(tokens !== null && { tokens }) };
    if (next === undefined || verdict === null) return { ...took, restedMs: 0 };
    const decided = follow(past, { verdict }, policy, overMs);
    past = decided.past;
    const rule = decided.follow.next === 'back-off' ? decided.follow.untilMs - overMs : 0;
    return { ...took, restedMs: Math.max(0, Math.min(rule, next.sentAtMs - overMs)) };
  });
}
