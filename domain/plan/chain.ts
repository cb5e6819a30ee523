import type { Standing } from './decision.ts';

/**
 * The task at the end of a task's chain of blockers, the task itself where it has none. A circle or open subtasks end a chain.
 * The end of each chain is looked for once, so a chain of 10,000 costs 10,000 steps.
 */
export function endsOfChains(standings: ReadonlyMap<number, Standing>): (taskId: number) => number {
  const known = new Map<number, number>();
  return (taskId) => {
    const path = new Set<number>();
    let at = taskId;
    while (!path.has(at)) {
      const end = known.get(at);
      if (end !== undefined) {
        at = end;
        break;
      }
      path.add(at);
      const [first] = standings.get(at)?.reasons ?? [];
      if (first?.why !== 'blocked' || first.by === 0) break;
      at = first.by;
    }
    for (const each of path) known.set(each, at);
    return at;
  };
}
