import { computed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Problem } from './api/call.ts';
import type { Summary } from './api/shapes.ts';
import { nowMs } from './live/clock.ts';
import { heldSinceMs } from './live/hold.ts';
import { useResource } from './live/resource.ts';
import { type Connection, connection, isTinyTaskAway, knownMs, tasksKnownMs } from './live/store.ts';
import { announce } from './parts/announce.tsx';
import { ProblemNote } from './parts/deed.tsx';
import { harmless } from './parts/harmless.ts';
import { sayLasted } from './parts/lasted.ts';
import { type Kind, Mark } from './parts/mark.tsx';
import { shorten } from './parts/shorten.ts';
import { Ago, sayMoment } from './parts/time.tsx';
import { sayTraffic, whatMatters } from './say-summary.ts';

/** What is known longer ago than this is said loudly. */
const STALE_MS = 30_000;

/** Of the oldest of what is shown. */
const shownMs = computed(() => (isTinyTaskAway(connection.value) ? tasksKnownMs : knownMs).value);
const ageMs = computed(() => (shownMs.value === null ? null : Math.max(0, nowMs.value - shownMs.value)));

/** Of what changed last, while it is not opened: whoever did it may have said a lot. */
const SHORT = 160;

const LEVELS: Record<Summary['level'], [Kind, string]> = {
  ok: ['good', 'All is well'],
  notice: ['waits', 'To look at'],
  wrong: ['wrong', 'Wrong'],
};

/** The first line: how things are, since when, what changed, and how old that is. */
export function Headline() {
  const { now } = useResource<Summary>('/api/summary', { everyMs: 10_000 });
  const { answer, problem, atMs } = now.value;
  useAnnounced(answer);
  return (
    <div class="headline">
      {answer === undefined ? (
        <h1>TinyScheduler</h1>
      ) : (
        <h1 title={harmless(answer.says)}>
          <Level level={answer.level} /> <bdi>{harmless(answer.says)}</bdi>
        </h1>
      )}
      {problem && connection.value.is === 'live' && <Unasked problem={problem} atMs={atMs} />}
      {answer !== undefined && <About summary={answer} />}
      <Age />
    </div>
  );
}

/** The rest may be live, and this line is not. */
function Unasked({ problem, atMs }: { problem: Problem; atMs: number | null }) {
  return (
    <>
      <ProblemNote problem={problem} />
      {atMs !== null && (
        <p class="quiet">
          This line is as it was <Ago at={new Date(atMs).toISOString()} />.
        </p>
      )}
    </>
  );
}

function Level({ level }: Pick<Summary, 'level'>) {
  const [kind, word] = LEVELS[level];
  return <Mark kind={kind}>{word}</Mark>;
}

/** Since when, what changed last, what came and went; more of it when somebody opens it. */
function About({ summary }: { summary: Summary }) {
  const { since, changed, conditions, problems } = summary;
  const [last] = changed;
  return (
    <details class="about">
      <summary>
        {since !== null && (
          <>
            since <Ago at={since} plain />;{' '}
          </>
        )}
        {last === undefined ? (
          'no change is known'
        ) : (
          <>
            last change <Ago at={last.at} />: <bdi>{shorten(harmless(last.says), SHORT)}</bdi>
          </>
        )}
        ; {sayTraffic(summary)}
      </summary>
      <div class="about-more">
        <div>
          <h2>What is not as usual</h2>
          {conditions.length === 0 && problems.length === 0 ? <p>Nothing.</p> : null}
          <ul>
            {conditions.map(({ what, says }) => (
              <li key={`${what} ${says}`}>{harmless(says)}</li>
            ))}
          </ul>
          <Problems problems={problems} />
        </div>
        <div>
          <h2>What changed last</h2>
          {changed.length === 0 ? <p>No change is known.</p> : null}
          <ul>
            {changed.map((each) => (
              <li key={`${each.at} ${each.says}`}>
                <Ago at={each.at} />: <bdi>{harmless(each.says)}</bdi>
                {each.note !== null && !each.says.includes(each.note) && (
                  <>
                    {' '}
                    (“<bdi>{harmless(each.note)}</bdi>”)
                  </>
                )}
              </li>
            ))}
          </ul>
        </div>
      </div>
    </details>
  );
}

/** As `status` tells them. */
function Problems({ problems }: Pick<Summary, 'problems'>) {
  if (problems.length === 0) return null;
  return (
    <>
      <h2>Problems</h2>
      <ul>
        {problems.map((says) => (
          <li key={says}>
            <bdi>{harmless(says)}</bdi>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What somebody should know who only hears the page; numbers that come and go are not said. */
function useAnnounced(summary: Summary | undefined): void {
  const before = useRef<string | undefined>(undefined);
  const matters = summary && whatMatters(summary);
  const says = summary?.says;
  useEffect(() => {
    if (before.current !== undefined && says !== undefined) announce(says, 'in-time');
    before.current = matters;
  }, [matters]);
}

function Age() {
  const { value: now } = connection;
  const age = ageMs.value;
  const { value: heldSince } = heldSinceMs;
  const isOld = now.is === 'away' || heldSince !== null || (age !== null && age > STALE_MS);
  const known = shownMs.value;
  return (
    <p class={isOld ? 'age stale' : 'age'} title={known === null ? 'nothing is known yet' : sayMoment(known)}>
      {heldSince === null ? (
        sayAge(now, age)
      ) : (
        <>
          {now.is === 'away' && `${sayAway(now)} `}Held since <Ago at={new Date(heldSince).toISOString()} />
        </>
      )}
    </p>
  );
}

function sayAge(now: Connection, age: number | null): string {
  if (now.is === 'away') {
    if (age === null) return sayAway(now);
    return `${sayAway(now)} What is shown${isTinyTaskAway(now) ? ' of tasks' : ''} is ${sayLasted(age)} old.`;
  }
  if (age === null) return 'Asking …';
  return age > STALE_MS ? `What is shown is ${sayLasted(age)} old.` : 'As of now';
}

function sayAway(now: Extract<Connection, { is: 'away' }>): string {
  if (now.what === 'api') return 'The scheduler’s API does not answer.';
  if (now.what === 'refused') return `The scheduler’s API does not tell this page: ${now.detail}`;
  return isTinyTaskAway(now) ? 'TinyTask does not answer.' : `Temporal does not answer (${now.code}).`;
}
