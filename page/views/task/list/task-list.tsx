import { computed } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { address, go, setQuery } from '../../../address/address.ts';
import { linkTo } from '../../../address/link.ts';
import type { TaskLine, Tasks } from '../../../api/shapes.ts';
import { useResource } from '../../../live/resource.ts';
import { tasks, tasksTotal } from '../../../live/store.ts';
import { ProblemNote } from '../../../parts/deed.tsx';
import { useKeys } from '../../../parts/keys.ts';
import { List } from '../../../parts/list.tsx';
import { type Filter, filterIn, matching, NAMES } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import { keepList } from './last-list.ts';
import { select, selected, turn } from './selection.ts';
import { SelectionBar } from './selection-bar.tsx';
import { TaskRow } from './task-row.tsx';

const words = computed(() => JSON.stringify(filterIn(address.value.query)));
/** The same as long as its words are: a selection changes the address, too. */
const asked = computed(() => JSON.parse(words.value) as Filter);
/** Filtered and sorted once for each change that is shown, or when something else is asked for. */
const openShown = computed(() => matching(tasks.value.all.values(), asked.value));
const NONE: readonly TaskLine[] = [];

/** All open tasks, or complete ones, by filters that are in the address. */
export function TaskList() {
  const { query } = address.value;
  const filter = asked.value;
  const isComplete = filter.phase === 'complete';
  const { value: open } = tasks;
  const complete = useResource<Tasks>(isComplete ? pathOfComplete(filter) : null).now.value;
  const shown = isComplete ? (complete.answer?.tasks ?? NONE) : openShown.value;
  useEffect(() => {
    keepList(shown.map(idOf), linkTo(['tasks'], Object.fromEntries(query)));
  }, [shown, query]);
  useKeys([
    { keys: 'a', says: 'add a task', run: () => go(linkTo(['tasks', 'new'])) },
    { keys: 'X', says: 'select all that are listed, or none', run: () => turnAll(shown) },
  ]);
  // Nothing is known before the stream has told.
  const known = tasksTotal.value === null && open.all.size === 0 ? undefined : open.all.size;
  const total = isComplete ? complete.answer?.total : known;
  return (
    <>
      <div class="list-head">
        <h2>{isComplete ? 'Complete tasks' : 'Open tasks'}</h2>
        <p class="quiet">{sayCount(shown.length, total, isComplete)}</p>
        <a href={linkTo(['tasks', 'new'])}>Add a task</a>
      </div>
      <FilterBar {...{ filter, all: open.all }} />
      {complete.problem && isComplete && <ProblemNote problem={complete.problem} />}
      {!isComplete && <SelectionBar {...{ shown, turnAll: () => turnAll(shown) }} />}
      <List
        label={isComplete ? 'Complete tasks' : 'Open tasks'}
        items={shown}
        question={words.value}
        keyOf={idOf}
        rowPx={58}
        isMain
        row={(task) => <TaskRow {...{ task, isSelectable: !isComplete }} />}
        onOpen={(task) => go(linkTo(['tasks', task.task_id]))}
        keys={
          isComplete
            ? []
            : [{ keys: 'x', says: 'select the task, or not', run: (task) => turn(task.task_id) }]
        }
        empty={<Nothing isFiltered={NAMES.some((name) => filter[name])} isLoading={total === undefined} />}
      />
    </>
  );
}

const idOf = ({ task_id: id }: TaskLine) => id;
const COMPLETE = 500;

function pathOfComplete({ find, pool: _, ...rest }: ReturnType<typeof filterIn>): string {
  const given = Object.entries({ ...rest, find: find.trim(), limit: String(COMPLETE) }).filter(
    ([, value]) => value,
  );
  return `/api/tasks?${new URLSearchParams(given)}`;
}

function sayCount(shown: number, total: number | undefined, isComplete: boolean): string {
  if (total === undefined) return 'Asking …';
  const count = (number: number) => number.toLocaleString('en-GB');
  if (isComplete) return shown < total ? `the last ${count(shown)} of ${count(total)}` : count(total);
  const known = tasksTotal.value;
  const missing = known !== null && known > total ? `; ${count(known - total)} more are being loaded` : '';
  return (shown === total ? count(total) : `${count(shown)} of ${count(total)}`) + missing;
}

function turnAll(shown: readonly TaskLine[]): void {
  const isAll = shown.length > 0 && shown.every((task) => selected.peek().has(task.task_id));
  select(isAll ? [] : shown.map(idOf));
}

function Nothing({ isFiltered, isLoading }: { isFiltered: boolean; isLoading: boolean }) {
  if (isLoading) return <>Not known yet: the scheduler is asked.</>;
  if (!isFiltered)
    return (
      <>
        There are no open tasks. <a href={linkTo(['tasks', 'new'])}>Add one</a>, or{' '}
        <a href={linkTo(['tasks'], { phase: 'complete' })}>look at complete ones</a>.
      </>
    );
  const clear = Object.fromEntries(NAMES.map((name) => [name, undefined]));
  return (
    <>
      No task is as asked for.{' '}
      <button type="button" onClick={() => setQuery(clear)}>
        Show all
      </button>
    </>
  );
}
