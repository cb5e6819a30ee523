import { go } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import type { Missed, ScheduleNext, ShownSchedule } from '../../api/shapes.ts';
import { useResource } from '../../live/resource.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { harmless } from '../../parts/harmless.ts';
import { useKeys } from '../../parts/keys.ts';
import { Ago } from '../../parts/time.tsx';
import { Backfill } from './backfill.tsx';
import { Coming } from './coming.tsx';
import * as deeds from './deeds.ts';
import { definitionRows } from './definition-words.ts';
import { History } from './history.tsx';
import { Decide, MissedTimes } from './missed-times.tsx';
import { linkToEdit, pathOf } from './place.ts';
import { PauseNote, StateMark } from './state.tsx';
import { lookOf } from './strip.ts';
import { viewersZone } from './zones.ts';

/** Everything about a schedule. */
export function OneSchedule({ name }: { name: string }) {
  const { now, again } = useResource<ShownSchedule>(pathOf(name), { onChangeMs: 10_000 });
  const { answer, problem } = now.value;
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      {answer === undefined ? (
        <>
          <h2>Schedule {name}</h2>
          <p class="empty">{problem === undefined ? 'It is being asked for …' : <ToAll />}</p>
        </>
      ) : (
        <Shown shown={answer} again={again} />
      )}
    </>
  );
}

function ToAll() {
  return <a href={linkTo(['schedules'])}>All schedules</a>;
}

function Shown({ shown, again }: { shown: ShownSchedule; again: () => Promise<void> }) {
  const { name, pause, problems, in_force: inForce } = shown;
  return (
    <>
      <div class="view-head">
        <h2>Schedule {name}</h2>
        <StateMark state={shown.state} />
      </div>
      <p>{shown.when}</p>
      {pause !== null && <PauseNote pause={pause} />}
      {problems.map(({ problem, says }) => (
        <p key={problem} class="trouble">
          {harmless(says)}
        </p>
      ))}
      {inForce === false && <p class="trouble">The server does not have this version of it yet.</p>}
      <Deeds shown={shown} again={again} />
      <div class="two">
        <Definition shown={shown} />
        <NextTimes name={name} mark={`${shown.version} ${shown.left_out.length} ${shown.state}`} />
      </div>
      <MissedOfIt shown={shown} again={again} />
      <History name={name} zone={shown.timezone} />
    </>
  );
}

function Deeds({ shown, again }: { shown: ShownSchedule; again: () => Promise<void> }) {
  const isPaused = shown.state === 'paused';
  const isOver = shown.state === 'finished';
  const runs = () => deeds.proposeRunNow(shown, isPaused ? 'even-if-paused' : 'plain', again);
  const toggles = () => deeds.proposeToggle(shown, again);
  useKeys([
    { keys: 'p', says: 'pause or resume it', run: toggles },
    { keys: 'r', says: 'run it now', run: runs },
    { keys: 'e', says: 'edit it', run: () => go(linkToEdit(shown.name)) },
  ]);
  return (
    <>
      <div class="buttons">
        {!isOver && (
          <>
            <button type="button" onClick={toggles}>
              {isPaused ? 'Resume' : 'Pause'}
            </button>
            <button type="button" onClick={runs}>
              {isPaused ? 'Run now, though it is paused' : 'Run now'}
            </button>
            <button type="button" onClick={() => deeds.proposeRunNow(shown, 'force', again)}>
              Run now, in any case
            </button>
            <button type="button" onClick={() => deeds.proposeSkipNext(shown, again)}>
              Skip the next time
            </button>
          </>
        )}
        <a class="button" href={linkToEdit(shown.name)}>
          Edit
        </a>
        <button
          type="button"
          class="danger"
          onClick={() => deeds.proposeDelete(shown, () => go(linkTo(['schedules'])))}
        >
          Delete
        </button>
      </div>
      <Backfill schedule={shown} then={again} />
    </>
  );
}

function Definition({ shown }: { shown: ShownSchedule }) {
  const { version, by, edited, count, open } = shown;
  return (
    <section aria-labelledby="definition-head">
      <h3 id="definition-head">Definition</h3>
      <dl class="definition">
        {definitionRows(shown).map(({ what, says, isText }) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd class={isText && 'lines'}>{harmless(says)}</dd>
          </div>
        ))}
        <div>
          <dt>Version</dt>
          <dd>
            {version}, by {by ?? <span title="not known">–</span>}, <Ago at={edited} />
          </dd>
        </div>
        <div>
          <dt>So far</dt>
          <dd>
            {count} begun, {open} under way
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** @param mark another one where other times may come */
function NextTimes({ name, mark }: { name: string; mark: string }) {
  const query = new URLSearchParams({ count: '10', viewer_timezone: viewersZone() });
  // What follows `#` is not sent: it makes another question of another state.
  const path = `${pathOf(name, 'next')}?${query}#${mark}`;
  const { answer, problem } = useResource<ScheduleNext>(path, { everyMs: 30_000, onChangeMs: null }).now
    .value;
  return (
    <section aria-labelledby="next-head">
      <h3 id="next-head">The next ten times</h3>
      {problem && <ProblemNote problem={problem} />}
      {answer?.state === 'paused' && (
        <p class="quiet">It is paused: none of them begins until it is resumed.</p>
      )}
      {answer === undefined ? (
        problem === undefined && <p class="empty">They are being asked for …</p>
      ) : (
        <Coming coming={answer.coming} />
      )}
    </section>
  );
}

/** Times of it that were missed and that nobody has decided about; not asked for where its history has none. */
function MissedOfIt({ shown, again }: { shown: ShownSchedule; again: () => Promise<void> }) {
  const has = shown.history?.some(
    ({ end, left_out: left, decided }) =>
      decided === null && lookOf({ end, why: left?.why ?? null }) === 'missed',
  );
  const path = `/api/missed?schedule=${encodeURIComponent(shown.name)}`;
  const { now, again: askAgain } = useResource<Missed>(has ? path : null, { onChangeMs: null });
  const missed = now.value.answer?.missed ?? [];
  if (missed.length === 0) return now.value.problem ? <ProblemNote problem={now.value.problem} /> : null;
  const then = () => Promise.all([again(), askAgain()]);
  return (
    <section aria-labelledby="missed-head">
      <div class="view-head">
        <h3 id="missed-head">Missed</h3>
        {missed.length > 1 && <Decide all keys={missed.map(({ key }) => key)} of={shown.name} then={then} />}
      </div>
      <MissedTimes label="Missed times" missed={missed} then={then} />
    </section>
  );
}
