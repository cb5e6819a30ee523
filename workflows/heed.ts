import { log, type SignalDefinition, setHandler } from '@temporalio/workflow';
import { type Shape, WrongShape } from './shape.ts';

/** Whoever sends wrong messages sends many. */
const MOST_LOGGED = 10;

/**
 * Handles a signal with a content; the only way in which one may be handled. What has another shape (sent by hand, or by
 * another version) is dropped, since what a handler throws keeps its workflow from going on, and the signal stays in the
 * history. `onWrong` gets it, with what is wrong as a clause.
 */
export function heed<T>(
  signal: SignalDefinition<[T]>,
  shape: Shape<T>,
  handle: (message: T) => void,
  onWrong: (content: unknown, problem: string) => void = () => {},
): void {
  let dropped = 0;
  setHandler(signal, (content?: unknown) => {
    let message: T;
    try {
      message = shape(content);
    } catch (error) {
      if (!(error instanceof WrongShape)) throw error;
      dropped += 1;
      if (dropped <= MOST_LOGGED)
        log.warn('a signal with a wrong content was dropped', {
          signal: signal.name,
          problem: error.message,
        });
      onWrong(content, error.message);
      return;
    }
    handle(message);
  });
}
