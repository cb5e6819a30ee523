import type { Problem, Stuck } from '../contract/status.ts';
import { sayApiTrouble } from './api-trouble.ts';
import { sayFailure } from './errors.ts';
import { sayNotifying } from './not-delivered.ts';
import { sayOlderTinyTask } from './older-tinytask.ts';
import { sayCycle } from './reason.ts';
import { sayMoreSchedules, sayScheduleTrouble } from './schedule-trouble.ts';

/** What is wrong, each thing once: a warning of the last pass may be about what is seen now, too. */
export function sayProblems(problems: readonly Problem[]): string[] {
  return [...new Set(problems.map(sayProblem))];
}

export const BLOCKING_OFF =
  'Blockers do not count: tasks start although others block them, since TINYSCHEDULER_DISABLE_BLOCKING is true';

export function sayProblem(problem: Problem): string {
  switch (problem.what) {
    case 'failed':
      return sayFailure(problem.failure);
    case 'stuck':
      return sayStuck(problem);
    case 'complaint':
    case 'warning':
      return problem.text;
    case 'last-pass':
      return `in the last pass: ${problem.text}`;
    case 'older-tinytask':
      return sayOlderTinyTask(problem);
    case 'schedule':
      return sayScheduleTrouble(problem);
    case 'more-schedules':
      return sayMoreSchedules(problem.count);
    case 'blocking-off':
      return BLOCKING_OFF;
    case 'api':
      return sayApiTrouble(problem.trouble);
    case 'notifications':
      return sayNotifying(problem);
    case 'cycle':
      return sayCycle(problem.ids);
  }
}

function sayStuck({ workflowId, failures }: Stuck): string {
  return (
    `The workflow ${workflowId} is stuck: its workflow task has failed ${failures} times in a row. ` +
    'The log of the daemon and the Web UI say why; a daemon of the version with which it began can go on with it.'
  );
}
