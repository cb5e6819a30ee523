/**
 * How much processor time the work takes in this process, in milliseconds. What is claimed of the speed of a rule is claimed of
 * this, since others may have the processors meanwhile.
 */
export function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
