import type { Schedule } from '../../api/shapes.ts';
import { proposeRunNow, proposeToggle, type Then } from './deeds.ts';

/** What is done with a schedule most, in its row. */
export function RowButtons({ schedule, again }: { schedule: Schedule; again: Then }) {
  const { name, state } = schedule;
  return (
    <p class="row-buttons">
      <button type="button" onClick={() => proposeRunNow(schedule, 'even-if-paused', again)}>
        Run now <span class="heard">{name}</span>
      </button>
      {state !== 'finished' && (
        <button type="button" onClick={() => proposeToggle(schedule, again)}>
          {state === 'paused' ? 'Resume' : 'Pause'} <span class="heard">{name}</span>
        </button>
      )}
    </p>
  );
}
