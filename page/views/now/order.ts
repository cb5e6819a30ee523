import type { Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { ask } from '../../api/call.ts';
import type { Tasks } from '../../api/shapes.ts';
import { type Resource, useReading } from '../../live/resource.ts';

const FIRST = 200;
const NEXT = 1_000;
/** A long order is long to read. */
const EACH_MS = 3_000;

/** Task ids in the order in which they go, as far as somebody wants to see. */
export function useOrder(pool: string | null): {
  now: Signal<Resource<number[]>>;
  /** Asks for the next page, too. */
  more: () => void;
} {
  const pages = useRef(1);
  const { now, again } = useReading(`order ${pool}`, () => orderOf(pool, pages.current), {
    onChangeMs: EACH_MS,
  });
  return {
    now,
    more: () => {
      pages.current += 1;
      // What is being read now has one page less.
      void again().then(again);
    },
  };
}

/** In no pool are those of agents that serve none: they are among all. */
async function orderOf(pool: string | null, pages: number): Promise<number[]> {
  const asked = pool === null ? '' : `pool=${encodeURIComponent(pool)}&`;
  const ids: number[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const at = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer: Tasks = await ask(`/api/tasks?${asked}sort=line&limit=${page === 0 ? FIRST : NEXT}${at}`);
    for (const { task_id: id } of answer.tasks) ids.push(id);
    cursor = answer.next_cursor;
    if (cursor === null) break;
  }
  return ids;
}
