import type { Task } from '../../../api/shapes.ts';
import { harmless } from '../../../parts/harmless.ts';
import { Ago } from '../../../parts/time.tsx';
import { LongText } from './long-text.tsx';

/** What was written below it, the newest first. */
export function Comments({ task: { comments, comments_total: total } }: { task: Task }) {
  if (comments === null) return <p class="quiet">Its comments are not known.</p>;
  if (comments.length === 0) return <p class="quiet">There are no comments.</p>;
  const older = (total ?? comments.length) - comments.length;
  return (
    <section aria-labelledby="comments-title">
      <h3 id="comments-title">Comments ({total})</h3>
      <ol class="comments">
        {[...comments].reverse().map(({ id, by, at, text }) => (
          <li key={id}>
            <p class="quiet">
              <bdi>{harmless(by ?? 'somebody')}</bdi>, <Ago at={at} />
            </p>
            <p class="pre">
              <LongText text={text} most={400} />
            </p>
          </li>
        ))}
      </ol>
      {older > 0 && <p class="quiet">{older} older ones are in TinyTask.</p>}
    </section>
  );
}
