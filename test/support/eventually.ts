import { allowed } from './allowed.ts';

/** At first often, for what comes at once. */
const OFTEN_MS = 20;
/** Later after an eighth of the time that it has taken so far: a look takes processor time from what is waited for. */
const PART = 1 / 8;
/** Longer than that, and what has been seen for a second could be missed. */
const SELDOM_MS = 400;

/** Before the test is given up, which would tell nothing of what was seen. */
const MOST_MS = 100_000;

/**
 * Polls until `look` gives something, and throws with what was seen last if it does not in time.
 *
 * @param what is waited for: the first words of that error
 * @param deadlineMs on an idle machine
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  deadlineMs = 60_000,
): Promise<Exclude<T, false | undefined | null>> {
  const sinceMs = performance.now();
  const patienceMs = Math.max(deadlineMs, Math.min(allowed(deadlineMs), MOST_MS));
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found) return found as Exclude<T, false | undefined | null>;
    } catch (error) {
      last = error;
    }
    const soFarMs = performance.now() - sinceMs;
    if (soFarMs > patienceMs) throw new Error(`${what}: not within ${Math.round(soFarMs)} ms. ${last ?? ''}`);
    const pauseMs = Math.min(SELDOM_MS, Math.max(OFTEN_MS, soFarMs * PART));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
