import { type AttemptEnd, type Settlement, settlement } from '../../domain/attempt/settle.ts';
import { isOpen } from '../../domain/task.ts';
import type { TinyTask } from '../../tinytask/client.ts';

/** What TinyTask makes of an attempt's end now: what is to be written, and what becomes of the task. @throws TinyTaskError */
export async function readSettlement(
  tinytask: TinyTask,
  end: Omit<AttemptEnd, 'task' | 'openSubtasks'>,
): Promise<Settlement> {
  const { ref, verdict } = end;
  const task = await tinytask.get(ref.id);
  const mayComplete = task !== undefined && verdict.kind === 'completed';
  const openSubtasks = mayComplete ? (await tinytask.subtasks(ref.id)).filter(isOpen) : [];
  return settlement({ ...end, task, openSubtasks: openSubtasks.map((subtask) => subtask.id) });
}
