import { inBatches } from '../../contract/in-batches.ts';
import { schedulerPaused, stopHolders } from '../../contract/messages.ts';
import { send } from '../sdk/send.ts';
import type { SchedulerState } from './scheduler-state.ts';

/** Tells all semaphores whether nothing may start, and returns that. */
export async function tellHeld(state: SchedulerState): Promise<boolean> {
  const { held, paused, stopped, semaphores } = state;
  if (stopped) state.say('All agents are stopped. Signal start-agents to go on.');
  else state.say(held ? (paused ? 'Paused. Signal resume to go on.' : 'Disabled.') : 'Goes on.');
  await tellHeldTo(semaphores, held);
  return held;
}

/** Has all semaphores stop what runs. Tell them before that nothing may start. */
export async function tellStop(state: SchedulerState, why: string): Promise<void> {
  state.stopDue = undefined;
  await inBatches(state.semaphores, (workflowId) => send({ workflowId }, stopHolders, why));
}

/** @param semaphores their workflow ids */
export async function tellHeldTo(semaphores: string[], held: boolean): Promise<void> {
  await inBatches(semaphores, (workflowId) => send({ workflowId }, schedulerPaused, held));
}
