/**
 * A run is late when it has used so much of its limit of time, in percent. The limit is what a person has set for "too long", and
 * nothing else says that: one run in ten is longer than what nine in ten past ones took (docs/adr/0050-notifications.md).
 */
export const LATE_PERCENT = 80;

/** From when on an attempt is late; milliseconds since the epoch. `limitMs`: after which it is stopped. */
export function lateFromMs(startedMs: number, limitMs: number): number {
  return startedMs + (limitMs * LATE_PERCENT) / 100;
}
