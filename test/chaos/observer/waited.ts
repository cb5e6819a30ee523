import { readdirSync, readFileSync } from 'node:fs';

/**
 * How long the threads of a process that carry its own name have been ready to run and had no processor, in milliseconds
 * since its start, all together (proc(5), schedstat). A process that is stopped, sleeps or hangs is not ready, so this is
 * the machine's doing and never its own. 0 where the system does not tell, or the process has gone.
 */
export function waitedForProcessorMs(pid: number): number {
  try {
    const name = nameOf(pid, String(pid));
    // Node's; those of Temporal's core have names of their own, and end nothing.
    const threads = readdirSync(`/proc/${pid}/task`).filter((thread) => nameOf(pid, thread) === name);
    return threads.reduce((sum, thread) => sum + waitOf(pid, thread), 0) / 1e6;
  } catch {
    return 0;
  }
}

function nameOf(pid: number, thread: string): string {
  return textOf(pid, thread, 'comm');
}

function waitOf(pid: number, thread: string): number {
  return Number(textOf(pid, thread, 'schedstat').split(' ')[1] ?? 0);
}

function textOf(pid: number, thread: string, file: 'comm' | 'schedstat'): string {
  try {
    return readFileSync(`/proc/${pid}/task/${thread}/${file}`, 'latin1');
  } catch {
    // The thread has ended.
    return '';
  }
}

/** What some processes had waited at one moment, by pid. */
export type Waits = ReadonlyMap<number, number>;

export function waitsOf(pids: Iterable<number>): Waits {
  return new Map([...pids].map((pid) => [pid, waitedForProcessorMs(pid)]));
}

/**
 * What the machine has taken from those who were to act, in milliseconds: what the luckiest of them has waited between
 * the two moments. Those who were there at the first count, else all: a new one has waited for little, since it is new.
 */
export function machineTookMs(then: Waits, now: Waits): number {
  const stayed = [...now].filter(([pid]) => then.has(pid));
  const acting = stayed.length > 0 ? stayed : [...now];
  if (acting.length === 0) return 0;
  return Math.max(0, Math.min(...acting.map(([pid, waitedMs]) => waitedMs - (then.get(pid) ?? 0))));
}
