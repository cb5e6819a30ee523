import type { Switched } from './api/shapes.ts';
import { type SchedulerNow, scheduler, tasksTotal } from './live/store.ts';
import { dryRun, post, propose } from './parts/deed.tsx';
import { sayAfter, sayBefore, type Turn, turnFor } from './say-pause.ts';

/** Turns everything off, or on again: two clicks from anywhere. */
export function PauseAll() {
  const { value: now } = scheduler;
  if (now === null) return null;
  const turn = turnFor(now);
  return (
    <button type="button" class={turn.isOn ? undefined : 'primary'} onClick={() => proposeTurn(turn, now)}>
      {turn.button} …
    </button>
  );
}

function proposeTurn(turn: Turn, before: SchedulerNow): void {
  propose<Switched>({
    title: turn.title,
    verb: turn.button,
    takesNote: true,
    consequence: async () => {
      const told = await dryRun<Switched>(turn.path);
      return sayBefore(turn, { running: told.running.length, open: tasksTotal.peek(), before });
    },
    carryOut: post<Switched>(turn.path),
    sayDone: (done) => sayAfter(turn, done),
  });
}
