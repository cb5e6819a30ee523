import type { Task } from '../domain/task.ts';
import type { TinyTask } from '../tinytask/client.ts';
import type { NewTaskInput } from './scheduler-client.ts';

/** Adds a task to TinyTask, in TinyTask's words. @throws TinyTaskError */
export function addTask(tinytask: TinyTask, task: NewTaskInput): Promise<Task> {
  const { title, description, queue, agent, priority, blockedBy, tags } = task;
  return tinytask.create({
    title,
    createdBy: 'tinyscheduler',
    ...(description === undefined ? {} : { description }),
    ...(queue === undefined ? {} : { queue }),
    ...(agent === undefined ? {} : { assignedTo: agent }),
    ...(priority === undefined ? {} : { priority }),
    ...(tags === undefined ? {} : { tags }),
    ...(blockedBy === undefined ? {} : { blockedByTaskId: blockedBy }),
  });
}
