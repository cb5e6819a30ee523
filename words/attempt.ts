import type { AttemptResult } from '../contract/run.ts';
import type { Follow } from '../domain/attempt/follow.ts';
import type { Outcome } from '../domain/attempt/settle.ts';
import type { TaskRef } from '../domain/task.ts';
import { moment } from './clock.ts';

/** What a comment about an attempt needs to know. */
export interface AttemptStory {
  task: TaskRef;
  number: number;
  used: number;
  maxAttempts: number;
  result: AttemptResult;
  outcome: Outcome;
  follow: Follow;
}

/**
 * The comment that tells the next agent and people what happened, or undefined when nothing needs to be
 * said: an attempt that did not touch the task, one that completed it, or one that lost it to somebody else.
 */
export function sayAttempt(story: AttemptStory): string | undefined {
  const { outcome, result } = story;
  const said = outcome.task === 'complete' ? sayComplete(result) : sayNotComplete(story);
  return said && `${said}${sayLastLines(result.verified)}`;
}

/** Only what was verified is spoken of. */
function sayComplete(result: AttemptResult): string | undefined {
  const { verified, verdict } = result;
  if (verified === undefined) return undefined;
  if (verdict.kind === 'completed')
    return `Verified: ${verified.program} exited with code 0 after ${verified.seconds} s.${sayLog(result)}`;
  if (verdict.kind !== 'not-verified') return undefined;
  return `The task was completed before its work was verified, and that failed: ${verdict.reason}. It stays complete, since TinyTask does not say who completed it; set it to idle to have it done again.${sayLog(result)}`;
}

function sayLog({ log, host, verified }: AttemptResult): string {
  const logs = [...(log === null ? [] : [log]), ...(verified === undefined ? [] : [verified.log])];
  return logs.length === 0 ? '' : ` Log: ${logs.join(', ')} on ${host}.`;
}

/** Indented, so that Markdown shows them as they are. */
function sayLastLines(verified: AttemptResult['verified']): string {
  if (verified === undefined || verified.lines.length === 0) return '';
  const lines = verified.lines.map((line) => `\n    ${line}`).join('');
  return `\n\nThe last lines of ${verified.program}:\n${lines}`;
}

function sayNotComplete({
  task,
  number,
  used,
  maxAttempts,
  result,
  outcome,
  follow,
}: AttemptStory): string | undefined {
  const { verdict } = result;
  const log = sayLog(result);
  if (outcome.task === 'not-done') {
    return `The agent ended well, but the task is not complete: ${outcome.reason}. It is idle again.${log}`;
  }
  // What follows was decided by the verdict alone: a task that is no longer the run's is not parked.
  const left = outcome.task === 'complete' || outcome.task === 'handed-off' || outcome.task === 'gone';
  if (left || (outcome.task !== 'returned' && follow.next !== 'park')) return undefined;

  const partly = result.claimed ? ' Part of the work may be done.' : '';
  switch (follow.next) {
    case 'park':
      return `Parked: ${follow.reason}.${log} To run it again: tinyscheduler retry ${task.id}.`;
    case 'back-off':
      if (verdict.kind === 'tinytask-unavailable') {
        return `Attempt ${number} could not be carried out, which is not counted: ${verdict.reason}.${log}${partly} It runs again at ${moment(follow.untilMs)}.`;
      }
      return `Attempt ${number} failed (${used} of ${maxAttempts}): ${verdict.reason}.${log}${partly} It runs again at ${moment(follow.untilMs)}.`;
    case 'again':
      return `Attempt ${number} was cut short, which is not counted: ${verdict.reason}.${log}${partly} It runs again.`;
    case 'end':
      return `Attempt ${number} could not be carried out, which is not counted: ${verdict.reason}.${log} It runs again when that is mended.`;
  }
}
