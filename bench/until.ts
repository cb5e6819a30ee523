import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until `look` gives something; throws what was waited for when `deadlineMs` is over. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  { deadlineMs = 60_000, everyMs = 50 } = {},
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`${what}: not within ${deadlineMs / 1000} s`);
    await sleep(everyMs);
  }
}
