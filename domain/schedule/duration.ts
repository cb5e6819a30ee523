const UNITS: readonly [string, number][] = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];
const MS = new Map(UNITS);
const PART = /(\d{1,10})(ms|[wdhms])/gy;

/** A duration as people write it, in milliseconds: `90s`, `10m`, `1h30m`, `2d`, `1w`; `0` alone, too. Undefined for anything else. */
export function durationMs(text: string): number | undefined {
  const written = text.trim().toLowerCase().replaceAll(' ', '');
  if (written === '0') return 0;
  let ms = 0;
  let last = Number.POSITIVE_INFINITY;
  let read = 0;
  for (const [part, count = '', unit = ''] of written.matchAll(PART)) {
    const size = MS.get(unit) ?? 0;
    // Larger units go first, so that `30m1h` is no slip that passes.
    if (size >= last) return undefined;
    last = size;
    ms += Number(count) * size;
    read += part.length;
  }
  return read === written.length && read > 0 ? ms : undefined;
}

/** The same for a whole number of milliseconds, as `durationMs` reads it. */
export function durationText(ms: number): string {
  let left = ms;
  let text = '';
  for (const [unit, size] of UNITS.slice(1)) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text === '' ? '0s' : text;
}
