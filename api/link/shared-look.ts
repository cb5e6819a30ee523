import type { Look } from '../../contract/listings.ts';
import { SharedRead } from './shared-read.ts';

/** Of the questions of one kind, such as reports since different times, the last that were asked are kept. */
const MOST_QUESTIONS = 100;

/** One look at the server and TinyTask for all who want to see, and whatever else is read for many. */
export class SharedLook extends SharedRead<Look> {
  readonly #beside: Map<string, SharedRead<unknown>>[] = [];

  /** What a look does not have, shared in the same way by those who ask the same: a text. */
  beside<Answer>(
    read: (question: string) => Promise<Answer>,
  ): (question: string, maxAgeMs: number) => Promise<Answer> {
    const reads = new Map<string, SharedRead<Answer>>();
    this.#beside.push(reads);
    return (question, maxAgeMs) => {
      const shared = reads.get(question) ?? new SharedRead(() => read(question));
      // The one that was asked longest ago makes room.
      reads.delete(question);
      reads.set(question, shared);
      const [oldest] = reads.keys();
      if (reads.size > MOST_QUESTIONS && oldest !== undefined) reads.delete(oldest);
      return shared.within(maxAgeMs);
    };
  }

  override outdate(): void {
    super.outdate();
    for (const reads of this.#beside) for (const each of reads.values()) each.outdate();
  }
}
