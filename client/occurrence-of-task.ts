import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { occurrenceMemoIn } from '../contract/memos.ts';
import type { OccurrenceMemo } from '../contract/occurrence.ts';
import type { FoundOccurrence, TaskOccurrence } from '../contract/occurrence-of-task.ts';
import { SCHEDULED_RUN } from '../contract/workflows.ts';
import { isSameTask, occurrenceNamed, type Task } from '../domain/task.ts';

/** The occurrence that a task's tag names, as the server has it; undefined: it names none. */
export async function occurrenceOf(client: Client, task: Task): Promise<TaskOccurrence | undefined> {
  const workflowId = occurrenceNamed(task.tags);
  return workflowId === undefined ? undefined : { workflowId, known: await look(client, workflowId, task) };
}

async function look(client: Client, workflowId: string, task: Task): Promise<FoundOccurrence | null> {
  try {
    const { type, memo, status } = await client.workflow.getHandle(workflowId).describe();
    const occurrence = occurrenceMemoIn(memo);
    if (type !== SCHEDULED_RUN || occurrence === undefined) return null;
    return knownOf(occurrence, task, status.name === 'RUNNING');
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

function knownOf(
  { schedule, plannedMs, phase, begun, task: made, waits, ended }: OccurrenceMemo,
  task: Task,
  isOpen: boolean,
): FoundOccurrence {
  const theirs = made === undefined ? 'none' : isSameTask(task, made) ? 'this' : { another: made };
  return {
    ...{ schedule, plannedMs, timeZone: begun?.definition.timeZone ?? null, task: theirs },
    phase: isOpen || phase === 'over' ? phase : 'lost',
    ...(waits && { waits }),
    ...(ended && { ended }),
  };
}
