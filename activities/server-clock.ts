import { Context } from '@temporalio/activity';
import { startStopwatch } from '../os/stopwatch.ts';

/**
 * The server's clock, in milliseconds since the epoch, as an activity may know it without asking: when the server scheduled
 * this attempt, and what has passed here since it began. It is behind by what the attempt waited for a worker, and never
 * ahead. Times that workflows and the server have set are compared with it, since this host's own clock may be minutes off.
 */
export function serverClock(
  info: { currentAttemptScheduledTimestampMs: number } = Context.current().info,
): () => number {
  const sinceMs = startStopwatch();
  return () => info.currentAttemptScheduledTimestampMs + sinceMs();
}
