import type { Cancelled } from '../contract/status.ts';
import { sayWhose } from './whose.ts';

/** What `cancel` did, as one or more sentences. */
export function sayCancelled(cancelled: Cancelled): string {
  const { taskId } = cancelled;
  const again = `\`retry ${taskId}\` runs it again.`;
  if (cancelled.did === 'cancelled')
    return `Task ${taskId} is cancelled. ${sayWhatStopped(cancelled)}; it is idle, and parked. ${again}`;
  if (cancelled.since === 'parked') return `Task ${taskId} is parked already; ${again}`;
  const task = cancelled.task ?? 'gone from TinyTask';
  return `The run of task ${taskId} ended before it could be cancelled; the task is ${task}.`;
}

function sayWhatStopped({ was, agent, whose }: Extract<Cancelled, { did: 'cancelled' }>): string {
  switch (was) {
    case 'running':
      return `Its goose on ${agent} was stopped`;
    case 'waiting':
      return `It no longer waits for a slot of ${sayWhose(whose)}`;
    case 'backing-off':
      return 'It no longer backs off';
  }
}
