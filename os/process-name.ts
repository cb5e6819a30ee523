import { hostname } from 'node:os';

/** Who schedules. */
export function processName(): string {
  return `${process.pid}@${hostname()}`;
}
