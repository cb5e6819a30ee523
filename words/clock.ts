/** A time of any day, by milliseconds since the epoch: `2026-01-31 12:30:05 UTC`. */
export function moment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A time of today, by milliseconds since the epoch: `12:30:05 UTC`. */
export function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
