/** A time for programs, in ISO 8601. `ms`: milliseconds since the epoch; null stays null. */
export function isoTime(ms: number | null): string | null {
  return ms === null || Number.isNaN(new Date(ms).getTime()) ? null : new Date(ms).toISOString();
}
