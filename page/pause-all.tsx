import type { Switched } from './api/shapes.ts';
import { type SchedulerNow, scheduler } from './live/store.ts';
import { dryRun, post, propose } from './parts/deed.tsx';
import { waitsInAll } from './parts/waits-in-all.ts';
import { sayNobody, type Turn, turnFor } from './say-pause.ts';
import { sayConsequence, saySwitched } from './views/agents/consequence.ts';

/** Turns everything off, or on again: two clicks from anywhere. */
export function PauseAll() {
  const { value: now } = scheduler;
  if (now === null) return null;
  const turn = turnFor(now);
  return (
    <button
      type="button"
      class={turn.verb === 'pause' ? undefined : 'primary'}
      onClick={() => proposeTurn(turn, now)}
    >
      {turn.button} …
    </button>
  );
}

function proposeTurn(turn: Turn, now: SchedulerNow): void {
  propose<Switched>({
    title: turn.title,
    verb: turn.button,
    takesNote: true,
    consequence: async () => {
      const [told, waiting] = await Promise.all([dryRun<Switched>(turn.path), waitsInAll()]);
      return [sayConsequence(turn.verb, told, { waiting }), ...sayNobody(turn, now)].join(' ');
    },
    carryOut: post<Switched>(turn.path),
    sayDone: (done) => saySwitched(done, turn.done),
  });
}
