import type { LimitSet, Stopped } from '../contract/status.ts';

/** What became of an attempt that was to be stopped, as a line. */
export function sayStopped({ taskId, agent, did }: Stopped): string {
  const task = `Task ${taskId}${agent === null ? '' : ` on ${agent}`}`;
  switch (did) {
    case 'stopped':
      return `${task} is stopped: idle, and in line again; no attempt was used.`;
    case 'ended':
      return `${task} has ended.`;
    case 'still-running':
      return `${task} was told to stop, and has not ended yet; nobody may be there to carry it out.`;
  }
}

/** What `set-limit` changed, as sentences. */
export function sayLimitSet({ agent, slots, configured, byHand, held }: LimitSet): string {
  const now = `Agent ${agent} has ${slots} slot${slots === 1 ? '' : 's'} now`;
  const until = byHand
    ? ` (configured: ${configured ?? 'not at all'}), until its configured limit changes, or \`agents set-limit ${agent} configured\``
    : ', as configured';
  const drains = held > slots ? ` ${held} run: nothing is stopped, and nothing starts until fewer do.` : '';
  return `${now}${until}.${drains}`;
}
