import type { Note } from '../contract/by-hand.ts';
import type { pause, pauseAll } from '../contract/messages.ts';
import { signalScheduler } from '../temporal/scheduler.ts';
import type { Selection } from './scheduler-client.ts';
import { type TellDeps, tellSemaphore } from './tell-semaphore.ts';

/** The same said of everything, and of an agent or a queue. */
export type Both = readonly [all: typeof pauseAll, some: typeof pause];

/**
 * Signals the semaphore of an agent or of a queue, or, where neither is named, the scheduler.
 * @throws `no-such-agent` @throws `no-such-queue`
 */
export async function tellSelection(
  deps: TellDeps,
  { agent, queue }: Selection,
  [all, some]: Both,
  note: Note | undefined,
): Promise<void> {
  if (agent !== undefined) await tellSemaphore(deps, { agent }, some, note);
  else if (queue !== undefined) await tellSemaphore(deps, { queue }, some, note);
  else await signalScheduler(deps.client, all, [note]);
}
