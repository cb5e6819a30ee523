import { log, type SignalDefinition, setHandler } from '@temporalio/workflow';
import { type Shape, WrongShape } from '../../contract/shape.ts';

/** Whoever sends wrong messages sends many. */
const MOST_LOGGED = 10;

/**
 * Handles a signal with contents; the only way in which one may be handled. What has another shape (sent by hand, or by
 * another version) is dropped, since what a handler throws keeps its workflow from going on, and the signal stays in the
 * history. `onWrong` gets it, with what is wrong as a clause.
 */
export function heedAll<Args extends unknown[]>(
  signal: SignalDefinition<Args>,
  shapes: { [At in keyof Args]: Shape<Args[At]> },
  handle: (...contents: Args) => void,
  onWrong: (contents: unknown, problem: string) => void = () => {},
): void {
  let dropped = 0;
  setHandler(signal, (...given: unknown[]) => {
    let contents: Args;
    try {
      contents = shapes.map((shape, at) => shape(given[at])) as Args;
    } catch (error) {
      if (!(error instanceof WrongShape)) throw error;
      dropped += 1;
      if (dropped <= MOST_LOGGED)
        log.warn('a signal with a wrong content was dropped', {
          signal: signal.name,
          problem: error.message,
        });
      onWrong(given.length > 1 ? given : given[0], error.message);
      return;
    }
    handle(...contents);
  });
}

/** The same for a signal with one content. */
export function heed<T>(
  signal: SignalDefinition<[T]>,
  shape: Shape<T>,
  handle: (message: T) => void,
  onWrong?: (content: unknown, problem: string) => void,
): void {
  heedAll<[T]>(signal, [shape], handle, onWrong);
}
