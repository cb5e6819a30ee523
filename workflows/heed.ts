import { log, type SignalDefinition, setHandler } from '@temporalio/workflow';

/**
 * Handles a signal that carries an object. One without it (sent by hand, or by another version) is dropped, since what
 * a handler throws keeps its workflow from going on, and the signal stays in the history.
 */
export function heed<T extends object>(signal: SignalDefinition<[T]>, handle: (message: T) => void): void {
  setHandler(signal, (message?: T | null) => {
    if (typeof message === 'object' && message !== null) handle(message);
    else log.warn('a signal without its content was dropped', { signal: signal.name });
  });
}
