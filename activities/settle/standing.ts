import { type AttemptEnd, type Settlement, settlement } from '../../domain/attempt/settle.ts';
import { isOpen } from '../../domain/task.ts';
import type { TinyTask } from '../../tinytask/client.ts';

/** What TinyTask makes of an attempt's end now: what is to be written, and what becomes of the task. @throws TinyTaskError */
export async function readSettlement(
  tinytask: TinyTask,
  end: Omit<AttemptEnd, 'task' | 'openSubtasks'>,
): Promise<Settlement> {
  const { ref, verdict } = end;
  if (verdict.kind !== 'completed')
    return settlement({ ...end, task: await tinytask.get(ref.id), openSubtasks: [] });
  const { task, subtasks } = (await tinytask.withSubtasks(ref.id)) ?? { task: undefined, subtasks: [] };
  return settlement({ ...end, task, openSubtasks: subtasks.filter(isOpen).map(({ id }) => id) });
}
