import type { Schedule } from '../../api/shapes.ts';
import { proposeRunNow, proposeToggle, type Then } from './deeds.ts';

/** What is done with a schedule most, in its row. */
export function RowButtons({ schedule, again }: { schedule: Schedule; again: Then }) {
  const { name, state } = schedule;
  return (
    <p class="row-buttons">
      <button
        type="button"
        aria-label={`Run ${name} now`}
        onClick={() => proposeRunNow(schedule, 'even-if-paused', again)}
      >
        Run now
      </button>
      {state !== 'finished' && (
        <button
          type="button"
          aria-label={state === 'paused' ? `Resume ${name}` : `Pause ${name}`}
          onClick={() => proposeToggle(schedule, again)}
        >
          {state === 'paused' ? 'Resume' : 'Pause'}
        </button>
      )}
    </p>
  );
}
