import type { Stuck } from '../contract/status.ts';

interface Run {
  runId: string;
  taskId: number;
  stuck?: Stuck;
}

/**
 * For who looks at the open runs again and again and reads only some of them by themselves each time: whose turn it is, and
 * which were stuck when they were read. Without it a problem would come and go with the choice of what is read.
 */
export class RunsSeen {
  /** Up to this task they have had their turn; undefined: none, so it begins anywhere. */
  #upTo: number | undefined;
  /** By the id of the run. */
  readonly #stuck = new Map<string, Stuck>();

  /** At most so many, those whose turn it is. */
  turnOf<R extends Run>(runs: readonly R[], most: number): R[] {
    if (runs.length <= most) return [...runs];
    const inOrder = runs.toSorted((a, b) => a.taskId - b.taskId);
    const from = this.#firstOf(inOrder);
    const turn = [...inOrder.slice(from), ...inOrder.slice(0, from)].slice(0, most);
    this.#upTo = turn.at(-1)?.taskId;
    return turn;
  }

  #firstOf(inOrder: readonly Run[]): number {
    const upTo = this.#upTo;
    if (upTo === undefined) return Math.floor(Math.random() * inOrder.length);
    return Math.max(
      inOrder.findIndex(({ taskId }) => taskId > upTo),
      0,
    );
  }

  /** The others as they are listed, each with what was seen when it was read last. What is in neither is forgotten. */
  withOthers<R extends Run>(read: readonly R[], others: readonly R[]): R[] {
    const open = new Set(others.map(({ runId }) => runId));
    for (const runId of this.#stuck.keys()) if (!open.has(runId)) this.#stuck.delete(runId);
    for (const { runId, stuck } of read) if (stuck !== undefined) this.#stuck.set(runId, stuck);
    const asSeen = others.map((run) => {
      const stuck = this.#stuck.get(run.runId);
      return stuck === undefined ? run : { ...run, stuck };
    });
    return [...read, ...asSeen];
  }
}
