import type { Client } from '@temporalio/client';
import type { OccurrenceMemo } from '../contract/occurrence.ts';
import type { FoundOccurrence, TaskOccurrence } from '../contract/occurrence-of-task.ts';
import { isSameTask, occurrenceNamed, type Task } from '../domain/task.ts';
import { lookAtOccurrence } from './schedules/occurrence.ts';

/** The occurrence that a task's tag names, as the server has it; undefined: it names none. */
export async function occurrenceOf(client: Client, task: Task): Promise<TaskOccurrence | undefined> {
  const workflowId = occurrenceNamed(task.tags);
  if (workflowId === undefined) return undefined;
  const { memo, closed } = (await lookAtOccurrence(client, workflowId)) ?? {};
  return { workflowId, known: memo === undefined ? null : knownOf(memo, task, !closed) };
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
