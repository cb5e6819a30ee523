import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type SteadyRow, useSteady } from '../live/steady.ts';
import type { Key } from './keys.ts';
import { useKeys } from './keys.ts';

export interface ListProps<Item> {
  /** What it lists, for who hears the page. */
  label: string;
  items: readonly Item[];
  keyOf(item: Item): string | number;
  row(item: Item): ComponentChildren;
  /** About the height of a row, in pixels. */
  rowPx: number;
  /** Enter, or a click on what is no button or link. */
  onOpen?: (item: Item) => void;
  /** Keys for the row that is current, while the list has the focus. */
  keys?: readonly { keys: string; says: string; run(item: Item): void }[];
  /** `j` and `k` of the page go here also when it has no focus: one list of a view. */
  isMain?: boolean;
  /** Said where there is nothing. */
  empty: ComponentChildren;
}

/** Longer ones draw what is seen. */
const WHOLE_UP_TO = 60;

/** A list of any length: by arrows, `j`, `k`, Home, End and Enter; no row moves while somebody points at it. */
export function List<Item>(props: ListProps<Item>) {
  const { label, items, keyOf, row, rowPx, onOpen, keys = [], isMain = false, empty } = props;
  const box = useRef<HTMLDivElement>(null);
  const { rows, steady, waits } = useSteady(items, keyOf);
  const [current, setCurrent] = useState<string | number | null>(null);
  const at = rows.findIndex(({ key }) => key === current);
  const seen = useWindow(box, { count: rows.length, rowPx, keyAt: (index) => rows[index]?.key ?? index });

  const move = (to: number) => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (next === undefined) return;
    setCurrent(next.key);
    seen.scrollTo(rows.indexOf(next));
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus());
  };
  const moves: Record<string, () => void> = {
    ...{ ArrowDown: () => move(at + 1), j: () => move(at + 1) },
    ...{ ArrowUp: () => move(at - 1), k: () => move(at - 1) },
    ...{ Home: () => move(0), End: () => move(rows.length - 1) },
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    const item = rows[at];
    const own = item && keys.find((each) => each.keys === event.key);
    const isRow = event.target instanceof HTMLElement && event.target.matches('.row');
    const open = event.key === 'Enter' && isRow && item && onOpen ? () => onOpen(item.item) : undefined;
    const run = moves[event.key] ?? (own && item && !item.gone ? () => own.run(item.item) : open);
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
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: rows in it have the focus, and keys go up to it.
    <div class="list" ref={box} {...steady} onKeyDown={onKeyDown}>
      {waits && <p class="waits-note">The order has changed; it is shown when you leave the list.</p>}
      {/* biome-ignore lint/a11y/noRedundantRoles: without list-style Safari takes a list for none. */}
      <ul role="list" aria-label={label} style={{ height: seen.totalPx }}>
        {seen.shown.map(({ index, startPx, measure }) => {
          const each = rows[index];
          if (each === undefined) return null;
          const isCurrent = each.key === current || (at === -1 && index === 0);
          return (
            <Row
              key={each.key}
              {...{ each, index, startPx, measure, onOpen, isCurrent }}
              count={rows.length}
              onFocus={() => setCurrent(each.key)}
            >
              {row(each.item)}
            </Row>
          );
        })}
      </ul>
    </div>
  );
}

interface RowProps<Item> extends SeenRow {
  each: SteadyRow<Item>;
  count: number;
  /** The one that is reached by Tab. */
  isCurrent: boolean;
  onOpen: ((item: Item) => void) | undefined;
  onFocus: () => void;
  children: ComponentChildren;
}

function Row<Item>(props: RowProps<Item>) {
  const { each, index, startPx, measure, count, isCurrent, onOpen, onFocus, children } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes Enter.
    <li
      ref={measure}
      data-index={index}
      class={`row${each.gone ? ' gone' : ''}${isCurrent ? ' current' : ''}`}
      style={startPx === null ? undefined : { transform: `translateY(${startPx}px)` }}
      tabIndex={isCurrent ? 0 : -1}
      aria-setsize={count}
      aria-posinset={index + 1}
      onFocus={onFocus}
      onClick={(event) => {
        const on = event.target as HTMLElement;
        if (on.closest('a, button, input, label, summary') === null) onOpen?.(each.item);
      }}
    >
      {children}
    </li>
  );
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

interface SeenRow {
  index: number;
  /** Null: it stands where it comes. */
  startPx: number | null;
  measure: ((element: HTMLElement | null) => void) | null;
}

/** Which rows are drawn. */
function useWindow(
  box: { current: HTMLDivElement | null },
  { count, rowPx, keyAt }: { count: number; rowPx: number; keyAt: (index: number) => string | number },
): { shown: SeenRow[]; totalPx: number | undefined; scrollTo: (index: number) => void } {
  const [, redraw] = useState(0);
  const isWhole = count <= WHOLE_UP_TO;
  const options = {
    count: isWhole ? 0 : count,
    ...{ getScrollElement: () => box.current, estimateSize: () => rowPx, getItemKey: keyAt },
    ...{ observeElementRect, observeElementOffset, scrollToFn: elementScroll, overscan: 8 },
    onChange: () => redraw((times) => times + 1),
  };
  const [virtual] = useState(() => new Virtualizer<HTMLDivElement, HTMLElement>(options));
  virtual.setOptions({ ...virtual.options, ...options });
  useEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => virtual._willUpdate());
  if (isWhole) {
    return {
      shown: Array.from({ length: count }, (_, index) => ({ index, startPx: null, measure: null })),
      totalPx: undefined,
      scrollTo: (index) => box.current?.querySelectorAll('.row')[index]?.scrollIntoView({ block: 'nearest' }),
    };
  }
  return {
    shown: virtual.getVirtualItems().map(({ index, start }) => ({
      index,
      startPx: start,
      measure: (element) => element && virtual.measureElement(element),
    })),
    totalPx: virtual.getTotalSize(),
    scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
  };
}
