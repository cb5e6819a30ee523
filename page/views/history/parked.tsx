import { linkTo } from '../../address/link.ts';
import { tasks } from '../../live/store.ts';
import { type Cause, parkedCauses } from '../../parts/causes.ts';
import { harmless } from '../../parts/harmless.ts';
import { Mark } from '../../parts/mark.tsx';
import { NotRetried, proposeRetry } from '../../parts/retry/retry-deed.tsx';

const SHOWN = 5;
const MOST_NAMED = 50;

/** What failed and has not ended: it is parked, and waits for somebody. By cause, to be called back together. */
export function ParkedNow() {
  const parked = [...tasks.value.all.values()].filter(({ phase }) => phase === 'parked');
  const { length: count } = parked;
  if (count === 0) return <NotRetried />;
  const causes = parkedCauses(parked);
  return (
    <section class="parked" aria-labelledby="parked-now">
      <h2 id="parked-now">
        <Mark kind="wrong">{`${count} ${count === 1 ? 'task is' : 'tasks are'} parked now`}</Mark>
      </h2>
      <NotRetried />
      <p class="quiet">
        {count === 1
          ? 'It waits for somebody. Its run has not ended, so it is not in the figures below.'
          : 'They wait for somebody. Their runs have not ended, so they are not in the figures below.'}
      </p>
      <ul>
        {causes.slice(0, SHOWN).map((cause) => (
          <li key={cause.key}>
            <strong>{cause.lines.length} ×</strong> <bdi class="says">{harmless(cause.says)}</bdi>{' '}
            <button type="button" onClick={() => proposeRetry(cause.lines)}>
              {cause.lines.length === 1 ? 'Retry it' : `Retry these ${cause.lines.length}`}
            </button>
            <Which cause={cause} />
          </li>
        ))}
      </ul>
      {causes.length > SHOWN && (
        <p>
          {causes.length - SHOWN} other causes:{' '}
          <a href={linkTo(['tasks'], { phase: 'parked' })}>all that are parked</a>
        </p>
      )}
    </section>
  );
}

/** Which they are. */
function Which({ cause: { lines: parked } }: { cause: Cause }) {
  return (
    <details>
      <summary>{parked.length === 1 ? 'which' : 'which they are'}</summary>
      <ul class="which">
        {parked.slice(0, MOST_NAMED).map(({ task_id: id, title }) => (
          <li key={id} title={harmless(title)}>
            <a href={linkTo(['tasks', id])}>Task {id}</a> <bdi>{harmless(title)}</bdi>
          </li>
        ))}
      </ul>
      {parked.length > MOST_NAMED && <p>and {parked.length - MOST_NAMED} others</p>}
    </details>
  );
}
