import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, mayBeSignalled, type ProcessIdentity } from './process-identity.mjs';

const LOOK_EVERY_MS = 25;

/**
 * Ends one process: TERM, and KILL after `graceMs`. Returns when it is gone, with whether it had to be killed. Does nothing
 * if it is another's by now.
 */
export async function stopProcess(identity: ProcessIdentity, graceMs = 5_000): Promise<'ended' | 'killed'> {
  signal(identity, 'SIGTERM');
  if (await gone(identity, graceMs)) return 'ended';
  signal(identity, 'SIGKILL');
  if (await gone(identity, 10_000)) return 'killed';
  throw new Error(`Process ${identity.pid} is still there 10 s after SIGKILL; look at it with \`ps\`.`);
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!mayBeSignalled(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function gone(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isAlive(identity)) {
    if (performance.now() > deadline) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}
