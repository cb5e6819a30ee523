import type { Schedule } from '../../api/shapes.ts';
import { harmless } from '../../parts/harmless.ts';
import { type Kind, Mark } from '../../parts/mark.tsx';
import { Ago } from '../../parts/time.tsx';

const STATES: Record<Schedule['state'], [Kind, string]> = {
  active: ['good', 'active'],
  paused: ['off', 'paused'],
  finished: ['over', 'finished'],
};

/** Whether anything of it comes. */
export function StateMark({ state }: Pick<Schedule, 'state'>) {
  const [kind, word] = STATES[state];
  return state === 'paused' ? (
    <span class="paused-mark">
      <Mark kind={kind}>{word}</Mark>
    </span>
  ) : (
    <Mark kind={kind}>{word}</Mark>
  );
}

const ENDS: Record<string, [Kind, string]> = {
  done: ['good', 'done'],
  failed: ['wrong', 'failed'],
  cancelled: ['over', 'cancelled'],
  'left-out': ['over', 'left out'],
};

/** How an occurrence ended; null: it is under way. */
export function EndMark({ end }: { end: string | null }) {
  const [kind, word] =
    end === null ? (['busy', 'under way'] as const) : (ENDS[end] ?? (['over', end] as const));
  return <Mark kind={kind}>{word}</Mark>;
}

/** Who paused it, when, and why. */
export function PauseNote({ pause }: { pause: NonNullable<Schedule['pause']> }) {
  const { by, note, at, after } = pause;
  const who = after === null ? `Paused by ${by ?? 'somebody who is not known'}` : 'It has paused itself';
  return (
    <p class="pause-note">
      {harmless(who)} <Ago at={at} />
      {note !== null && <>: “{harmless(note)}”</>}
      {after !== null && `, after ${after.bad_ends} bad ${after.bad_ends === 1 ? 'end' : 'ends'} in a row`}.
      Nothing of it begins until somebody resumes it.
    </p>
  );
}
