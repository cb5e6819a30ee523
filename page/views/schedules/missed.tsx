import { address, setQuery } from '../../address/address.ts';
import type { Missed, MissedTime } from '../../api/shapes.ts';
import { useResource } from '../../live/resource.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { counted } from './deed-words.ts';
import { Decide, MissedTimes } from './missed-times.tsx';
import { linkToSchedule } from './place.ts';
import { groupsOf, readSince, SINCES } from './since.ts';
import { viewersZone } from './zones.ts';

/** The morning after: all that was missed, over all schedules. */
export function MissedView() {
  const { since, isWrong } = readSince(address.value.query.get('since'));
  const path = `/api/missed${since === null ? '' : `?since=${encodeURIComponent(since)}`}`;
  const { now, again } = useResource<Missed>(path, { onChangeMs: 10_000 });
  const { answer, problem } = now.value;
  return (
    <>
      <div class="view-head">
        <h2>What was missed</h2>
      </div>
      <p class="quiet">
        Times at which nothing began, since no daemon was there, or something later was due, too. They stay
        here until somebody has decided about them.
      </p>
      <Since since={since} />
      {isWrong && <p class="trouble">The address has a time that is none, so all is shown.</p>}
      {problem && <ProblemNote problem={problem} />}
      {answer === undefined ? (
        problem === undefined && <p class="empty">They are being asked for …</p>
      ) : (
        <>
          <All missed={answer.missed} then={again} />
          {answer.next_cursor !== null && (
            <p class="quiet">
              These are the oldest {answer.missed.length}; newer ones come when these are decided about.
            </p>
          )}
        </>
      )}
    </>
  );
}

function All({ missed, then }: { missed: readonly MissedTime[]; then: () => Promise<void> }) {
  const groups = groupsOf(missed);
  const keys = missed.map(({ key }) => key);
  return (
    <>
      {missed.length > 1 && (
        <div class="view-head">
          <p>
            {counted(missed.length, 'time')} of {counted(groups.length, 'schedule')}
          </p>
          <Decide all keys={keys} of="everything" then={then} />
        </div>
      )}
      {groups.length > 1 && (
        <details class="groups">
          <summary>By schedule</summary>
          <ul>
            {groups.map(({ schedule, keys: own }) => (
              <li key={schedule}>
                <a href={linkToSchedule(schedule)}>{schedule}</a>
                <Decide all keys={own} of={schedule} then={then} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <MissedTimes isMain label="Missed times" missed={groups.flatMap(({ times }) => times)} then={then} />
    </>
  );
}

function Since({ since }: { since: string | null }) {
  return (
    <div class="filters">
      <span>Since</span>
      {SINCES.map(([word, ms]) => (
        <button
          key={word}
          type="button"
          aria-pressed={ms === null && since === null}
          onClick={() => setQuery({ since: ms === null ? undefined : toSecond(Date.now() - ms) })}
        >
          {word}
        </button>
      ))}
      <label>
        or{' '}
        <input
          type="datetime-local"
          value={since === null ? '' : localOf(since)}
          onChange={(event) => {
            const ms = Date.parse(event.currentTarget.value);
            setQuery({ since: Number.isNaN(ms) ? undefined : toSecond(ms) });
          }}
        />{' '}
        <span class="quiet">by this machine’s clock, {viewersZone()}</span>
      </label>
    </div>
  );
}

function toSecond(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');
}

/** As the field has it: on the viewer's clock, without a zone. */
function localOf(since: string): string {
  const at = new Date(since);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
