import { checkArguments } from './arguments.ts';
import type { Store } from './database.ts';
import * as notes from './notes.ts';
import { clearQueue, listQueues, queueName, queueStats } from './queues.ts';
import { Refusal } from './refusal.ts';
import * as changes from './task-changes.ts';
import * as rows from './task-rows.ts';

export interface CallReply {
  [field: string]: unknown;
  content: { type: 'text'; text: string }[];
  isError?: true;
}

/** What TinyTask says an error interrupted: "Error <doing>: …". A Refusal of the tools without it stands bare. */
interface Call {
  doing?: string;
  // The arguments have been checked against the tool's own list, so each call may name the form it gets.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  run(store: Store, args: any): unknown;
}

const calls: Record<string, Call> = {
  create_task: { doing: 'creating task', run: (store, args) => changes.createTask(store, args) },
  update_task: {
    doing: 'updating task',
    run: (store, { id, ...change }) => changes.updateTask(store, id, change),
  },
  get_task: { run: (store, { id }) => withNotes(store, rows.task(store, id)) },
  delete_task: {
    doing: 'deleting task',
    run: (store, { id }) => {
      changes.deleteTask(store, id);
      return deleted('Task', id);
    },
  },
  archive_task: { doing: 'archiving task', run: (store, { id }) => changes.archiveTask(store, id) },
  list_tasks: {
    doing: 'listing tasks',
    run: (store, filter) => counted('tasks', rows.listTasks(store, { limit: 100, ...filter })),
  },
  get_my_queue: {
    doing: 'retrieving queue',
    run: (store, { agent_name: agent }) => ({
      agent,
      ...counted('tasks', rows.listTasks(store, { assigned_to: agent, status: ['idle', 'working'] })),
    }),
  },
  signup_for_task: {
    doing: 'signing up for task',
    run: (store, { agent_name: agent }) => {
      const task = changes.signUp(store, agent);
      if (!task) return `No idle tasks available in queue for agent: ${agent}`;
      return `Task #${task.id} claimed and set to working status\n\n${pretty(withNotes(store, task))}`;
    },
  },
  move_task: {
    run: (store, { task_id: id, current_agent: from, new_agent: to, comment }) =>
      changes.moveTask(store, { id, from, to, comment }),
  },
  create_subtask: { doing: 'creating subtask', run: (store, args) => changes.createTask(store, args) },
  get_subtasks: {
    doing: 'retrieving subtasks',
    run: (store, { parent_task_id, recursive = false, include_archived: includeArchived = false }) => ({
      parent_task_id,
      recursive,
      ...counted('subtasks', rows.listSubtasks(store, parent_task_id, { recursive, includeArchived })),
    }),
  },
  get_task_with_subtasks: {
    run: (store, { task_id: id, recursive = false }) => {
      const task = rows.task(store, id);
      const subtasks = rows.listSubtasks(store, id, { recursive });
      return { ...task, subtasks, subtask_count: subtasks.length };
    },
  },
  move_subtask: {
    doing: 'moving subtask',
    run: (store, { subtask_id: id, new_parent_id: parentId = null }) => {
      const task = changes.updateTask(store, id, { parent_task_id: parentId });
      const to = parentId === null ? 'top-level (no parent)' : `parent #${parentId}`;
      return `Task #${id} moved to ${to}\n\n${pretty(task)}`;
    },
  },
  list_queues: { doing: 'listing queues', run: (store) => counted('queues', listQueues(store)) },
  get_queue_stats: {
    doing: 'retrieving queue stats',
    run: (store, { queue_name }) => queueStats(store, queue_name),
  },
  add_task_to_queue: {
    doing: 'adding task to queue',
    run: (store, { task_id, queue_name }) =>
      changes.updateTask(store, task_id, { queue_name: queueName(queue_name) }),
  },
  remove_task_from_queue: {
    doing: 'removing task from queue',
    run: (store, { task_id }) => changes.updateTask(store, task_id, { queue_name: null }),
  },
  move_task_to_queue: {
    doing: 'moving task to queue',
    run: (store, { task_id, new_queue_name }) =>
      changes.updateTask(store, task_id, { queue_name: queueName(new_queue_name) }),
  },
  get_queue_tasks: {
    doing: 'retrieving queue tasks',
    run: (store, { queue_name, ...given }) => {
      const tasks = rows.listTasks(store, { ...given, queue_name: queueName(queue_name) });
      const filters = {
        assigned_to: given.assigned_to,
        status: given.status,
        exclude_status: given.exclude_status,
        parent_task_id: given.parent_task_id,
        exclude_subtasks: given.exclude_subtasks,
        include_archived: given.include_archived ?? false,
        limit: given.limit,
        offset: given.offset,
      };
      return { queue_name, count: tasks.length, filters, tasks };
    },
  },
  clear_queue: {
    doing: 'clearing queue',
    run: (store, { queue_name }) => ({ queue_name, tasks_cleared: clearQueue(store, queue_name) }),
  },
  add_comment: {
    doing: 'adding comment',
    run: (store, { task_id: taskId, content, created_by: createdBy }) =>
      notes.addComment(store, { taskId, content, createdBy }),
  },
  update_comment: {
    doing: 'updating comment',
    run: (store, { id, content }) => notes.updateComment(store, id, content),
  },
  delete_comment: {
    doing: 'deleting comment',
    run: (store, { id }) => {
      notes.deleteComment(store, id);
      return deleted('Comment', id);
    },
  },
  list_comments: {
    doing: 'listing comments',
    run: (store, { task_id }) => ({ task_id, ...counted('comments', notes.listComments(store, task_id)) }),
  },
  get_comment: { run: (store, { id }) => notes.comment(store, id) },
  move_comment: {
    doing: 'moving comment',
    run: (store, { comment_id, to_task_id }) => notes.moveComment(store, comment_id, to_task_id),
  },
  add_link: { doing: 'adding link', run: (store, args) => notes.addLink(store, args) },
  update_link: {
    doing: 'updating link',
    run: (store, { id, ...change }) => notes.updateLink(store, id, change),
  },
  delete_link: {
    doing: 'deleting link',
    run: (store, { id }) => {
      notes.deleteLink(store, id);
      return deleted('Link', id);
    },
  },
  list_links: {
    doing: 'listing links',
    run: (store, { task_id }) => ({ task_id, ...counted('links', notes.listLinks(store, task_id)) }),
  },
};

/** Does one tool call, wholly or not at all. What goes wrong is part of the answer, as in TinyTask. */
export function answerCall(store: Store, tool: string, given: unknown): CallReply {
  const call = calls[tool];
  let args: Record<string, unknown> | undefined;
  try {
    args = checkArguments(tool, given);
  } catch (error) {
    return failed(`Error calling tool ${tool}: ${(error as Error).message}`);
  }
  if (!call || !args) return failed(`Unknown tool: ${tool}`);
  try {
    const result = store.atomically(() => call.run(store, args));
    return { content: [{ type: 'text', text: typeof result === 'string' ? result : pretty(result) }] };
  } catch (error) {
    const { message } = error as Error;
    if (call.doing) return failed(`Error ${call.doing}: ${message}`);
    return failed(error instanceof Refusal ? message : `Error calling tool ${tool}: ${message}`);
  }
}

function failed(text: string): CallReply {
  return { content: [{ type: 'text', text }], isError: true };
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function counted(name: string, list: unknown[]) {
  return { count: list.length, [name]: list };
}

function deleted(what: string, id: number): string {
  return JSON.stringify({ success: true, message: `${what} ${id} deleted successfully`, id });
}

function withNotes(store: Store, task: rows.TaskReply) {
  return { ...task, comments: notes.listComments(store, task.id), links: notes.listLinks(store, task.id) };
}
