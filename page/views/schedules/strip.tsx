import type { RecentOccurrence } from '../../api/shapes.ts';
import { harmless } from '../../parts/harmless.ts';
import type { Told } from './recent.ts';
import { LOOK_WORDS, type Look, lookOf, summaryOf } from './strip.ts';
import { sayOnBoth, viewersZone } from './zones.ts';

/** Shapes that differ without their colours, in a box of 10 by 16. */
const SHAPES: Record<Look, string> = {
  done: 'M2 2h6v12H2z',
  failed: 'M1.5 3.5 8.5 12.5M8.5 3.5 1.5 12.5',
  cancelled: 'M2 2h6v12H2zM2 14 8 2',
  'left-out': 'M2 8h6',
  missed: 'M5 2.5 9 13.5H1z',
  open: 'M2 3.5v9l6.5-4.5z',
};

const WIDTH = 10;
export const STRIP = 30;

interface StripProps {
  told: Told;
  /** Of the schedule. */
  zone: string;
}

/** What became of the last times, the newest at the right; the sentence below says it to who does not see it. */
export function Strip({ told, zone }: StripProps) {
  const times = (told ?? []).toReversed();
  return (
    <div class="strip">
      {times.length > 0 && (
        <svg viewBox={`0 0 ${STRIP * WIDTH} 16`} aria-hidden="true">
          {times.map((each, at) => (
            <Time key={`${each.planned} ${each.trigger} ${at}`} each={each} zone={zone} x={at * WIDTH} />
          ))}
        </svg>
      )}
      <p class="summary">{summaryOf(told)}</p>
    </div>
  );
}

function Time({ each, zone, x }: { each: RecentOccurrence; zone: string; x: number }) {
  const look = lookOf(each);
  return (
    <g class={look} transform={`translate(${x} 0)`}>
      <title>{titleOf(each, look, zone)}</title>
      <rect width={WIDTH} height="16" />
      <path d={SHAPES[look]} />
    </g>
  );
}

function titleOf({ planned, says, times }: RecentOccurrence, look: Look, zone: string): string {
  const when =
    planned === null ? 'at a time that is not known' : sayOnBoth(Date.parse(planned), zone, viewersZone());
  return `${times > 1 ? `${times} times up to ` : ''}${when}: ${harmless(says ?? LOOK_WORDS[look])}`;
}
