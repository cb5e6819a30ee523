import type { Rank } from '../../../../domain/rank.ts';
import type { Request } from '../../../../domain/slots/line.ts';

/**
 * The newest rank of each task that has reached one semaphore, from a run that asked or from the scheduler. A rank is
 * forgotten when its task has a slot: then the scheduler tells it anew.
 */
export class LastLooks {
  readonly #known = new Map<number, { rank: Rank; atMs: number }>();
  readonly #asked = new Set<number>();

  asked({ rank, rankedAtMs }: Pick<Request, 'rank' | 'rankedAtMs'>): void {
    this.#asked.add(rank.id);
    this.told([rank], rankedAtMs);
  }

  told(ranks: readonly Rank[], atMs: number): void {
    for (const rank of ranks)
      if ((this.#known.get(rank.id)?.atMs ?? 0) <= atMs) this.#known.set(rank.id, { rank, atMs });
  }

  /** @param inLine the tasks that are in line now */
  keepOf(inLine: readonly number[]): void {
    for (const id of this.#asked)
      if (!inLine.includes(id)) {
        this.#asked.delete(id);
        this.#known.delete(id);
      }
  }

  of(taskId: number): Rank | undefined {
    return this.#known.get(taskId)?.rank;
  }
}
