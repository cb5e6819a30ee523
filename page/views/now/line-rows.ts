import { byCause } from '../../parts/causes.ts';
import type { Line } from './line.ts';
import { byId, push, type Waiting } from './sort-out.ts';

/** A row of a pool's line. */
export type LineRow =
  | { is: 'head'; key: string; title: string; count: number }
  | {
      is: 'task';
      key: string;
      line: Line;
      /** From 1; null: it is in no line, or its place is not known. */
      place: number | null;
      /** How far below what blocks it. */
      depth: number;
      /** The head of its group says why it waits. */
      isBelowHead: boolean;
    }
  /** What blocks the rows below it, and is not among the blocked itself. Undefined: it is not among the open tasks that are known. */
  | { is: 'blocker'; key: string; id: number; line: Line | undefined }
  | { is: 'more'; key: string; count: number };

export interface PoolLine {
  waiting: Waiting;
  /** Ids in the order in which they go, as far as it was asked for; null: it is not known yet. */
  order: readonly number[] | null;
  /** Any open task. */
  lineOf(id: number): Line | undefined;
}

/** What would start first comes first; then what cannot, by its cause; then what waits for other tasks, below these. */
export function lineRows({ waiting, order, lineOf }: PoolLine): LineRow[] {
  const { ready, cannot, blocked } = waiting;
  return [
    ...under('ready', 'Ready, and no slot is free', ready.length, readyRows(ready, order)),
    ...byCause(cannot, ({ says }) => says).flatMap(({ says, lines }) =>
      under(`cannot ${says}`, `Cannot start: ${says}`, lines.length, byId(lines).map(plain)),
    ),
    ...under('blocked', 'Wait for other tasks', blocked.length, blockedRows(blocked, lineOf)),
  ];
}

function under(key: string, title: string, count: number, rows: LineRow[]): LineRow[] {
  return count === 0 ? [] : [{ is: 'head', key, title, count }, ...rows];
}

const plain = (line: Line): LineRow => ({
  ...{ is: 'task', key: `${line.task_id}`, line, place: null, depth: 0, isBelowHead: true },
});

/** In true order. What was not asked for yet is counted, since its place is not known. */
function readyRows(ready: readonly Line[], order: PoolLine['order']): LineRow[] {
  const left = new Map(ready.map((line) => [line.task_id, line]));
  const placed = (order ?? []).flatMap((id) => {
    const line = left.get(id);
    left.delete(id);
    return line ?? [];
  });
  const rows = placed.map(
    (line, at): LineRow => ({
      ...{ is: 'task', key: `${line.task_id}`, line, place: at + 1, depth: 0, isBelowHead: false },
    }),
  );
  return left.size === 0 ? rows : [...rows, { is: 'more', key: 'more', count: left.size }];
}

/** Each task once, below one of those that it waits for; those that wait for each other in a circle as they come. */
function blockedRows(blocked: readonly Line[], lineOf: PoolLine['lineOf']): LineRow[] {
  const below = new Map<number, Line[]>();
  const own = new Set(blocked.map(({ task_id: id }) => id));
  for (const line of blocked) {
    const [by] = line.blocked_by;
    if (by !== undefined) push(below, by, line);
  }
  const rows: LineRow[] = [];
  const seen = new Set<number>();
  const draw = (top: readonly Line[], topDepth: number) => {
    const due = top.map((line) => ({ line, depth: topDepth })).reverse();
    for (let next = due.pop(); next !== undefined; next = due.pop()) {
      const { line, depth } = next;
      if (seen.has(line.task_id)) continue;
      seen.add(line.task_id);
      rows.push({ is: 'task', key: `${line.task_id}`, line, place: null, depth, isBelowHead: false });
      const under = below.get(line.task_id) ?? [];
      for (const each of [...under].reverse()) due.push({ line: each, depth: depth + 1 });
    }
  };
  for (const id of [...below.keys()].filter((each) => !own.has(each)).sort((a, b) => a - b)) {
    rows.push({ is: 'blocker', key: `blocker ${id}`, id, line: lineOf(id) });
    draw(below.get(id) ?? [], 1);
  }
  draw(blocked, 0);
  return rows;
}
