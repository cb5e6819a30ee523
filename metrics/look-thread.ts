import { parentPort, workerData } from 'node:worker_threads';
import { SchedulerLink } from '../api/link/scheduler-link.ts';
import { connectScheduler } from '../client/connect.ts';
import type { Config } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { SchedulerError } from '../contract/errors.ts';
import { withBuffers } from './cloned.ts';
import { textOf } from './exposition.ts';
import { figuresOf } from './of-look.ts';

/** What the thread is given. */
export interface LookPlace {
  config: Config;
  temporal: TemporalSettings;
}

/** What a look came to. `code`: of the failure; null: a defect. */
export type Looked =
  | { text: string; tookMs: number; tinytaskUp: boolean }
  | { failed: { code: string | null; says: string }; tookMs: number };

// The daemon's own thread has heartbeats and claims to see to, and a look at 10,000 tasks holds a thread for a while.
// Each message asks for one look, and is answered by one message.
const { config, temporal } = withBuffers(workerData as LookPlace);
const { address, explicitlyConfigured: named } = temporal;
const link = new SchedulerLink({
  where: () => address,
  server: () => ({ address, named }),
  connect: () => connectScheduler({ temporal, config }),
});

parentPort?.on('message', async () => {
  const beganMs = performance.now();
  const tookMs = () => performance.now() - beganMs;
  try {
    const look = await link.use((client) => client.look());
    const text = await textOf(figuresOf(look));
    answer({ text, tookMs: tookMs(), tinytaskUp: look.tasks !== null });
  } catch (error) {
    const code = error instanceof SchedulerError ? error.failure.code : null;
    answer({ failed: { code, says: String(error).slice(0, 500) }, tookMs: tookMs() });
  }
});

function answer(looked: Looked): void {
  parentPort?.postMessage(looked);
}
