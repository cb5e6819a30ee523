import { linkTo } from '../../../address/link.ts';
import type { TaskLine } from '../../../api/shapes.ts';
import { harmless } from '../../../parts/harmless.ts';
import { PhaseMark } from '../../../parts/mark.tsx';
import { Ago } from '../../../parts/time.tsx';
import { selected, turn } from './selection.ts';

/** Of a title in a row. */
const TITLE = 160;

export function TaskRow({ task, isSelectable }: { task: TaskLine; isSelectable: boolean }) {
  const { task_id: id, title, phase, agent, queue, priority, says, since, added } = task;
  const long = title.length > TITLE;
  return (
    <div class="task-row">
      {isSelectable && (
        <input
          type="checkbox"
          aria-label={`Select task ${id}`}
          checked={selected.value.has(id)}
          onChange={() => turn(id)}
        />
      )}
      <a href={linkTo(['tasks', id])} class="task-title" title={long ? harmless(title) : undefined}>
        <span class="number">#{id}</span> <bdi>{harmless(long ? `${title.slice(0, TITLE)}…` : title)}</bdi>
      </a>
      <PhaseMark phase={phase} />
      <span class="row-about quiet">
        <span>{agent ?? queue ?? 'nobody'}</span>
        {priority !== 0 && <span>priority {priority}</span>}
        <Ago at={since ?? added} plain />
        <bdi class="row-says">{harmless(says)}</bdi>
      </span>
    </div>
  );
}
