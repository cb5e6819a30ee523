import { readFileSync } from 'node:fs';

/** What a stub agent wrote about itself: the operating system's truth, whatever the scheduler believes. */
export interface AgentRun {
  taskId: number;
  agent: string;
  pid: number;
  /** Milliseconds since 1970, with fractions. */
  startMs: number;
  /** Absent while it runs, and for one that was killed. */
  endMs?: number;
}

/** All agent runs noted so far, in the order in which they started. */
export function readNotes(path: string): AgentRun[] {
  const runs: AgentRun[] = [];
  const running = new Map<string, AgentRun>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [what, ns, pid, task, agent = ''] = line.split(' ');
    if (what !== 'start' && what !== 'end') continue;
    const atMs = Number(ns) / 1e6;
    const key = `${pid} ${task}`;
    if (what === 'start') {
      const run = { taskId: Number(task), agent, pid: Number(pid), startMs: atMs };
      runs.push(run);
      running.set(key, run);
    } else {
      const run = running.get(key);
      if (run) run.endMs = atMs;
      running.delete(key);
    }
  }
  return runs.sort((a, b) => a.startMs - b.startMs);
}
