import { log, setHandler } from '@temporalio/workflow';
import type { Message } from '../../contract/messages.ts';
import { type Shape, WrongShape } from '../../contract/shape.ts';

/** Whoever sends wrong messages sends many. */
const MOST_LOGGED = 10;

/**
 * Handles a signal; the only way in which one may be handled. What has another shape (sent by hand, or by another version)
 * is dropped, since what a handler throws keeps its workflow from going on, and the signal stays in the history. `onWrong`
 * gets it, with what is wrong as a clause.
 */
export function heed<Args extends unknown[]>(
  message: Message<Args>,
  handle: (...contents: NoInfer<Args>) => void,
  onWrong: (contents: unknown, problem: string) => void = () => {},
): void {
  const shapes: readonly Shape<unknown>[] = message.shapes;
  let dropped = 0;
  setHandler(message, (...given: unknown[]) => {
    let contents: unknown[];
    try {
      contents = shapes.map((shape, at) => shape(given[at]));
    } catch (error) {
      if (!(error instanceof WrongShape)) throw error;
      dropped += 1;
      if (dropped <= MOST_LOGGED)
        log.warn('a signal with a wrong content was dropped', {
          signal: message.name,
          problem: error.message,
        });
      onWrong(given.length > 1 ? given : given[0], error.message);
      return;
    }
    handle(...(contents as Args));
  });
}
