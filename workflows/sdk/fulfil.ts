import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { Wish } from '../../contract/messages.ts';

/**
 * Handles an Update. One with a wrong content is refused before it is in the history, and the one who asked is told what is wrong.
 *
 * @param refuse throws where nothing may be asked now
 */
export function fulfil<Result, Args extends unknown[]>(
  wish: Wish<Result, Args>,
  handle: (...contents: NoInfer<Args>) => Promise<NoInfer<Result>> | NoInfer<Result>,
  refuse: () => void = () => {},
): void {
  const read = (given: unknown[]) => wish.shapes.map((shape, at) => shape(given[at])) as Args;
  setHandler(wish, async (...given: unknown[]) => handle(...read(given)), {
    validator: (...given: unknown[]) => {
      try {
        read(given);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        throw ApplicationFailure.nonRetryable(`${wish.name} was asked with a wrong content: it ${problem}`);
      }
      refuse();
    },
  });
}
