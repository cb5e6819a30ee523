/** A time for programs, in ISO 8601. `ms`: milliseconds since the epoch; null stays null. */
export function isoTime(ms: number | null): string | null {
  if (ms === null) return null;
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
