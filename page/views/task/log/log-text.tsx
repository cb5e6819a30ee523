import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { PLAIN, readLine, type Style } from '../../../parts/terminal.ts';
import { type Block, lineAt, linesOf } from './blocks.ts';
import { LogLine } from './line.tsx';
import type { LogWindow } from './log-window.ts';

/** So near the edge of what is held more is read. */
const NEAR_PX = 800;
const AT_END_PX = 24;

export interface LogTextProps {
  log: LogWindow;
  wanted: string;
  /** A place that was looked for; null: none. */
  place: number | null;
  /** Told where the first line that is seen begins. */
  onSeen(at: number): void;
  /** Told when it is scrolled to above its end. */
  onRead(): void;
}

/** What is held of a log, in a box that is scrolled. What is seen stays where it is when more is read before it. */
export function LogText({ log, wanted, place, onSeen, onRead }: LogTextProps) {
  const box = useRef<HTMLDivElement>(null);
  const anchor = useRef<{ from: string; topPx: number } | undefined>(undefined);
  const { blocks, follows, target, isOver, size } = log.now.value;
  const here = place === null ? undefined : lineAt(blocks, place);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const aimed = target === null ? undefined : lineAt(blocks, target);
    const line = aimed === undefined ? null : element.querySelector<HTMLElement>(`[data-at="${aimed}"]`);
    if (line !== null) {
      // The page itself stays where it is.
      element.scrollTop = line.offsetTop - element.clientHeight / 3;
      log.found();
    } else if (follows) element.scrollTop = element.scrollHeight;
    else if (anchor.current !== undefined) {
      const same = element.querySelector<HTMLElement>(`[data-from="${anchor.current.from}"]`);
      if (same) element.scrollTop = same.offsetTop - anchor.current.topPx;
    }
    anchor.current = anchorIn(element);
  }, [blocks, follows, target, log]);

  const onScroll = () => {
    const element = box.current;
    if (element === null) return;
    anchor.current = anchorIn(element);
    const belowPx = element.scrollHeight - element.scrollTop - element.clientHeight;
    const isAtEnd = blocks.at(-1)?.to === size;
    log.follow(isAtEnd && !isOver && belowPx <= AT_END_PX);
    if (belowPx > AT_END_PX) onRead();
    if (element.scrollTop < NEAR_PX && (blocks[0]?.from ?? 0) > 0) void log.earlier();
    else if (belowPx < NEAR_PX && !isAtEnd) void log.later();
    const from = Number(anchor.current?.from);
    if (!Number.isNaN(from)) onSeen(from);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys.
    <section class="log-text" ref={box} onScroll={onScroll} tabIndex={0} aria-label="Log">
      {blocks.map((block) => (
        <Part key={block.from} block={block} wanted={wanted} here={here} />
      ))}
      {size === 0 && <p class="empty">Nothing is written yet.</p>}
    </section>
  );
}

function anchorIn(element: HTMLElement): { from: string; topPx: number } | undefined {
  for (const each of element.querySelectorAll<HTMLElement>('[data-from]'))
    if (each.offsetTop + each.offsetHeight > element.scrollTop)
      return { from: each.dataset.from ?? '', topPx: each.offsetTop - element.scrollTop };
  return undefined;
}

/** It is drawn anew only where it has changed. */
function Part({ block, wanted, here }: { block: Block; wanted: string; here: number | undefined }) {
  const own = here !== undefined && here >= block.from && here < block.to ? here : undefined;
  return useMemo(() => {
    let style: Style = PLAIN;
    const lines = linesOf(block).map((line) => {
      const before = style;
      // Very long ones are read once they are shown.
      if (line.text.length < 10_000) style = readLine(line.text, style).style;
      return <LogLine key={line.at} {...line} style={before} wanted={wanted} isHere={line.at === own} />;
    });
    return <div data-from={block.from}>{lines}</div>;
  }, [block, wanted, own]);
}
