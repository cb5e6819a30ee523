import { setQuery } from '../../../address/address.ts';
import type { Task } from '../../../api/shapes.ts';
import { nowMs } from '../../../live/clock.ts';
import { harmless } from '../../../parts/harmless.ts';
import { sayLasted } from '../../../parts/lasted.ts';
import { type Kind, Mark } from '../../../parts/mark.tsx';
import { Ago, sayMoment } from '../../../parts/time.tsx';
import { type Drawn, lifeOf, type Stretch, toScale } from './life.ts';

const WORDS: Record<Stretch['is'], string> = {
  waits: 'waits',
  'waits-for-host': 'waits for a host',
  runs: 'runs',
  between: 'waits',
  'backs-off': 'backs off, then in line',
  parked: 'parked',
  over: 'over',
};

/** The whole life of a task, to scale, and a table of its attempts. */
export function LifeView({ task }: { task: Task }) {
  const { attempts } = task;
  const drawn = toScale(lifeOf(task), nowMs.value);
  const isAnyCut = drawn.some(({ isCut }) => isCut);
  return (
    <section aria-labelledby="life-title">
      <h3 id="life-title">Its life</h3>
      {drawn.length > 0 && (
        <div class="life" aria-hidden="true">
          {drawn.map((each) => (
            <Bar key={`${each.is} ${each.fromMs}`} stretch={each} />
          ))}
        </div>
      )}
      <p class="quiet">
        Added <Ago at={task.added} />
        {drawn.filter(isWorthWords).map(({ is, attempt, lastedMs, untilMs }, at) => (
          <span key={at}>
            {' · '}
            {is === 'runs' ? `attempt ${attempt} ` : ''}
            {untilMs === null
              ? `${WORDS[is]} for ${sayLasted(lastedMs)} now`
              : `${WORDS[is]} ${sayLasted(lastedMs)}`}
          </span>
        ))}
        {task.status === 'complete' && ' · complete'}
        {isAnyCut && ' (hatched: longer than it is drawn)'}
      </p>
      {attempts === null ? (
        <p class="quiet">Its attempts are not known: Temporal does not answer.</p>
      ) : attempts.length === 0 ? (
        <p class="quiet">There was no attempt yet, as far as Temporal knows.</p>
      ) : (
        <Attempts attempts={attempts} />
      )}
    </section>
  );
}

/** Each attempt waits a moment for its host. */
function isWorthWords({ is, untilMs, lastedMs }: Drawn): boolean {
  return is !== 'waits-for-host' || untilMs === null || lastedMs >= 1_000;
}

function Bar({ stretch }: { stretch: Drawn }) {
  const { is, attempt, fromMs, untilMs, share, isCut, lastedMs } = stretch;
  const until = untilMs === null ? 'until now' : `until ${sayMoment(untilMs)}`;
  const words = `${attempt !== null && is === 'runs' ? `attempt ${attempt} ` : ''}${WORDS[is]} ${sayLasted(lastedMs)}`;
  return (
    <div
      class={`stretch is-${is}${isCut ? ' cut' : ''}`}
      style={{ flexGrow: share }}
      title={`${words}: from ${sayMoment(fromMs)}, ${until}`}
    >
      {share > 90 && <span>{is === 'runs' ? attempt : sayLasted(lastedMs)}</span>}
    </div>
  );
}

type Attempt = NonNullable<Task['attempts']>[number];

function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <div class="scrolled">
      <table>
        <thead>
          <tr>
            {['Attempt', 'Verdict', 'Started', 'Lasted', 'Agent', 'Host', 'Turns', 'Tokens'].map((word) => (
              <th key={word} scope="col">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...attempts].reverse().map((each) => (
            <AttemptRow key={`${each.run_id} ${each.attempt}`} attempt={each} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AttemptRow({ attempt: each }: { attempt: Attempt }) {
  const { attempt, state, verdict, reason, agent, host, recipe, turns, tokens, link } = each;
  const started = each.started ?? each.sent;
  return (
    <>
      <tr>
        <th scope="row">
          <button type="button" onClick={() => setQuery({ attempt: String(attempt) })} title="Show its log">
            {attempt}
          </button>
        </th>
        <td>
          <Mark kind={kindOf(each)}>
            {state === 'under-way' ? 'under way' : state === 'cut-off' ? 'cut off' : (verdict ?? 'not known')}
          </Mark>
        </td>
        <td>
          <Ago at={started} />
        </td>
        <td>{lastedOf(each)}</td>
        <td title={recipe === null ? undefined : `recipe ${recipe}`}>{agent}</td>
        <td>{host ?? <Unknown />}</td>
        <td>{turns ?? <Unknown />}</td>
        <td>{tokens?.toLocaleString('en-GB') ?? <Unknown />}</td>
      </tr>
      {(reason !== null || link !== null) && (
        <tr class="reason">
          <td />
          <td colSpan={7}>
            <div class="why-attempt">
              <bdi>{harmless(reason ?? '')}</bdi>{' '}
              {link !== null && (
                <a href={link} target="_blank" rel="noreferrer">
                  its run in Temporal
                </a>
              )}
            </div>
          </td>
        </tr>
      )}
    </>
  );
}

const Unknown = () => <span title="not known">–</span>;

function kindOf({ state, verdict }: Attempt): Kind {
  if (state === 'under-way') return 'busy';
  if (verdict === null || state === 'cut-off') return 'off';
  return verdict === 'completed' ? 'good' : 'wrong';
}

function lastedOf({ started, sent, ended, seconds }: Attempt) {
  const from = Date.parse(started ?? sent ?? '');
  if (ended === null) return Number.isNaN(from) ? <Unknown /> : sayLasted(nowMs.value - from);
  if (seconds !== null) return sayLasted(seconds * 1_000);
  const ms = Date.parse(ended) - from;
  return Number.isNaN(ms) ? <Unknown /> : sayLasted(ms);
}
