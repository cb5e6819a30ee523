import { type Line, placeOf } from './line.ts';

/** The tasks of a pool that have no slot, each kind in the order of their ids. */
export interface Waiting {
  /** A slot would start them. */
  ready: Line[];
  /** Other tasks keep them. */
  blocked: Line[];
  /** Something else does. */
  cannot: Line[];
}

/** Open tasks as this view shows them, sorted once for all of its parts. */
export interface SortedOut {
  /** What has a slot, by agent. */
  bySlot: ReadonlyMap<string, Line[]>;
  /** What waits, by pool; null: in none. */
  byPool: ReadonlyMap<string | null, Waiting>;
  /** Which tasks wait for a task. */
  blocks: ReadonlyMap<number, number[]>;
  parked: Line[];
  interrupted: Line[];
  backingOff: Line[];
  elsewhere: Line[];
}

export function sortOut(tasks: Iterable<Line>): SortedOut {
  const bySlot = new Map<string, Line[]>();
  const byPool = new Map<string | null, Waiting>();
  const blocks = new Map<number, number[]>();
  const [parked, interrupted, backingOff, elsewhere]: Line[][] = [[], [], [], []];
  for (const line of tasks) {
    for (const id of line.blocked_by) push(blocks, id, line.task_id);
    const place = placeOf(line);
    switch (place) {
      case 'slot':
        if (line.agent !== null) push(bySlot, line.agent, line);
        if (line.phase === 'interrupted') interrupted?.push(line);
        break;
      case 'ready':
      case 'blocked':
      case 'cannot':
        waitingIn(byPool, line.pool)[place].push(line);
        break;
      case 'parked':
        parked?.push(line);
        break;
      case 'backing-off':
        backingOff?.push(line);
        break;
      case 'elsewhere':
        elsewhere?.push(line);
        break;
      case 'over':
    }
  }
  return {
    ...{ bySlot, byPool, blocks },
    ...{ parked: byId(parked), interrupted: byId(interrupted) },
    ...{ backingOff: byId(backingOff), elsewhere: byId(elsewhere) },
  };
}

export type WaitingCounts = Readonly<Record<keyof Waiting, number>>;

/** How many wait in these pools together. */
export function countWaiting(byPool: SortedOut['byPool'], pools: readonly (string | null)[]): WaitingCounts {
  const counts = { ready: 0, blocked: 0, cannot: 0 };
  for (const pool of pools)
    for (const place of ['ready', 'blocked', 'cannot'] as const)
      counts[place] += byPool.get(pool)?.[place].length ?? 0;
  return counts;
}

export function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, [value]);
  else found.push(value);
}

function waitingIn(byPool: Map<string | null, Waiting>, pool: string | null): Waiting {
  const found = byPool.get(pool) ?? { ready: [], blocked: [], cannot: [] };
  byPool.set(pool, found);
  return found;
}

/** The stream tells tasks in the order in which they changed. */
export function byId(lines: Line[] = []): Line[] {
  return lines.sort((a, b) => a.task_id - b.task_id);
}
