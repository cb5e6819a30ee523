import type { ClosedRun } from '../contract/attempts.ts';
import type { EndedRun } from '../contract/listings.ts';

/** How a run ended, as a clause for people. */
export function sayEndedRun({ how, end, verdict, attempts }: EndedRun): string {
  const last = verdict === null ? '' : `${verdict.kind}, ${verdict.reason}; `;
  if (how !== 'by-itself') return `${last}${HOW[how]}`;
  if (end === 'left-line') return 'left the line before it started';
  if (verdict !== null) return `${last}${sayEnd(end)}`;
  const why = attempts?.length === 0 ? 'without an attempt' : 'how its last attempt ended is not known';
  return `${sayEnd(end)}; ${why}`;
}

const HOW: Record<Exclude<ClosedRun['how'], 'by-itself'>, string> = {
  failed: 'its workflow failed',
  terminated: 'its run was ended from outside',
  'timed-out': 'the server ended its run: its time was over',
  cancelled: 'its workflow was cancelled',
  continued: 'it goes on as the next run',
};

function sayEnd(end: EndedRun['end']): string {
  switch (end) {
    case 'complete':
      return 'the task is complete';
    case 'handed-off':
      return 'somebody else has the task';
    case 'gone':
      return 'the task is gone';
    case 'put-back':
    case 'not-done':
    case 'returned':
      return 'the task was idle again';
    case 'untouched':
      return 'the task was left as it was';
    case 'left-line':
      return 'it left the line';
    case null:
      return 'what became of the task is not known';
  }
}
