import type { Log } from '../../api/shapes.ts';
import { useResource } from '../../live/resource.ts';
import { lastLines } from './last-lines.ts';

const BYTES = 4_096;
const LINES = 12;

/** The last lines of a task's log. */
export function LogTail({ id }: { id: number }) {
  const { now } = useResource<Log>(`/api/tasks/${id}/log?from=-${BYTES}`, { onChangeMs: null });
  const { answer, problem } = now.value;
  if (answer === undefined)
    return <p class="quiet">{problem ? `No log: ${problem.detail}` : 'Asking for its log …'}</p>;
  const lines = lastLines(answer.text, LINES, answer.from > 0);
  if (lines.length === 0) return <p class="quiet">Its log is empty.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by keyboard.
    <section class="now-log-tail" tabIndex={0} aria-label={`Last lines of the log of task ${id}`}>
      <pre>{lines.join('\n')}</pre>
    </section>
  );
}
