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
  const untilMs = performance.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found) return found as Exclude<T, false | undefined | null>;
    } catch (error) {
      last = error;
    }
    if (performance.now() > untilMs) throw new Error(`${what}: not within ${deadlineMs} ms. ${last ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
