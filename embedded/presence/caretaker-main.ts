import { setTimeout as sleep } from 'node:timers/promises';
import { endUnused } from './end-unused.ts';
import { findHelperProcesses, type StateDir } from './helper-processes.ts';
import { whoNeedsServers } from './presence-records.ts';

const LOOK_EVERY_MS = 200;
/** A guardian that has not ended its runs and told the server after this time cannot. */
const GUARDIANS_MS = 30_000;

/**
 * What is left to do when the process that started a caretaker is gone without having left: see caretaker.ts, whose
 * shell becomes this with the state directory and its installation.
 */
async function takeCare(place: StateDir): Promise<void> {
  const untilMs = performance.now() + GUARDIANS_MS;
  // They end what the killed one ran, and tell the server, so that it runs again at once.
  while (performance.now() < untilMs && (await guardiansWork(place))) await sleep(LOOK_EVERY_MS);
  await endUnused(place);
}

async function guardiansWork(place: StateDir): Promise<boolean> {
  if (whoNeedsServers(place.stateDir).length > 0) return false;
  return (await findHelperProcesses(place)).some(({ kind }) => kind === 'guardian');
}

// A signal to all processes of a service must not keep it from its work.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
const [stateDir = '', installation = ''] = process.argv.slice(2);
await takeCare({ stateDir, installation });
