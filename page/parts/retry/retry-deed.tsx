import { signal } from '@preact/signals';
import type { DoneMany, TaskLine } from '../../api/shapes.ts';
import { type Deed, dryRun, post, propose } from '../deed.tsx';
import { harmless } from '../harmless.ts';
import { countTasks, type RetriedMany, retryMany, sayRetried, toldApart } from './retry.ts';

const PATH = '/api/tasks/retry';
/** Of which the titles are said before. */
const NAMED = 8;

/** What of many could not be retried; null: all could. */
const notRetried = signal<RetriedMany | null>(null);

/** Asks the person, once for all of them. @param then told for which it was done, or needed nothing */
export function proposeRetry(lines: readonly TaskLine[], then?: (ids: readonly number[]) => void): void {
  if (lines.length === 0) return;
  const ids = lines.map(({ task_id: id }) => id);
  const what = ids.length === 1 ? `task ${ids[0]}` : countTasks(ids.length);
  const deed: Deed<RetriedMany> = {
    title: `Retry ${what}?`,
    verb: `Retry ${what}`,
    takesNote: true,
    consequence: async () => {
      const foretold = await retryMany(ids, (some) => dryRun<DoneMany>(PATH, { task_ids: some }));
      return <Consequence lines={lines} foretold={foretold} />;
    },
    carryOut: (note) => {
      return retryMany(ids, (some) => post<DoneMany>(PATH, { task_ids: some })(note));
    },
    sayDone: (done) => {
      const { well, needless, failed } = toldApart(done.tasks);
      notRetried.value = failed.length + done.left.length > 0 ? done : null;
      then?.([...well, ...needless.map(({ task_id: id }) => id)]);
      return sayRetried(done);
    },
  };
  propose(deed);
}

function Consequence({ lines, foretold }: { lines: readonly TaskLine[]; foretold: RetriedMany }) {
  const { well, needless, failed } = toldApart(foretold.tasks);
  const titles = new Map(lines.map((line) => [line.task_id, line.title]));
  return (
    <>
      <p>
        {well.length === 1 ? 'It runs' : `${well.length} run`} again as soon as a slot is free, with a full
        set of attempts.
      </p>
      <ul>
        {well.slice(0, NAMED).map((id) => (
          <li key={id} class="cut">
            {id} <bdi>{harmless(titles.get(id) ?? '')}</bdi>
          </li>
        ))}
      </ul>
      {well.length > NAMED && <p>And {well.length - NAMED} more.</p>}
      {needless.length > 0 && <p>{countTasks(needless.length)} of these need nothing by now.</p>}
      {failed.length > 0 && (
        <>
          <p>These cannot be retried:</p>
          <Failures tasks={failed} />
        </>
      )}
      {foretold.left.length > 0 && <p>Of {countTasks(foretold.left.length)} it is not known.</p>}
    </>
  );
}

function Failures({ tasks }: { tasks: RetriedMany['tasks'] }) {
  return (
    <ul>
      {tasks.map(({ task_id: id, problem }) => (
        <li key={id}>
          {id}: {problem?.detail}
        </li>
      ))}
    </ul>
  );
}

/** What of many could not be retried, until somebody has read it. */
export function NotRetried() {
  const { value: done } = notRetried;
  if (done === null) return null;
  const { failed } = toldApart(done.tasks);
  return (
    <div class="not-retried" role="alert">
      <p>
        {countTasks(failed.length + done.left.length)} could not be retried.
        {done.left.length > 0 &&
          ` Not reached: ${done.left.slice(0, 20).join(', ')}${done.left.length > 20 ? ', …' : ''}.`}
      </p>
      <Failures tasks={failed} />
      <button
        type="button"
        onClick={() => {
          notRetried.value = null;
        }}
      >
        I have read it
      </button>
    </div>
  );
}
