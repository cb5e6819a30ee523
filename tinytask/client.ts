import type { z } from 'zod';
import type { Task, TaskStatus } from '../domain/task.ts';
import { healthUrl } from './endpoint.ts';
import { quote, TaskNotFound, TinyTaskError } from './errors.ts';
import {
  type Comment,
  commentListReply,
  commentReply,
  parseReply,
  subtaskListReply,
  type TaskWithComments,
  taskListReply,
  taskReply,
  taskWithCommentsReply,
} from './replies.ts';
import { SharedSession } from './session.ts';

/** What TinyScheduler asks of a TinyTask. Every call throws a TinyTaskError when it could not be done. */
export interface TinyTask {
  /** All tasks that are idle or working and not archived, most urgent first, in one consistent snapshot. */
  listOpen(): Promise<Task[]>;
  /** Most urgent first, at most `limit` (100 where absent). Archived ones only on request. */
  list(filter?: { status?: TaskStatus[]; includeArchived?: boolean; limit?: number }): Promise<Task[]>;
  /** Undefined only when TinyTask says that it has no such task. */
  get(id: number): Promise<TaskWithComments | undefined>;
  /**
   * The task after the change. Throws TaskNotFound when there is no such task. `mayWrite` is called in the tick of each
   * sending, since a call whose connection was lost is sent again; where it throws, nothing is sent then.
   */
  update(id: number, change: TaskChange, mayWrite?: () => void): Promise<Task>;
  /** Sent once: after an error other than `refused` it may or may not have been created. */
  create(input: NewTask): Promise<Task>;
  /** Oldest first. */
  comments(taskId: number): Promise<Comment[]>;
  /** Sent once, as `create` is. Throws TaskNotFound when there is no such task. */
  addComment(taskId: number, content: string, createdBy: string): Promise<Comment>;
  /** A comment that is not there any more is fine. */
  deleteComment(id: number): Promise<void>;
  /** The direct subtasks, archived ones aside. */
  subtasks(taskId: number): Promise<Task[]>;
  /** Throws when TinyTask answers neither `/health` nor an MCP ping. */
  health(): Promise<void>;
  /** Ends the session and every connection; calls under way fail. */
  close(): Promise<void>;
}

export interface TaskChange {
  status?: TaskStatus;
  /** TinyTask cannot take an assignment back. */
  assignedTo?: string;
  /** Null: it is blocked no longer. */
  blockedByTaskId?: number | null;
  priority?: number;
  queue?: string;
}

export interface NewTask {
  title: string;
  description?: string;
  createdBy: string;
  assignedTo?: string;
  queue?: string;
  priority?: number;
  tags?: string[];
  parentTaskId?: number;
  blockedByTaskId?: number;
}

/** More tasks than this are listed in pages, which are no longer one snapshot. */
const SNAPSHOT_LIMIT = 100_000;
const ONE_DAY_MS = 86_400_000;

/**
 * A client of the TinyTask at `endpoint` (`http://host:3000`, `/mcp` may follow). It connects with the first
 * call. `deadlineMs` is for each call as a whole, connecting included. Throws an Error for a bad endpoint.
 */
export function connectTinyTask(options: { endpoint: string; deadlineMs?: number }): TinyTask {
  return new McpTinyTask(options.endpoint, options.deadlineMs ?? 10_000);
}

interface ToolCall {
  tool: string;
  args: Record<string, unknown>;
  /** The task whose absence is a TaskNotFound. */
  taskId?: number;
  /** Called in the tick of each sending. Nothing is sent where it throws. */
  beforeSending?: (() => void) | undefined;
}

class McpTinyTask implements TinyTask {
  readonly #health: URL;
  readonly #session: SharedSession;

  constructor(endpoint: string, deadlineMs: number) {
    this.#health = healthUrl(endpoint);
    this.#session = new SharedSession(endpoint, deadlineMs);
  }

  async listOpen(): Promise<Task[]> {
    const tasks = new Map<number, Task>();
    for (let offset = 0; ; offset += SNAPSHOT_LIMIT) {
      const args = { status: ['idle', 'working'], limit: SNAPSHOT_LIMIT, offset };
      const page = await this.#ask({ tool: 'list_tasks', args }, taskListReply);
      for (const task of page) tasks.set(task.id, task);
      if (page.length < SNAPSHOT_LIMIT) return [...tasks.values()];
    }
  }

  list({ status, includeArchived, limit }: Parameters<TinyTask['list']>[0] = {}): Promise<Task[]> {
    const args = { status, include_archived: includeArchived, limit };
    return this.#ask({ tool: 'list_tasks', args }, taskListReply);
  }

  async get(id: number): Promise<TaskWithComments | undefined> {
    try {
      return await this.#ask({ tool: 'get_task', args: { id }, taskId: id }, taskWithCommentsReply);
    } catch (error) {
      if (error instanceof TaskNotFound) return undefined;
      throw error;
    }
  }

  update(id: number, change: TaskChange, mayWrite?: () => void): Promise<Task> {
    const args = { id, ...changeArguments(change) };
    return this.#ask({ tool: 'update_task', args, taskId: id, beforeSending: mayWrite }, taskReply);
  }

  create(input: NewTask): Promise<Task> {
    return this.#tell({ tool: 'create_task', args: newTaskArguments(input) }, taskReply);
  }

  comments(taskId: number): Promise<Comment[]> {
    return this.#ask({ tool: 'list_comments', args: { task_id: taskId } }, commentListReply);
  }

  addComment(taskId: number, content: string, createdBy: string): Promise<Comment> {
    const args = { task_id: taskId, content, created_by: createdBy };
    return this.#tell({ tool: 'add_comment', args, taskId }, commentReply);
  }

  async deleteComment(id: number): Promise<void> {
    try {
      await this.#call({ tool: 'delete_comment', args: { id } }, true);
    } catch (error) {
      const gone = error instanceof TinyTaskError && error.message.includes(`Comment not found: ${id}`);
      if (!gone) throw error;
    }
  }

  subtasks(taskId: number): Promise<Task[]> {
    return this.#ask({ tool: 'get_subtasks', args: { parent_task_id: taskId } }, subtaskListReply);
  }

  health(): Promise<void> {
    return this.#session.within('health', async () => {
      const healthy = await this.#session.connections.fetch(this.#health).then(
        (response) => response.ok,
        () => false,
      );
      if (!healthy) await this.#session.call({ tool: 'health', repeatable: true }, (client) => client.ping());
    });
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** A call that may be sent twice. */
  async #ask<T>(call: ToolCall, reply: z.ZodType<T>): Promise<T> {
    return parseReply(call.tool, await this.#call(call, true), reply);
  }

  /** A call that is sent once, since doing it twice is not doing it once. */
  async #tell<T>(call: ToolCall, reply: z.ZodType<T>): Promise<T> {
    return parseReply(call.tool, await this.#call(call, false), reply);
  }

  /** The text that the tool answered. */
  async #call({ tool, args, taskId, beforeSending }: ToolCall, repeatable: boolean): Promise<string> {
    const result = await this.#session.call({ tool, repeatable }, async (client, signal) => {
      beforeSending?.();
      // The deadline is ours, as the SDK's does not include connecting.
      return client.callTool({ name: tool, arguments: args }, undefined, { signal, timeout: ONE_DAY_MS });
    });
    const [first] = result.content as { text?: string }[];
    const text = first?.text ?? '';
    if (!result.isError) return text;
    if (taskId !== undefined && saysNotFound(text, taskId)) throw new TaskNotFound(tool, taskId);
    throw new TinyTaskError('refused', tool, `TinyTask refused ${tool}: ${quote(text, 500)}`);
  }
}

function saysNotFound(text: string, taskId: number): boolean {
  return text.replace(/^Error (updating task|adding comment): /, '') === `Task not found: ${taskId}`;
}

function changeArguments(change: TaskChange) {
  return {
    status: change.status,
    assigned_to: change.assignedTo,
    blocked_by_task_id: change.blockedByTaskId,
    priority: change.priority,
    queue_name: change.queue,
  };
}

function newTaskArguments(input: NewTask) {
  return {
    title: input.title,
    description: input.description,
    created_by: input.createdBy,
    assigned_to: input.assignedTo,
    queue_name: input.queue,
    priority: input.priority,
    tags: input.tags,
    parent_task_id: input.parentTaskId,
    blocked_by_task_id: input.blockedByTaskId,
  };
}
