import type { z } from 'zod';
import type { Task, TaskStatus } from '../domain/task.ts';
import { changesAt } from './changes.ts';
import { changesUrl, healthUrl } from './endpoint.ts';
import { quote, TaskNotFound, TinyTaskError } from './errors.ts';
import { kindOf, type TinyTaskKind } from './kind.ts';
import { OpenListing } from './open-listing.ts';
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
  taskWithSubtasksReply,
} from './replies.ts';
import { SharedSession, type TransportKind } from './session.ts';
import {
  changeArguments,
  type NewTask,
  newTaskArguments,
  type TaskChange,
  usedOf,
} from './task-arguments.ts';
import { type ListFilter, TaskLists } from './task-lists.ts';

/** What TinyScheduler asks of a TinyTask. Every call throws a TinyTaskError when it could not be done. */
export interface TinyTask {
  /**
   * All tasks that are idle or working and not archived, most urgent first, in one consistent snapshot; of a TinyTask of ours
   * without descriptions, unless they are wanted. The same list as before if nothing has changed.
   */
  listOpen(wanted?: { descriptions: true }): Promise<readonly Task[]>;
  /** Most urgent first, at most `limit`; all where it is absent. Archived ones only on request. */
  list(filter?: ListFilter & { limit?: number }): Promise<Task[]>;
  /** All that carry the tag, whatever their status; the lowest id first. Archived ones only on request. */
  withTag(tag: string, wanted?: { includeArchived: true }): Promise<Task[]>;
  /** Undefined only when TinyTask says that it has no such task. */
  get(id: number): Promise<TaskWithComments | undefined>;
  /**
   * The task after the change. Throws TaskNotFound when there is no such task. `mayWrite` is called in the tick of each
   * sending, since a call whose connection was lost is sent again; where it throws, nothing is sent then.
   */
  update(id: number, change: TaskChange, mayWrite?: () => void): Promise<Task>;
  /**
   * It is not listed any more. One that is archived already is fine. Throws TaskNotFound when there is no such task.
   * `mayWrite`: as of `update`.
   */
  archive(id: number, mayWrite?: () => void): Promise<void>;
  /** Sent once: after an error other than `refused` it may or may not have been created. */
  create(input: NewTask): Promise<Task>;
  /** Oldest first. */
  comments(taskId: number): Promise<Comment[]>;
  /** Sent once, as `create` is. Throws TaskNotFound when there is no such task. `mayWrite`: as of `update`. */
  addComment(taskId: number, content: string, createdBy: string, mayWrite?: () => void): Promise<Comment>;
  /** A comment that is not there any more is fine. */
  deleteComment(id: number): Promise<void>;
  /** The direct subtasks, archived ones aside. */
  subtasks(taskId: number): Promise<Task[]>;
  /** What `get` and `subtasks` tell, of one moment where TinyTask has a tool for it. Undefined as with `get`. */
  withSubtasks(id: number): Promise<{ task: Task; subtasks: Task[] } | undefined>;
  /**
   * What names the state of its tasks now: at once where `since` is absent or was another state, else as soon as something is
   * written, or after some seconds. Undefined: this TinyTask does not tell.
   */
  changes(since?: string): Promise<string | undefined>;
  /** Throws when TinyTask answers neither `/health` nor an MCP ping. */
  health(): Promise<void>;
  /** Which TinyTask it is. */
  kind(): Promise<TinyTaskKind>;
  /** How TinyTask was last spoken to; undefined before the first call. */
  readonly speaks: TransportKind | undefined;
  /** Ends the session and every connection; calls under way fail. */
  close(): Promise<void>;
}

const OPEN: TaskStatus[] = ['idle', 'working'];
const ONE_DAY_MS = 86_400_000;
/** Of the deadline of a call, for a change to be waited for. */
const WAIT = 0.75;

/**
 * A client of the TinyTask at `endpoint` (`http://host:3000`, `/mcp` may follow; or the `/sse` of a TinyTask 1). It
 * connects with the first call. `deadlineMs` is for each call as a whole, connecting included. Throws an Error for a bad
 * endpoint.
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
  readonly #changes: { url: URL; waitMs: number };
  readonly #session: SharedSession;
  readonly #lists: TaskLists;
  readonly #open: OpenListing;

  constructor(endpoint: string, deadlineMs: number) {
    this.#health = healthUrl(endpoint);
    this.#changes = { url: changesUrl(endpoint), waitMs: deadlineMs * WAIT };
    this.#session = new SharedSession(endpoint, deadlineMs);
    this.#lists = new TaskLists((args) =>
      this.#ask({ tool: 'list_tasks', args: { ...args } }, taskListReply),
    );
    this.#open = new OpenListing(this.#session, endpoint, () => this.#lists.all({ status: OPEN }));
  }

  listOpen(wanted?: { descriptions: true }): Promise<readonly Task[]> {
    return wanted?.descriptions ? this.#lists.all({ status: OPEN }) : this.#open.list();
  }

  list({ limit, ...filter }: Parameters<TinyTask['list']>[0] = {}): Promise<Task[]> {
    return limit === undefined ? this.#lists.all(filter) : this.#lists.first(limit, filter);
  }

  // TinyTask lists by status, agent and queue alone.
  async withTag(tag: string, wanted?: { includeArchived: true }): Promise<Task[]> {
    const tasks = (await this.#lists.all(wanted)).filter(
      ({ tags, archivedAt }) => (wanted || archivedAt === null) && tags.includes(tag),
    );
    return tasks.sort((a, b) => a.id - b.id);
  }

  async get(id: number): Promise<TaskWithComments | undefined> {
    try {
      return await this.#ask({ tool: 'get_task', args: { id }, taskId: id }, taskWithCommentsReply);
    } catch (error) {
      if (error instanceof TaskNotFound) return undefined;
      throw error;
    }
  }

  async update(id: number, change: TaskChange, mayWrite?: () => void): Promise<Task> {
    const args = { id, ...changeArguments(change) };
    await this.#refuseLacking('update_task', args);
    return this.#ask({ tool: 'update_task', args, taskId: id, beforeSending: mayWrite }, taskReply);
  }

  async archive(id: number, mayWrite?: () => void): Promise<void> {
    await this.#call({ tool: 'archive_task', args: { id }, taskId: id, beforeSending: mayWrite }, true);
  }

  async create(input: NewTask): Promise<Task> {
    const args = newTaskArguments(input);
    await this.#refuseLacking('create_task', args);
    return this.#tell({ tool: 'create_task', args }, taskReply);
  }

  comments(taskId: number): Promise<Comment[]> {
    return this.#ask({ tool: 'list_comments', args: { task_id: taskId } }, commentListReply);
  }

  addComment(taskId: number, content: string, createdBy: string, mayWrite?: () => void): Promise<Comment> {
    const args = { task_id: taskId, content, created_by: createdBy };
    return this.#tell({ tool: 'add_comment', args, taskId, beforeSending: mayWrite }, commentReply);
  }

  async deleteComment(id: number): Promise<void> {
    try {
      await this.#call({ tool: 'delete_comment', args: { id } }, true);
    } catch (error) {
      const gone = error instanceof TinyTaskError && error.message.includes(`Comment not found: ${id}`);
      if (!gone) throw error;
    }
  }

  async subtasks(taskId: number): Promise<Task[]> {
    const tool = 'get_subtasks';
    try {
      return await this.#ask({ tool, args: { parent_task_id: taskId } }, subtaskListReply);
    } catch (error) {
      // TinyTask 1 has no subtasks.
      if (error instanceof TinyTaskError && error.message.includes(`"Unknown tool: ${tool}"`)) return [];
      throw error;
    }
  }

  async withSubtasks(id: number): Promise<{ task: Task; subtasks: Task[] } | undefined> {
    const call = { tool: 'get_task_with_subtasks', args: { task_id: id, recursive: false } };
    // TinyTask 1 has no subtasks.
    if (this.speaks !== 'sse') {
      try {
        return await this.#ask(call, taskWithSubtasksReply);
      } catch (error) {
        // That there is no such task, or none that is not archived, is said by the call that is asked for it elsewhere.
        if (!isAnswer(error)) throw error;
      }
    }
    const task = await this.get(id);
    return task && { task, subtasks: await this.subtasks(id) };
  }

  changes(since?: string): Promise<string | undefined> {
    const { connections } = this.#session;
    const { url, waitMs } = this.#changes;
    return this.#session.within('changes', () => changesAt(url, { since, waitMs, connections }));
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

  async kind(): Promise<TinyTaskKind> {
    const call = { tool: 'tools/list', repeatable: true };
    const { tools } = await this.#session.call(call, (client, signal) =>
      client.listTools(undefined, { signal, timeout: ONE_DAY_MS }),
    );
    return kindOf(this.#session.speaks ?? 'streamable-http', tools);
  }

  get speaks(): TransportKind | undefined {
    return this.#session.speaks;
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** TinyTask 1 leaves out in silence what it does not know: a task for a queue would be a task for nobody. */
  async #refuseLacking(tool: string, args: Record<string, unknown>): Promise<void> {
    const used = usedOf(args);
    if (used.length === 0) return;
    const { lacks } = await this.#kindOfOlder(tool);
    const missing = used.filter((what) => lacks.includes(what));
    if (missing.length === 0) return;
    const has = `has no ${missing.join(' and no ')}`;
    throw new TinyTaskError('refused', tool, `TinyTask ${has}, since it is TinyTask 1: nothing was changed`);
  }

  /** What speaks the newer transport is taken for TinyTask 2. */
  async #kindOfOlder(tool: string): Promise<Pick<TinyTaskKind, 'lacks'>> {
    if (this.speaks === undefined)
      await this.#session.call({ tool, repeatable: true }, async () => undefined);
    return this.speaks === 'sse' ? this.kind() : { lacks: [] };
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
  return (
    text.replace(/^Error (updating task|archiving task|adding comment): /, '') === `Task not found: ${taskId}`
  );
}

/** TinyTask has answered, though not with what was asked for. */
function isAnswer(error: unknown): boolean {
  return error instanceof TinyTaskError && (error.kind === 'refused' || error.kind === 'broken-reply');
}
