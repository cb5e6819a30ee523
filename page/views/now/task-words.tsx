import { linkTo } from '../../address/link.ts';
import { harmless } from '../../parts/harmless.ts';

/** A task by number and title, which leads to it. */
export function TaskLink({ id, title }: { id: number; title: string | null | undefined }) {
  return (
    <a class="now-task-link" href={linkTo(['tasks', id])} title={title == null ? undefined : harmless(title)}>
      <span class="now-number">{id}</span>{' '}
      {title == null ? <span title="not known">–</span> : <bdi class="now-title">{harmless(title)}</bdi>}
    </a>
  );
}

const SHOWN = 6;

/** Tasks by their numbers, each of which leads to it. */
export function TaskNumbers({ ids }: { ids: readonly number[] }) {
  return (
    <>
      {ids.slice(0, SHOWN).map((id, at) => (
        <span key={id}>
          {at > 0 && ', '}
          <a href={linkTo(['tasks', id])}>{id}</a>
        </span>
      ))}
      {ids.length > SHOWN && ` and ${ids.length - SHOWN} more`}
    </>
  );
}
