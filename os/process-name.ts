import { hostname } from 'node:os';

/** Who schedules. */
export function processName(): string {
  return `${process.pid}@${hostname()}`;
}

/** Whether a process of this host has ended, by its name. Of other hosts nobody knows here: false. */
export function hasEndedHere(name: string): boolean {
  const [, pid, host] = /^(\d+)@(.*)$/s.exec(name) ?? [];
  if (host !== hostname() || Number(pid) === 0) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
