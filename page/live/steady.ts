import { useRef, useState } from 'preact/hooks';

/**
 * The order in which rows are shown: while somebody points at the list or is in it, what is shown stays where it is. What is
 * new comes at the end, and what is gone stays in its place until then.
 * @param question what the items answer, such as filters: to another one the order is another from the start
 */
export function useSteady<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | number,
  question?: string,
): {
  rows: readonly SteadyRow<Item>[];
  /** For the element of the list. */
  steady: {
    onPointerEnter(): void;
    onPointerLeave(): void;
    onFocusIn(): void;
    onFocusOut(event: FocusEvent): void;
  };
  /** There is another order than the one that is shown. */
  waits: boolean;
} {
  const kept = useRef<Kept<Item>>(NOTHING());
  const [, redraw] = useState(0);
  const now = items.map((item): SteadyRow<Item> => ({ key: keyOf(item), item, gone: false }));
  const { pointed, focused, rows: before } = kept.current;
  const isSame = kept.current.question === question;
  const rows = (pointed || focused) && isSame ? inOldPlaces(before, now) : now;
  Object.assign(kept.current, { rows, question });
  const set = (change: Partial<{ pointed: boolean; focused: boolean }>) => () => {
    Object.assign(kept.current, change);
    if (!kept.current.pointed && !kept.current.focused) redraw((times) => times + 1);
  };
  return {
    rows,
    steady: {
      ...{ onPointerEnter: set({ pointed: true }), onPointerLeave: set({ pointed: false }) },
      onFocusIn: set({ focused: true }),
      onFocusOut: ({ currentTarget, relatedTarget }) => {
        // From one row to another.
        if (!(currentTarget as Node).contains(relatedTarget as Node | null)) set({ focused: false })();
      },
    },
    waits: rows !== now && rows.some(({ key, gone }, at) => gone || now[at]?.key !== key),
  };
}

export interface SteadyRow<Item> {
  key: string | number;
  item: Item;
  /** It is not in the list any more. */
  gone: boolean;
}

const MOST_GONE = 200;

interface Kept<Item> {
  pointed: boolean;
  focused: boolean;
  rows: readonly SteadyRow<Item>[];
  question: string | undefined;
}

const NOTHING = () => ({ pointed: false, focused: false, rows: [], question: undefined });

export function inOldPlaces<Item>(
  before: readonly SteadyRow<Item>[],
  now: readonly SteadyRow<Item>[],
): SteadyRow<Item>[] {
  const left = new Map(now.map((row) => [row.key, row]));
  const kept = before.map((row): SteadyRow<Item> => {
    const found = left.get(row.key);
    left.delete(row.key);
    return found ?? { ...row, gone: true };
  });
  const all = [...kept, ...left.values()];
  // A pointer that was left on a list for a night.
  return all.length - now.length > MOST_GONE ? all.filter(({ gone }) => !gone) : all;
}
