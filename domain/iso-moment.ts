/**
 * A date or a moment in ISO 8601, in milliseconds since the epoch. NaN where it is none: `Date.parse` takes 30 February for 2
 * March.
 */
export function isoMoment(text: string): number {
  const day = text.slice(0, 'YYYY-MM-DD'.length);
  const dayMs = Date.parse(day);
  const isDay = !Number.isNaN(dayMs) && new Date(dayMs).toISOString().startsWith(day);
  return isDay ? Date.parse(text) : Number.NaN;
}
