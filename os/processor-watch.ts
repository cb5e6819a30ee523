/** How much processor time this process takes from now on, in milliseconds: everything that it does, also beside what is measured. */
export function startProcessorWatch(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}
