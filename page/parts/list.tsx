import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { type SteadyRow, useSteady } from '../live/steady.ts';
import { useMoves } from './list-moves.ts';
import type { ListProps } from './list-props.ts';
import type { SeenRow } from './list-window.ts';

/** A list of any length: by arrows, `j`, `k`, Home, End and Enter; no row moves while somebody points at it. */
export function List<Item>(props: ListProps<Item>) {
  const { label, items, keyOf, row, onOpen, question, empty } = props;
  const box = useRef<HTMLDivElement>(null);
  const { rows, steady, waits } = useSteady(items, keyOf, question);
  const { current, at, onKeyDown, onFocus, seen } = useMoves(props, rows, box);
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: rows in it have the focus, and keys go up to it.
    <div class="list" ref={box} {...steady} onKeyDown={onKeyDown}>
      {waits && <p class="waits-note">The order has changed; it is shown when you leave the list.</p>}
      {/* biome-ignore lint/a11y/noRedundantRoles: without list-style Safari takes a list for none. */}
      <ul role="list" aria-label={label} style={seen.style}>
        {seen.shown.map(({ index, startPx, measure }) => {
          const each = rows[index];
          if (each === undefined) return null;
          const isCurrent = each.key === current || (at === -1 && index === 0);
          return (
            <Row
              key={each.key}
              {...{ each, index, startPx, measure, onOpen, isCurrent }}
              count={rows.length}
              onFocusIn={() => onFocus(each.key)}
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
  /** Of it, or of what is in it. */
  onFocusIn: () => void;
  children: ComponentChildren;
}

function Row<Item>(props: RowProps<Item>) {
  const { each, index, startPx, measure, count, isCurrent, onOpen, onFocusIn, children } = props;
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
      onFocusIn={onFocusIn}
      onClick={(event) => {
        const on = event.target as HTMLElement;
        if (on.closest('a, button, input, label, summary') === null) onOpen?.(each.item);
      }}
    >
      {children}
    </li>
  );
}
