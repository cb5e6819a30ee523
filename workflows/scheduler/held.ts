import { inBatches } from '../../contract/in-batches.ts';
import { schedulerPaused } from '../../contract/messages.ts';
import { send } from '../sdk/send.ts';
import type { SchedulerState } from './scheduler-state.ts';

/** Tells all semaphores whether nothing may start, and returns that. */
export async function tellHeld(state: SchedulerState): Promise<boolean> {
  const { held, paused, semaphores } = state;
  state.say(held ? (paused ? 'Paused. Signal resume to go on.' : 'Disabled.') : 'Goes on.');
  await tellHeldTo(semaphores, held);
  return held;
}

/** @param semaphores their workflow ids */
export async function tellHeldTo(semaphores: string[], held: boolean): Promise<void> {
  await inBatches(semaphores, (workflowId) => send({ workflowId }, schedulerPaused, held));
}
