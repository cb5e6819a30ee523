import { calledAs } from '../config/called-as.ts';
import type { TaskOutcome } from '../contract/status.ts';
import { duration } from './duration.ts';
import { sayOutcome } from './outcome.ts';

/** How a task that was waited for ended, as a line for people. */
export function sayTaskOutcome(outcome: TaskOutcome): string {
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
      return `${verdictText(outcome)}; it runs again after \`${calledAs()} retry ${taskId}\``;
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
