import type { Attempt, ClosedRun } from '../../contract/attempts.ts';

/** An attempt of ada at task 7 that ended well, unless a test says otherwise. */
export function attemptOf(change: Partial<Attempt> = {}): Attempt {
  return {
    ...{ taskId: 7, number: 1, runId: 'r', state: 'ended', agent: 'ada', recipe: 'ada', host: 'h1' },
    ...{ sentAtMs: 0, startedAtMs: 0, endedAtMs: 1, verdict: { kind: 'completed', reason: 'done' } },
    ...{ claimed: true, log: null, logTrouble: null, seconds: 1, turns: 1, tokens: null, end: null },
    ...change,
  };
}

/** Its host was lost, or has not told yet. */
export const UNTOLD: Partial<Attempt> = {
  ...{ verdict: null, claimed: null, log: null, recipe: null },
  ...{ seconds: null, turns: null, tokens: null },
};

/** A run of ada's that ended by itself, unless a test says otherwise. */
export function closedRunOf(taskId: number, change: Partial<ClosedRun> = {}): ClosedRun {
  return {
    ...{ workflowId: `task-${taskId}`, runId: `run-${taskId}`, taskId, agent: 'ada', queue: 'dev' },
    ...{ phase: 'running', startedAtMs: 0, endedAtMs: 1, how: 'by-itself', memo: null },
    ...change,
  };
}
