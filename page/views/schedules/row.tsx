import { linkTo } from '../../address/link.ts';
import type { Schedule } from '../../api/shapes.ts';
import { harmless } from '../../parts/harmless.ts';
import { Ago } from '../../parts/time.tsx';
import type { Then } from './deeds.ts';
import { Moment } from './moment.tsx';
import { linkToSchedule } from './place.ts';
import { useRecent } from './recent.ts';
import { RowButtons } from './row-buttons.tsx';
import { EndMark, PauseNote, StateMark } from './state.tsx';
import { Strip } from './strip.tsx';

/** A schedule among others. */
export function ScheduleRow({ schedule, again }: { schedule: Schedule; again: Then }) {
  const {
    name,
    state,
    when,
    cron_expression: cron,
    timezone,
    next_run_at: next,
    last,
    pause,
    problems,
  } = schedule;
  const told = useRecent(
    name,
    `${last?.ended} ${schedule.count} ${schedule.open} ${schedule.left_out.length}`,
  );
  return (
    <div class={`schedule ${state}${problems.length > 0 ? ' troubled' : ''}`}>
      <p class="what">
        <a href={linkToSchedule(name)}>{name}</a> <StateMark state={state} />{' '}
        {schedule.open > 0 && <span class="quiet">{schedule.open} under way</span>}
      </p>
      <p class="when" title={when}>
        {when}
        {cron !== null && (
          <>
            {' '}
            <code title="as cron has it">{cron}</code>
          </>
        )}
      </p>
      <p class="next">
        {state === 'active' ? (
          <>
            Next <Moment at={next} zone={timezone} />
          </>
        ) : (
          <span class="quiet">
            {state === 'paused' ? 'Nothing comes while it is paused.' : 'Nothing comes any more.'}
          </span>
        )}
      </p>
      <p class="last">
        {last === null ? (
          <span class="quiet">None of its times is over yet.</span>
        ) : (
          <>
            Last <EndMark end={last.end} /> <Ago at={last.ended} />
            {last.task_id !== null && (
              <>
                , <a href={linkTo(['tasks', last.task_id])}>task {last.task_id}</a>
              </>
            )}
          </>
        )}
      </p>
      <Strip told={told} zone={timezone} />
      <RowButtons schedule={schedule} again={again} />
      {(pause !== null || problems.length > 0) && (
        <div class="notes">
          {pause !== null && <PauseNote pause={pause} />}
          {problems.map(({ problem, says }) => (
            <p key={problem} class="trouble">
              {harmless(says)}
            </p>
          ))}
        </div>
      )}
    </div>
  );
}
