import { signal } from '@preact/signals';
import type { DoneMany } from '../../api/shapes.ts';
import { type Deed, dryRun, post, propose } from '../../parts/deed.tsx';
import { harmless } from '../../parts/harmless.ts';
import type { Line } from './line.ts';
import { countTasks, type RetriedMany, retryMany, sayRetried, toldApart } from './retry.ts';
import { choose } from './selection.ts';

const PATH = '/api/tasks/retry';
/** Of which the titles are said before. */
const NAMED = 8;

/** What of many could not be retried; null: all could. */
export const notRetried = signal<RetriedMany | null>(null);

/** Asks the person, once for all of them. */
export function proposeRetry(lines: readonly Line[]): void {
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
      // What could not be done stays chosen, and so does what was not asked for here.
      choose([...well, ...needless.map(({ task_id: id }) => id)], false);
      return sayRetried(done);
    },
  };
  propose(deed);
}

function Consequence({ lines, foretold }: { lines: readonly Line[]; foretold: RetriedMany }) {
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
          <li key={id} class="now-cut">
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

export function Failures({ tasks }: { tasks: RetriedMany['tasks'] }) {
  return (
    <ul class="now-failures">
      {tasks.map(({ task_id: id, problem }) => (
        <li key={id}>
          {id}: {problem?.detail}
        </li>
      ))}
    </ul>
  );
}
