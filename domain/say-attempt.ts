import type { Follow } from './attempts.ts';
import type { AttemptResult } from './run.ts';
import type { Outcome } from './settle.ts';

/** What a comment about an attempt needs to know. */
export interface AttemptStory {
  number: number;
  used: number;
  maxAttempts: number;
  result: AttemptResult;
  outcome: Outcome;
  follow: Follow;
}

/**
 * The comment that tells the next agent and people what happened, or undefined when nothing needs to be
 * said: an attempt that did not touch the task, or one that completed it.
 */
export function sayAttempt({
  number,
  used,
  maxAttempts,
  result,
  outcome,
  follow,
}: AttemptStory): string | undefined {
  const { verdict } = result;
  const log = result.log === null ? '' : ` Log: ${result.log} on ${result.host}.`;
  if (outcome.task === 'not-done') {
    return `The agent ended well, but the task is not complete: ${outcome.reason}. It is idle again.${log}`;
  }
  if (outcome.task !== 'returned' && follow.next !== 'park') return undefined;
  if (verdict.kind === 'completed' && follow.next !== 'park') return undefined;

  const partly = result.claimed ? ' Part of the work may be done.' : '';
  switch (follow.next) {
    case 'park':
      return `Parked: ${follow.reason}.${log} To run it again: tinyscheduler retry TASK.`;
    case 'back-off':
      return `Attempt ${number} failed (${used} of ${maxAttempts}): ${verdict.reason}.${log}${partly} It runs again at ${clock(follow.untilMs)}.`;
    case 'again':
      return `Attempt ${number} was cut short, which is not counted: ${verdict.reason}.${log}${partly} It runs again.`;
    case 'end':
      return `Attempt ${number} could not be carried out, which is not counted: ${verdict.reason}.${log} It runs again when that is mended.`;
  }
}

function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
