import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

/** Longer lists draw what is seen. */
const WHOLE_UP_TO = 60;

export interface SeenRow {
  index: number;
  /** Null: it stands where it comes. */
  startPx: number | null;
  measure: ((element: HTMLElement | null) => void) | null;
}

/** Which rows are drawn. */
export function useWindow(
  box: { current: HTMLDivElement | null },
  { count, rowPx, keyAt }: { count: number; rowPx: number; keyAt: (index: number) => string | number },
): { shown: SeenRow[]; style: { height: string } | undefined; scrollTo: (index: number) => void } {
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
      style: undefined,
      scrollTo: (index) => box.current?.querySelectorAll('.row')[index]?.scrollIntoView({ block: 'nearest' }),
    };
  }
  return {
    shown: virtual.getVirtualItems().map(({ index, start }) => ({
      index,
      startPx: start,
      measure: (element) => element && virtual.measureElement(element),
    })),
    style: { height: `${virtual.getTotalSize()}px` },
    scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
  };
}
