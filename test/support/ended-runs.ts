import type { EndedRun } from '../../contract/listings.ts';
import { attemptOf } from './attempts.ts';

/** A run of ada's in pool dev that completed its task, unless a test says otherwise. */
export function endedRunOf(taskId: number, change: Partial<EndedRun> = {}): EndedRun {
  return {
    ...{ taskId, runId: `run-${taskId}`, agent: 'ada', queue: 'dev', pool: 'dev', how: 'by-itself' },
    ...{ startedAtMs: 0, endedAtMs: 1, end: 'complete', verdict: { kind: 'completed', reason: 'done' } },
    attempts: [attemptOf({ taskId })],
    ...change,
  };
}
