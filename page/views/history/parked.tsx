import { linkTo } from '../../address/link.ts';
import { tasks } from '../../live/store.ts';
import { post, propose } from '../../parts/deed.tsx';
import { harmless } from '../../parts/harmless.ts';
import { Mark } from '../../parts/mark.tsx';
import { type CalledBack, type Cause, causesOf, sayCalledBack } from './causes.ts';

const SHOWN = 5;
const MOST_NAMED = 50;
/** The API takes so many in one call. */
const MOST_AT_ONCE = 1_000;

/** What failed and has not ended: it is parked, and waits for somebody. By cause, to be called back together. */
export function ParkedNow() {
  const causes = causesOf(tasks.value.all.values());
  const count = causes.reduce((sum, cause) => sum + cause.tasks.length, 0);
  if (count === 0) return null;
  return (
    <section class="parked" aria-labelledby="parked-now">
      <h2 id="parked-now">
        <Mark kind="wrong">{`${count} ${count === 1 ? 'task is' : 'tasks are'} parked now`}</Mark>
      </h2>
      <p class="quiet">
        They wait for somebody. Their runs have not ended, so they are not in the figures below.
      </p>
      <ul>
        {causes.slice(0, SHOWN).map((cause) => (
          <li key={cause.says}>
            <strong>{cause.tasks.length} ×</strong> <bdi class="says">{harmless(cause.says)}</bdi>{' '}
            <button type="button" onClick={() => callBack(cause)}>
              {cause.tasks.length === 1
                ? 'Retry it'
                : `Retry these ${Math.min(cause.tasks.length, MOST_AT_ONCE)}`}
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
function Which({ cause: { tasks: parked } }: { cause: Cause }) {
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

function callBack({ says, tasks: parked }: Cause): void {
  const ids = parked.slice(0, MOST_AT_ONCE).map(({ task_id: id }) => id);
  const them = ids.length === 1 ? `task ${ids[0]}` : `${ids.length} tasks`;
  propose<CalledBack>({
    title: `Retry ${them}?`,
    consequence: (
      <>
        <p>Each gets in line again, and fails again if its cause is still there:</p>
        <p class="says">
          <bdi>{harmless(says)}</bdi>
        </p>
        <p>
          {ids.length > 12 ? `${ids.slice(0, 12).join(', ')} and ${ids.length - 12} more` : ids.join(', ')}
        </p>
      </>
    ),
    verb: `Retry ${them}`,
    takesNote: true,
    carryOut: post('/api/tasks/retry', { task_ids: ids }),
    sayDone: sayCalledBack,
  });
}
