import { startStopwatch } from '../os/stopwatch.ts';
import { TinyTaskError } from './errors.ts';

/**
 * So long what was read of a task is acted on. A process that was stopped in between (SIGSTOP, a sleeping laptop) would
 * write over what others have made of the task meanwhile. TinyTask has no compare-and-set, so age is all there is.
 */
const TRUE_FOR_MS = 5_000;

/** What was read of a task is too old to write by; nothing was written. Read it again. */
export class OutdatedReading extends TinyTaskError {
  override readonly name = 'OutdatedReading';
}

/**
 * Call it before a task is read. The result goes to `TinyTask.update`, which calls it in the tick of each sending: it
 * throws OutdatedReading, and nothing is sent, when the reading began too long ago.
 */
export function beginReading(): () => void {
  const ageMs = startStopwatch();
  return () => {
    if (ageMs() <= TRUE_FOR_MS) return;
    const age = `${Math.round(ageMs() / 1_000)} s`;
    throw new OutdatedReading(
      'timeout',
      'update_task',
      `the task was not written: it was read ${age} ago, and others may have changed it since. TinyTask or this host is slow`,
    );
  };
}
