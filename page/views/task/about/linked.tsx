import { linkTo } from '../../../address/link.ts';
import { harmless } from '../../../parts/harmless.ts';
import { splitTasks } from './split-tasks.ts';

/** A sentence in which the numbers of tasks lead to them. */
export function Linked({ text }: { text: string }) {
  return (
    <>
      {splitTasks(harmless(text)).map(({ text: part, taskId }, at) =>
        taskId === undefined ? (
          part
        ) : (
          <a key={at} href={linkTo(['tasks', taskId])}>
            {part}
          </a>
        ),
      )}
    </>
  );
}
