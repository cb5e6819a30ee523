/** Looks every `everyMs`, but never while a look is under way, until the returned function is called. */
export function keepLooking(everyMs: number, look: () => Promise<void>): () => void {
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch(() => undefined)
      .finally(() => {
        looking = false;
      });
  }, everyMs);
  return () => clearInterval(timer);
}
