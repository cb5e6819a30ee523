import type { Outcome } from '../domain/attempt/settle.ts';

/** What became of the task and what was written to TinyTask, as a clause for people. */
export function sayOutcome(outcome: Outcome): string {
  switch (outcome.task) {
    case 'complete':
      return outcome.by === 'us' ? 'set to complete' : 'was complete already';
    case 'handed-off':
      return `it is ${outcome.to === null ? "nobody's" : `${outcome.to}'s`} now, nothing written`;
    case 'put-back':
      return 'was set back to idle by its agent or a person, nothing written';
    case 'not-done':
      return `set back to idle, since ${outcome.reason}`;
    case 'returned':
      return 'set back to idle';
    case 'untouched':
      return 'nothing written';
    case 'gone':
      return `${outcome.reason}, nothing written`;
  }
}
