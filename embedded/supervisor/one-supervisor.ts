import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { oneAtATime } from '../../os/one-at-a-time.mjs';
import { identify, isAlive, type ProcessIdentity } from '../../os/process-identity.mjs';
import { readEmbeddedState, type Uses, updateEmbeddedState } from '../presence/state-file.ts';

const LOOK_EVERY_MS = 200;

/** Makes this process the one supervisor of its state directory; the other one if there is one already. */
export async function becomeSupervisor(stateDir: string): Promise<ProcessIdentity | undefined> {
  return await oneAtATime(join(stateDir, 'supervisor.lock'), async () => {
    const { supervisor } = readEmbeddedState(stateDir);
    if (!supervisor) await updateEmbeddedState(stateDir, { supervisor: identify(process.pid) });
    return supervisor;
  });
}

/** For those who attach: what everything goes through. */
export async function tellWhatIsUsed(stateDir: string, uses: Uses): Promise<void> {
  const identity = identify(process.pid);
  if (identity) await updateEmbeddedState(stateDir, { supervisor: { ...identity, uses } });
}

/** What the other supervisor's tasks go through, once it is up; undefined if it ends before. */
export async function whatIsUsed(stateDir: string, other: ProcessIdentity): Promise<Uses | undefined> {
  while (isAlive(other)) {
    const { supervisor } = readEmbeddedState(stateDir);
    if (supervisor?.uses) return supervisor.uses;
    await sleep(LOOK_EVERY_MS);
  }
  return undefined;
}

/** There is no supervisor any more. A server that others of ours go on with can still be found. */
export async function ceaseToSupervise(stateDir: string): Promise<void> {
  await updateEmbeddedState(stateDir, { tinytask: undefined, model: undefined, supervisor: undefined });
}
