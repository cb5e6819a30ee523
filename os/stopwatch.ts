/**
 * Starts counting; the result says how many milliseconds have passed. The larger of the monotonic and the wall
 * clock counts, since the monotonic one stands still while a laptop sleeps.
 */
export function startStopwatch(): () => number {
  const monotonicStart = performance.now();
  const wallStart = Date.now();
  return () => Math.max(performance.now() - monotonicStart, Date.now() - wallStart);
}
