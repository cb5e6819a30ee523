import type { ComponentChildren } from 'preact';
import { linkTo } from '../../../address/link.ts';
import type { Task } from '../../../api/shapes.ts';
import { tasks } from '../../../live/store.ts';
import { harmless } from '../../../parts/harmless.ts';
import { Ago } from '../../../parts/time.tsx';
import { LongText } from './long-text.tsx';

/** Of tasks in a line of text. */
const MOST = 20;

/** What TinyTask has of it. */
export function About({ task }: { task: Task }) {
  const { task_id: id, queue, assigned_to: agent, priority, added, updated, tags, parent, where } = task;
  const blockers = where?.blocked_by ?? (task.blocked_by === null ? [] : [task.blocked_by]);
  const blocks = [...tasks.value.all.values()].filter((each) => each.blocked_by.includes(id));
  return (
    <section aria-labelledby="about-title">
      <h3 id="about-title">About</h3>
      <dl class="facts">
        <Fact name="Queue">{queue}</Fact>
        <Fact name="Agent">{where?.agent ?? agent}</Fact>
        <Fact name="Priority">{priority}</Fact>
        <Fact name="Added">{added && <Ago at={added} />}</Fact>
        <Fact name="By">{task.created_by && <LongText text={task.created_by} most={80} />}</Fact>
        <Fact name="Changed">{updated && <Ago at={updated} />}</Fact>
        <Fact name="Waits for">{blockers.length > 0 ? <Links ids={blockers} /> : 'no task'}</Fact>
        <Fact name="Blocks">
          {blocks.length > 0 ? <Links ids={blocks.map((each) => each.task_id)} /> : 'no open task'}
        </Fact>
        {parent !== null && (
          <Fact name="Part of">
            <Links ids={[parent]} />
          </Fact>
        )}
        <Fact name="Tags">
          {tags.length === 0
            ? 'none'
            : tags.slice(0, 50).map((tag) => (
                <code key={tag} class="tag" title={harmless(tag)}>
                  <bdi>{harmless(tag.length > 60 ? `${tag.slice(0, 60)}…` : tag)}</bdi>
                </code>
              ))}
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children ?? <span title="not known, or none">–</span>}</dd>
    </div>
  );
}

function Links({ ids }: { ids: readonly number[] }) {
  const more = ids.length - MOST;
  return (
    <>
      {ids.slice(0, MOST).map((id) => (
        <a
          key={id}
          href={linkTo(['tasks', id])}
          class="task-link"
          title={tasks.value.all.get(id)?.title.slice(0, 200)}
        >
          #{id}
        </a>
      ))}
      {more > 0 && <span class="quiet"> and {more.toLocaleString('en-GB')} more</span>}
    </>
  );
}
