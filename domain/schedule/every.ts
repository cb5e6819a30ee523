import { BOUNDS } from './definition.ts';
import type { TimingProblem } from './timing-problem.ts';

const UNIT_MS: Record<string, number> = {
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

const LENGTH = /^(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/;

/** A length such as `15m`, `1h30m`, `2d` in milliseconds; units from the largest on, each once. Undefined if it is none. */
export function readLength(text: string): number | undefined {
  const written = text.trim().toLowerCase().replaceAll(' ', '');
  const [matched, ...counts] = LENGTH.exec(written) ?? [];
  if (!matched) return undefined;
  return ['w', 'd', 'h', 'm', 's'].reduce(
    (sum, unit, place) => sum + Number(counts[place] ?? 0) * (UNIT_MS[unit] ?? 0),
    0,
  );
}

/** What is wrong with an interval and its offset. */
export function everyProblem(
  { everyMs, offsetMs = 0 }: { everyMs: number; offsetMs?: number },
  loopIntervalMs: number,
): TimingProblem | undefined {
  const { min, max } = BOUNDS.everyMs;
  const isWhole = Number.isSafeInteger(everyMs) && everyMs % 1_000 === 0;
  if (!isWhole || everyMs < min || everyMs > max) {
    return { code: 'every-bounds', everyMs, minMs: min, maxMs: max };
  }
  if (everyMs < loopIntervalMs) return { code: 'every-below-loop', everyMs, loopIntervalMs };
  const fits =
    Number.isSafeInteger(offsetMs) && offsetMs % 1_000 === 0 && offsetMs >= 0 && offsetMs < everyMs;
  return fits ? undefined : { code: 'every-offset', everyMs, offsetMs };
}
