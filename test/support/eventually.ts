/** At first often, for what comes at once; then less, since each look takes processor time from what is waited for. */
const OFTEN_MS = 20;
const SELDOM_MS = 60;
const OFTEN_FOR_MS = 1_000;

/**
 * Polls until `look` gives something, and throws with what was seen last if it does not in time.
 *
 * @param what is waited for: the first words of that error
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  deadlineMs = 60_000,
): Promise<Exclude<T, false | undefined | null>> {
  const sinceMs = performance.now();
  const untilMs = sinceMs + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found) return found as Exclude<T, false | undefined | null>;
    } catch (error) {
      last = error;
    }
    if (performance.now() > untilMs) throw new Error(`${what}: not within ${deadlineMs} ms. ${last ?? ''}`);
    const pauseMs = performance.now() - sinceMs < OFTEN_FOR_MS ? OFTEN_MS : SELDOM_MS;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
