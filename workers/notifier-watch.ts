import type { Client } from '@temporalio/client';
import { keepLooking } from '../os/keep-looking.ts';
import { ensureNotifier } from '../temporal/notifier.ts';

const LOOK_MS = 10_000;

/**
 * Starts the notifier, and looks every 10 s whether it is still there, until the returned function is called. That it cannot be
 * started keeps nothing else from going on; `onProblem` is told of it.
 */
export function keepNotifier(client: Client, onProblem: (problem: string) => void): () => void {
  const look = () =>
    ensureNotifier(client).catch((error: Error) =>
      onProblem(`the notifier cannot be started; it is tried again: ${error.message}`),
    );
  void look();
  return keepLooking(LOOK_MS, look);
}
