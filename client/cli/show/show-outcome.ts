import type { TaskOutcome } from '../../../contract/status.ts';
import { sayOutcome } from '../../../words/outcome.ts';
import { duration } from './print.ts';

/** Whether nothing went wrong with a task that was waited for. A task that somebody else has now, or deleted, is well. */
export function isWell({ state, end, verdict }: TaskOutcome): boolean {
  if (state !== 'ended') return false;
  switch (end) {
    case 'complete':
    case 'handed-off':
    case 'gone':
    case 'left-line':
      return true;
    case 'put-back':
    case 'not-done':
      return verdict === null || verdict.kind === 'completed';
    case 'returned':
    case 'untouched':
    case null:
      return false;
  }
}

/** How a task that was waited for ended, as a line for people. */
export function outcomeText(outcome: TaskOutcome): string {
  const { taskId, agent, state, attempts, log, tookMs } = outcome;
  const facts = [
    sayState(outcome),
    ...(attempts > 0 ? [`attempt ${attempts}`] : []),
    duration(tookMs),
    ...(log === null ? [] : [`log ${log}`]),
  ];
  const on = agent === null ? '' : ` on ${agent}`;
  return `task ${taskId} ${VERBS[state]}${on}: ${facts.join('; ')}`;
}

const VERBS: Record<TaskOutcome['state'], string> = {
  ended: 'ended',
  parked: 'was parked',
  lost: 'was lost',
  'backing-off': 'backs off',
  running: 'is still running',
  waiting: 'waits for a slot',
};

function sayState(outcome: TaskOutcome): string {
  const { taskId, state, end } = outcome;
  switch (state) {
    case 'ended':
      if (end === 'left-line') return 'left the line before it started; it is planned anew';
      return [verdictText(outcome), outcome.outcome === null ? end : sayOutcome(outcome.outcome)]
        .filter((text) => text !== null && text !== '')
        .join('; ');
    case 'parked':
      return `${verdictText(outcome)}; it runs again after \`tinyscheduler retry ${taskId}\``;
    case 'lost':
      return 'its run was ended from outside; the task is taken back, and runs again';
    case 'backing-off':
    case 'running':
    case 'waiting':
      return 'not waited for any longer; it goes on where a worker is';
  }
}

function verdictText({ verdict, attempts }: TaskOutcome): string {
  if (verdict !== null) return `${verdict.kind}, ${verdict.reason}`;
  return attempts === 0 ? 'no attempt was made' : 'how its last attempt ended is not known';
}

export function outcomeJson(outcome: TaskOutcome): Record<string, unknown> {
  const { taskId, agent, runId, state, end, verdict, attempts, log, tookMs } = outcome;
  return {
    task_id: taskId,
    agent,
    run_id: runId,
    state,
    end,
    verdict: verdict?.kind ?? null,
    reason: verdict?.reason ?? null,
    attempts,
    log,
    seconds: Math.round(tookMs / 100) / 10,
    well: isWell(outcome),
    says: outcomeText(outcome),
  };
}
