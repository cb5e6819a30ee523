import { linkTo } from '../../address/link.ts';
import { nowMs } from '../../live/clock.ts';
import { sayLasted } from '../../parts/lasted.ts';
import { legendOf, letterOf, type RecentRun, sayCell } from './cell.ts';

/** A run, which leads to its task. `isFocus`: it is reached by Tab. */
export function Cell({ run, isFocus, onFocus }: { run: RecentRun; isFocus: boolean; onFocus(): void }) {
  const ago = `${sayLasted(Math.max(0, nowMs.peek() - Date.parse(run.ended)))} ago`;
  const says = sayCell(run, ago);
  return (
    <a
      class={`cell ${run.came_to}`}
      href={linkTo(['tasks', run.task_id])}
      title={says}
      aria-label={says}
      tabIndex={isFocus ? 0 : -1}
      onFocus={onFocus}
    >
      <Sign run={run} />
    </a>
  );
}

function Sign({ run }: { run: RecentRun }) {
  const letter = letterOf(run);
  if (letter !== '') return <span aria-hidden="true">{letter}</span>;
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d="M3 8.5 6.5 12 13 4.5" />
    </svg>
  );
}

export function Legend({ runs }: { runs: readonly RecentRun[] }) {
  return (
    <ul class="legend" aria-label="What the cells mean">
      {legendOf(runs).map(({ run, says, times }) => (
        <li key={says}>
          <span class={`cell ${run.came_to}`} aria-hidden="true">
            <Sign run={run} />
          </span>{' '}
          {says} ({times})
        </li>
      ))}
    </ul>
  );
}
