import { z } from 'zod';
import type { Task } from '../domain/task.ts';
import { quote, TinyTaskError } from './errors.ts';
import { shortName } from './short-name.ts';
import { inUtc } from './utc.ts';

/** Where a TinyTask of ours tells which open tasks have changed. Others have no such place. */
export const OPEN_TASKS_PATH = '/open-tasks';

const change = z.object({
  mark: z.string(),
  /** To what this is a change; null: to nothing, these are all. */
  since: z.string().nullable(),
  // Its rows are looked at one by one: by zod, 100,000 of them are most of a second.
  tasks: z.array(z.unknown()),
  gone: z.array(z.int()),
});

/**
 * The open tasks as they were told last. It is a copy that may be lost at any time: who has none is told everything. A task that
 * did not change stays the same object, and the list stays the same one if none did.
 */
export class OpenTasks {
  #mark: string | undefined;
  #tasks: readonly Task[] = [];
  readonly #known = new Map<string, string>();

  /** By what the next change is asked for; undefined: all are wanted. */
  get mark(): string | undefined {
    return this.#mark;
  }

  /** Most urgent first. Throws a TinyTaskError `broken-reply`, and nothing is known then. */
  take(text: string): readonly Task[] {
    const before = this.#mark;
    this.#mark = undefined;
    const told = parsed(text);
    if (told.since !== null && told.since !== before) throw broken('a change to what nobody asked for', text);
    if (this.#known.size > MOST_NAMES) this.#known.clear();
    const fresh = told.tasks.map((row) => taskIn(row, (name) => this.#short(name), text));
    if (told.since === null) this.#tasks = fresh.sort(mostUrgentFirst);
    else if (fresh.length + told.gone.length > 0) this.#tasks = merged(this.#tasks, fresh, told.gone);
    this.#mark = told.mark;
    return this.#tasks;
  }

  /** The same names are the same text in memory, for as many tasks as have them. */
  #short(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const short = shortName(name);
    this.#known.set(name, short);
    return short;
  }
}

const MOST_NAMES = 10_000;

function merged(before: readonly Task[], fresh: readonly Task[], gone: readonly number[]): Task[] {
  const touched = new Set([...gone, ...fresh.map(({ id }) => id)]);
  return [...before.filter(({ id }) => !touched.has(id)), ...fresh].sort(mostUrgentFirst);
}

export function mostUrgentFirst(a: Task, b: Task): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.id - b.id;
}

function parsed(text: string): z.infer<typeof change> {
  try {
    return change.parse(JSON.parse(text));
  } catch (error) {
    throw broken((error as Error).message, text);
  }
}

/** Rows as tinytask/embedded/open-tasks.ts writes them. */
function taskIn(row: unknown, short: (name: string) => string, text: string): Task {
  if (!Array.isArray(row) || row.length !== 14) throw broken('a row of another form', text);
  const [
    id,
    title,
    status,
    to,
    previous,
    by,
    priority,
    tags,
    parent,
    queue,
    blocker,
    made,
    changed,
    blocked,
  ] = row;
  const name = (value: unknown) => (typeof value === 'string' ? short(value) : null);
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  if (typeof id !== 'number' || typeof title !== 'string' || (status !== 'idle' && status !== 'working'))
    throw broken(`a task of another form (${JSON.stringify(id)})`, text);
  // Field by field: an object that is put together from others takes twice the memory, and there are 100,000 of them.
  return {
    id,
    title,
    description: null,
    status,
    assignedTo: name(to),
    previousAssignedTo: name(previous),
    createdBy: name(by) ?? '',
    priority: number(priority) ?? 0,
    tags: Array.isArray(tags) && tags.length > 0 ? tags.map((tag) => short(String(tag))) : [],
    parentTaskId: number(parent),
    queue: name(queue),
    blockedByTaskId: number(blocker),
    // As `get` tells them: by `createdAt` a task is known again.
    createdAt: short(inUtc(String(made))),
    updatedAt: short(inUtc(String(changed))),
    archivedAt: null,
    isCurrentlyBlocked: blocked === 1,
  };
}

function broken(what: string, text: string): TinyTaskError {
  const says = `TinyTask's answer to ${OPEN_TASKS_PATH} is broken: ${what}; it begins ${quote(text)}`;
  return new TinyTaskError('broken-reply', 'list_tasks', says);
}
