import { useEffect, useMemo, useState } from 'preact/hooks';
import { go } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import { ask, type Problem, problemOf } from '../../api/call.ts';
import type { Runs, Tasks } from '../../api/shapes.ts';
import { useResource } from '../../live/resource.ts';
import { tasks } from '../../live/store.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { harmless } from '../../parts/harmless.ts';
import { List } from '../../parts/list.tsx';
import { type Kind, Mark } from '../../parts/mark.tsx';
import { Ago } from '../../parts/time.tsx';
import { type Pages, withHead, withPage } from './pages.ts';
import { sayMany, saySeconds } from './say.ts';
import { useLast } from './use-last.ts';

type Run = Runs['runs'][number];

const PAGE = 100;
/** Temporal, which has the runs, has no titles. */
const COMPLETE = '/api/tasks?phase=complete&limit=1000';
const EVERY_MS = 30_000;
const ON_CHANGE_MS = 10_000;

/**
 * What ended, one by one, the newest first.
 *
 * @param props.list which list it is: another one begins anew
 */
export function RunsList({ path, list }: { path: string; list: string }) {
  const head = useLast<Runs>(`${path}&limit=${PAGE}`, { everyMs: EVERY_MS, onChangeMs: ON_CHANGE_MS });
  const titleOf = useTitles();
  const [kept, setKept] = useState<{ list: string; pages: Pages }>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const before = kept?.list === list ? kept.pages : undefined;
  const { answer, isBefore } = head;
  useEffect(() => {
    if (answer !== undefined && !isBefore) setKept({ list, pages: withHead(before, answer) });
  }, [answer, isBefore, list]);
  const pages = before ?? kept?.pages;
  const more = async () => {
    if (before?.next == null) return;
    setBusy(true);
    setProblem(null);
    try {
      const page = await ask<Runs>(`${path}&limit=${PAGE}&cursor=${encodeURIComponent(before.next)}`);
      setKept({ list, pages: withPage(before, page) });
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  if (pages === undefined)
    return head.problem ? (
      <ProblemNote problem={head.problem} />
    ) : (
      <p class="empty">The list is being read …</p>
    );
  const note = problem ?? head.problem;
  return (
    <>
      {note && <ProblemNote problem={note} />}
      <List
        label="Runs that ended"
        items={pages.runs}
        question={kept?.list ?? list}
        keyOf={({ run_id: id }) => id}
        row={(run) => <RunRow run={run} title={titleOf(run.task_id)} />}
        rowPx={52}
        isMain
        onOpen={({ task_id: id }) => go(linkTo(['tasks', id]))}
        empty={
          pages.next === null
            ? 'No such run ended in this time.'
            : 'None among the runs that were looked at so far.'
        }
      />
      <p class="after-list">
        {pages.runs.length} shown.{' '}
        {pages.next === null ? (
          'There are no more.'
        ) : (
          <button type="button" disabled={busy || before === undefined} onClick={more}>
            {busy ? 'Reading …' : 'Read on'}
          </button>
        )}
      </p>
    </>
  );
}

/** Of open tasks, and of those that were completed last. */
function useTitles(): (taskId: number) => string | undefined {
  const { now } = useResource<Tasks>(COMPLETE, { everyMs: EVERY_MS, onChangeMs: EVERY_MS });
  const { answer } = now.value;
  const complete = useMemo(
    () => new Map(answer?.tasks.map(({ task_id: id, title }) => [id, title])),
    [answer],
  );
  return (taskId) => tasks.value.all.get(taskId)?.title ?? complete.get(taskId);
}

const KINDS: Record<Run['came_to'], [Kind, string]> = {
  completed: ['good', 'complete'],
  failed: ['wrong', 'badly'],
  other: ['over', 'not complete'],
  unknown: ['off', 'not known'],
};

function RunRow({ run, title }: { run: Run; title: string | undefined }) {
  const { task_id: id, agent, attempts, goose_seconds: seconds, tokens, verdict, came_to: came } = run;
  const [kind, word] = KINDS[came];
  const dash = <span title="not known">–</span>;
  return (
    <div class="run-row">
      <span class="what">
        <a href={linkTo(['tasks', id])}>Task {id}</a>{' '}
        {title !== undefined && (
          <bdi class="title" title={harmless(title)}>
            {harmless(title)}
          </bdi>
        )}
      </span>
      <span>{agent ?? dash}</span>
      <span>
        <Mark kind={kind}>{came === 'failed' && verdict !== null ? verdict : word}</Mark>
      </span>
      <bdi class="why quiet" title={harmless(run.says)}>
        {harmless(run.says)}
      </bdi>
      <span class="number" title="how long goose worked, in all attempts">
        {seconds === null ? dash : saySeconds(seconds)}
      </span>
      <span class="number">
        {attempts === null ? dash : `${attempts.length} ${attempts.length === 1 ? 'attempt' : 'attempts'}`}
      </span>
      <span class="number">
        {tokens === null ? dash : <span title={`${tokens} tokens`}>{sayMany(tokens)} tokens</span>}
      </span>
      <span class="number">
        <Ago at={run.ended} />
      </span>
    </div>
  );
}
