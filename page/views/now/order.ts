import type { Signal } from '@preact/signals';
import { useCallback, useRef } from 'preact/hooks';
import { ask } from '../../api/call.ts';
import type { Tasks } from '../../api/shapes.ts';
import { type Resource, useResource } from '../../live/resource.ts';

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
  const read = useCallback((path: string) => orderOf(path, pages.current), []);
  // In no pool are tasks of agents that serve none: they are among all.
  const asked = pool === null ? '' : `pool=${encodeURIComponent(pool)}&`;
  const { now, again } = useResource(`/api/tasks?${asked}sort=line`, { onChangeMs: EACH_MS }, read);
  return {
    now,
    more: () => {
      pages.current += 1;
      // What is being read now has one page less.
      void again().then(again);
    },
  };
}

async function orderOf(path: string, pages: number): Promise<number[]> {
  const ids: number[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer: Tasks = await ask(`${path}&limit=${page === 0 ? FIRST : NEXT}${at}`);
    for (const { task_id: id } of answer.tasks) ids.push(id);
    cursor = answer.next_cursor;
    if (cursor === null) break;
  }
  return ids;
}
