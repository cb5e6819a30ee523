/** A time of today, by milliseconds since the epoch: `12:30:05 UTC`. */
export function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
