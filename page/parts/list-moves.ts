import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SteadyRow } from '../live/steady.ts';
import { isWriting, type Key, useKeys } from './keys.ts';
import type { ListProps } from './list-props.ts';
import { useWindow } from './list-window.ts';

/** Which row of a list is current, and the keys that lead on from it. */
export function useMoves<Item>(
  { rowPx, onOpen, keys = [], isMain = false }: ListProps<Item>,
  rows: readonly SteadyRow<Item>[],
  box: { current: HTMLDivElement | null },
) {
  /** The current row gets the focus as soon as it is drawn. */
  const wanted = useRef(false);
  const [current, setCurrent] = useState<string | number | null>(null);
  const at = rows.findIndex(({ key }) => key === current);
  const seen = useWindow(box, { count: rows.length, rowPx, keyAt: (index) => rows[index]?.key ?? index });

  useLayoutEffect(() => {
    const row = wanted.current && box.current?.querySelector<HTMLElement>('.row.current');
    if (!row) return;
    wanted.current = false;
    row.focus({ preventScroll: true });
  });
  const move = (to: number) => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (next === undefined) return;
    setCurrent(next.key);
    seen.scrollTo(rows.indexOf(next));
    wanted.current = true;
  };
  const movesFrom = (on: number): Record<string, () => void> => ({
    ...{ ArrowDown: () => move(on + 1), j: () => move(on + 1) },
    ...{ ArrowUp: () => move(on - 1), k: () => move(on - 1) },
    ...{ Home: () => move(0), End: () => move(rows.length - 1) },
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(target)) return;
    const row = target instanceof HTMLElement ? target.closest<HTMLElement>('.row') : null;
    // The row in which the key was pressed, whichever is current.
    const on = row === null ? at : Number(row.dataset.index);
    const item = rows[on];
    // A key that is held is pressed once.
    const own = item && !event.repeat && keys.find((each) => each.keys === event.key);
    const open =
      event.key === 'Enter' && target === row && item && onOpen ? () => onOpen(item.item) : undefined;
    const run = movesFrom(on)[event.key] ?? (own && item && !item.gone ? () => own.run(item.item) : open);
    if (run === undefined) return;
    event.preventDefault();
    run();
  };
  useKeys(
    isMain
      ? mainKeys(
          () => move(at + 1),
          () => move(at - 1),
          keys,
        )
      : [],
  );
  return { current, at, onKeyDown, onFocus: setCurrent, seen };
}

function mainKeys(
  down: () => void,
  up: () => void,
  keys: readonly { keys: string; says: string }[],
): readonly Key[] {
  return [
    { keys: 'j', says: 'the next row', run: down },
    { keys: 'k', says: 'the row before', run: up },
    // Of the row that has the focus, which takes them itself.
    ...keys.map(({ keys: each, says }) => ({
      keys: each,
      says: `${says} (of the row)`,
      run: () => undefined,
    })),
  ];
}
