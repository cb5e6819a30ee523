import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessList } from './observer/processes.ts';
import { Runs } from './observer/runs.ts';

/** Whatever the system has left behind: nothing of it may outlive the run that looked for it. */
export async function killGooses(dir: string): Promise<void> {
  const processes = new ProcessList();
  const runs = new Runs(dir);
  for (let tries = 0; tries < 100; tries += 1) {
    runs.look(processes.look(performance.now()), performance.now(), () => undefined);
    if (runs.live.size === 0) return;
    for (const { members } of runs.live.values()) for (const { pid } of members) killPid(pid);
    await sleep(20);
  }
}

export function killPid(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
