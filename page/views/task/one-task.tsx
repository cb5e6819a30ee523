import { useMemo, useRef, useState } from 'preact/hooks';
import { address, go, setQuery } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import type { Task } from '../../api/shapes.ts';
import { type Resource, useResource } from '../../live/resource.ts';
import { tasks } from '../../live/store.ts';
import { ProblemNote, propose } from '../../parts/deed.tsx';
import { harmless } from '../../parts/harmless.ts';
import { useKeys } from '../../parts/keys.ts';
import { PhaseMark } from '../../parts/mark.tsx';
import { Ago } from '../../parts/time.tsx';
import { About } from './about/about.tsx';
import { Comments } from './about/comments.tsx';
import { LongText } from './about/long-text.tsx';
import { Why } from './about/why.tsx';
import { deedOn } from './deeds/deeds.ts';
import type { Verb } from './deeds/will.ts';
import { type LastKnown, withLastKnown } from './last-known.ts';
import { LifeView } from './life/life-view.tsx';
import { linkToList, neighbour } from './list/last-list.ts';
import { LogView } from './log/log-view.tsx';

/** All of one task. */
export function OneTask({ taskId }: { taskId: number }) {
  const { now, again } = useResource<Task>(`/api/tasks/${taskId}`, { onChangeMs: 3_000 });
  const { answer, problem, atMs } = now.value;
  const known = useRef<LastKnown>(undefined);
  if (answer !== undefined && atMs !== null && known.current?.atMs !== atMs)
    known.current = withLastKnown(answer, atMs, known.current);
  const act = (verb: Verb) => propose(deedOn(taskId, verb, () => void again()));
  const step = (to: 1 | -1) => {
    // That of the address: a second key may come before this is drawn anew.
    const next = neighbour(Number(address.peek().path[1]), to);
    if (next !== undefined) go(linkTo(['tasks', next]));
  };
  useKeys([
    { keys: 'r', says: 'retry the task', run: () => act('retry') },
    { keys: 'c', says: 'cancel the task', run: () => act('cancel') },
    { keys: 'u', says: 'run the task now', run: () => act('run-now') },
    { keys: ']', says: 'the next task of the list', run: () => step(1) },
    { keys: '[', says: 'the task before in the list', run: () => step(-1) },
    { keys: 'b', says: 'back to the list', run: () => go(linkToList()) },
  ]);
  return (
    <>
      <nav class="task-nav" aria-label="List">
        <a href={linkToList()}>List</a>
        <Neighbour taskId={taskId} to={-1} word="[ before" />
        <Neighbour taskId={taskId} to={1} word="next ]" />
      </nav>
      {known.current === undefined ? (
        <NotThere {...{ taskId, problem }} />
      ) : (
        <Known {...{ ...known.current, now: now.value, act }} />
      )}
    </>
  );
}

function Neighbour({ taskId, to, word }: { taskId: number; to: 1 | -1; word: string }) {
  const next = neighbour(taskId, to);
  return next === undefined ? null : <a href={linkTo(['tasks', next])}>{word}</a>;
}

function NotThere({ taskId, problem }: { taskId: number; problem: Resource<Task>['problem'] }) {
  if (problem === undefined) return <p class="empty">Asking about task {taskId} …</p>;
  return problem.code === 'no-such-task' ? (
    <p class="empty">
      There is no task {taskId}: it never was, or TinyTask has deleted it.{' '}
      <a href={linkTo(['tasks'])}>All open tasks</a>
    </p>
  ) : (
    <ProblemNote problem={problem} />
  );
}

interface KnownProps extends Pick<LastKnown, 'task' | 'old'> {
  now: Resource<Task>;
  act(verb: Verb): void;
}

function Known({ task, old, now, act }: KnownProps) {
  const { task_id: id, title, attempts, description } = task;
  const isGone = now.problem?.code === 'no-such-task';
  return (
    <article class="one-task">
      <header>
        <h2>
          <span class="number">#{id}</span>{' '}
          {title === null ? (
            <span class="quiet">its title is not known</span>
          ) : (
            <LongText text={title} most={300} />
          )}
        </h2>
        <Standing task={task} isGone={isGone} />
        {!isGone && <Buttons {...{ task, act }} />}
      </header>
      {isGone ? (
        <p class="problem" role="alert">
          The task is not there any more: TinyTask has deleted it. This is what was known of it.
        </p>
      ) : (
        now.problem && (
          <>
            <ProblemNote problem={now.problem} />
            <p class="quiet">
              What is shown was known <Ago at={now.atMs === null ? null : new Date(now.atMs).toISOString()} />
              .
            </p>
          </>
        )
      )}
      {task.problems.map((says) => (
        <p key={says} class="problem">
          {says}
        </p>
      ))}
      <Older old={old} />
      <div class="columns">
        <div>
          {!isGone && <Why task={task} />}
          <LifeView task={task} />
          {description !== null && description !== '' && (
            <section aria-labelledby="description-title">
              <h3 id="description-title">Description</h3>
              <p class="pre">
                <LongText text={description} most={2_000} />
              </p>
            </section>
          )}
        </div>
        <aside aria-label="About the task">
          <About task={task} />
          <Comments task={task} />
        </aside>
      </div>
      <Log taskId={id} attempts={attempts} />
    </article>
  );
}

/** What has these does not answer now. */
function Older({ old }: Pick<LastKnown, 'old'>) {
  return (
    <>
      {old.map(({ what, atMs }) => (
        <p key={what} class="quiet">
          {what} is as it was <Ago at={new Date(atMs).toISOString()} />.
        </p>
      ))}
    </>
  );
}

function Standing({ task, isGone }: { task: Task; isGone: boolean }) {
  const { archived, status, where, task_id: id } = task;
  // The stream knows of a change before the answer is asked for again.
  const line = tasks.value.all.get(id) ?? where;
  if (isGone) return <PhaseMark phase="deleted" />;
  const phase = archived ? 'archived' : status === 'complete' ? 'complete' : (line?.phase ?? status);
  return (
    <p class="standing">
      {phase === null ? <span class="quiet">Where it is is not known.</span> : <PhaseMark phase={phase} />}
      {line && !archived && status !== 'complete' && (
        <>
          {line.since && (
            <span>
              since <Ago at={line.since} plain />
            </span>
          )}
          <bdi>{harmless(line.says)}</bdi>
        </>
      )}
    </p>
  );
}

function Buttons({ task: { archived, status, where, links }, act }: Pick<KnownProps, 'task' | 'act'>) {
  const isOver = archived === true || status === 'complete';
  const runs = where?.phase === 'running';
  return (
    <div class="buttons">
      {!isOver && (
        <>
          <button type="button" disabled={runs} onClick={() => act('run-now')}>
            Run now
          </button>
          <button
            type="button"
            class={where?.phase === 'parked' ? 'primary' : ''}
            disabled={runs}
            onClick={() => act('retry')}
          >
            Retry
          </button>
          <button type="button" onClick={() => act('cancel')}>
            Cancel
          </button>
        </>
      )}
      {links.workflow !== null && (
        <a href={links.workflow} target="_blank" rel="noreferrer">
          Its workflow in Temporal
        </a>
      )}
    </div>
  );
}

function Log({ taskId, attempts }: { taskId: number; attempts: Task['attempts'] }) {
  const asked = Number(address.value.query.get('attempt'));
  // Whoever reads or searches a log goes on with it when the next attempt begins.
  const [read, setRead] = useState<number>();
  const last = attempts?.at(-1);
  const chosen = useMemo(() => {
    const of = (wanted: number | undefined) => attempts?.findLast(({ attempt }) => attempt === wanted);
    return of(asked) ?? of(read) ?? last;
  }, [attempts, asked, read, last]);
  if (chosen === undefined) return null;
  const { attempt, log } = chosen;
  return (
    <>
      {last !== undefined && last.attempt !== attempt && (
        <p class="quiet">
          There is a later attempt.{' '}
          <button
            type="button"
            onClick={() => {
              setRead(undefined);
              setQuery({ attempt: undefined });
            }}
          >
            Show the log of attempt {last.attempt}
          </button>
        </p>
      )}
      {log === null ? (
        <p class="quiet">Attempt {attempt} has no log: no goose was started in it.</p>
      ) : (
        <LogView key={attempt} taskId={taskId} attempt={attempt} onRead={() => setRead(attempt)} />
      )}
    </>
  );
}
