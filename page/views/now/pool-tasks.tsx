import { useComputed } from '@preact/signals';
import { tasks } from '../../live/store.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { harmless } from '../../parts/harmless.ts';
import { List } from '../../parts/list.tsx';
import { PhaseMark } from '../../parts/mark.tsx';
import { Ago } from '../../parts/time.tsx';
import { sorted } from './derived.ts';
import { type LineRow, lineRows } from './line-rows.ts';
import { opened, turnOpen } from './opened.ts';
import { useOrder } from './order.ts';
import { TaskLink, TaskNumbers } from './task-words.tsx';
import { Why } from './why.tsx';

const NOTHING = { ready: [], cannot: [], blocked: [] };

/** What waits in a pool: the line, what cannot start, and what waits for other tasks below these. */
export function PoolTasks({ pool }: { pool: string | null }) {
  const { now, more } = useOrder(pool);
  const rows = useComputed(() =>
    lineRows({
      waiting: sorted.value.byPool.get(pool) ?? NOTHING,
      order: now.value.answer ?? null,
      lineOf: (id) => tasks.value.all.get(id),
    }),
  );
  const { problem } = now.value;
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <List
        label={pool === null ? 'Tasks that wait in no pool' : `Tasks that wait in pool ${pool}`}
        items={rows.value}
        keyOf={({ key }) => key}
        rowPx={56}
        row={(row) => <Row row={row} more={more} isOrdered={now.value.answer !== undefined} />}
        onOpen={(row) => (row.is === 'task' ? turnOpen(row.line.task_id) : row.is === 'more' && more())}
        empty="Nothing waits here."
      />
    </>
  );
}

function Row({ row, more, isOrdered }: { row: LineRow; more: () => void; isOrdered: boolean }) {
  switch (row.is) {
    case 'head':
      return (
        <div class="now-group-row">
          <strong>
            <bdi>{harmless(row.title)}</bdi>
          </strong>{' '}
          <span class="quiet">({row.count})</span>
        </div>
      );
    case 'more':
      return isOrdered ? (
        <button type="button" onClick={more}>
          {row.count} more: show the next
        </button>
      ) : (
        <span class="quiet">Asking in which order {row.count} go …</span>
      );
    case 'blocker':
      return (
        <div class="now-wait-row">
          <TaskLink id={row.id} title={row.line?.title} />
          {row.line === undefined ? (
            <span class="quiet">it is not among the open tasks that are known</span>
          ) : (
            <PhaseMark phase={row.line.phase} />
          )}
          {row.line?.agent != null && (
            <span>
              on <bdi>{row.line.agent}</bdi>
            </span>
          )}
          <Blocks id={row.id} />
        </div>
      );
    case 'task':
      return <Waits row={row} />;
  }
}

/** Deeper ones stand below each other. */
const MOST_DEPTH = 6;

function Waits({ row: { line, place, depth, isBelowHead } }: { row: Extract<LineRow, { is: 'task' }> }) {
  const isOpen = opened.value === line.task_id;
  const others = line.blocked_by.slice(1);
  // The row above it, or the head of its group, says it.
  const isSaid = isBelowHead || (depth > 0 && line.reason === 'blocked' && line.still === null);
  return (
    <div class={`now-wait-row${depth > 0 ? ` now-below now-below-${Math.min(depth, MOST_DEPTH)}` : ''}`}>
      {place !== null && (
        <span class="now-place" title="Its place in line">
          {place}.
        </span>
      )}
      <TaskLink id={line.task_id} title={line.title} />
      <span class="quiet">
        waits <Ago at={line.since ?? line.added} plain />
      </span>
      {line.priority !== 0 && <span>priority {line.priority}</span>}
      <span class="now-says">{!isSaid && <bdi>{harmless(line.says)}</bdi>}</span>
      {others.length > 0 && (
        <span>
          waits for <TaskNumbers ids={others} /> too
        </span>
      )}
      <Blocks id={line.task_id} />
      <button type="button" class="now-small" aria-expanded={isOpen} onClick={() => turnOpen(line.task_id)}>
        {isOpen ? 'Close' : 'What would start it?'}
      </button>
      {isOpen && <Why id={line.task_id} />}
    </div>
  );
}

function Blocks({ id }: { id: number }) {
  const ids = sorted.value.blocks.get(id);
  if (ids === undefined) return null;
  return (
    <span class="now-blocks">
      blocks <TaskNumbers ids={ids} />
    </span>
  );
}
