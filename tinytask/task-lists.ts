import type { Task, TaskStatus } from '../domain/task.ts';
import { TinyTaskError } from './errors.ts';
import { mostUrgentFirst } from './open-tasks.ts';

/** What a list is of; archived tasks only on request. */
export interface ListFilter {
  status?: readonly TaskStatus[] | undefined;
  includeArchived?: boolean | undefined;
}

/** What `list_tasks` is called with. */
interface ListArguments {
  status?: readonly TaskStatus[] | TaskStatus | undefined;
  include_archived?: boolean | undefined;
  limit: number;
  offset: number;
}

/** More tasks than this are listed in pages, which are no longer one snapshot. */
const SNAPSHOT_LIMIT = 100_000;

/** The lists that `list_tasks` gives, of whichever TinyTask; the most urgent first. */
export class TaskLists {
  readonly #listTasks: (args: ListArguments) => Promise<Task[]>;
  /** It is a TinyTask 1, which lists the tasks of one status, or all. */
  #oneStatusOnly = false;

  constructor(listTasks: (args: ListArguments) => Promise<Task[]>) {
    this.#listTasks = listTasks;
  }

  async all(filter: ListFilter = {}): Promise<Task[]> {
    const tasks = new Map<number, Task>();
    for (let offset = 0; ; offset += SNAPSHOT_LIMIT) {
      const page = await this.#page(filter, { limit: SNAPSHOT_LIMIT, offset });
      for (const task of page) tasks.set(task.id, task);
      if (page.length < SNAPSHOT_LIMIT) return [...tasks.values()];
    }
  }

  async first(limit: number, filter: ListFilter = {}): Promise<Task[]> {
    return (await this.#page(filter, { limit, offset: 0 })).slice(0, limit);
  }

  async #page({ status, includeArchived }: ListFilter, part: { limit: number; offset: number }) {
    const ask = (status: ListArguments['status']) =>
      this.#listTasks({ status, include_archived: includeArchived, ...part });
    if (!this.#oneStatusOnly || status === undefined) {
      try {
        return await ask(status);
      } catch (error) {
        if (status === undefined || !refusesStatuses(error)) throw error;
        this.#oneStatusOnly = true;
      }
    }
    // No longer one snapshot: of a task that moves meanwhile the later reading counts, or it is seen the next time.
    const tasks = new Map<number, Task>();
    for (const one of status) for (const task of await ask(one)) tasks.set(task.id, task);
    return [...tasks.values()].sort(mostUrgentFirst);
  }
}

/** What is wrong with the arguments is said as zod says it, with the path of each. */
function refusesStatuses(error: unknown): boolean {
  if (!(error instanceof TinyTaskError) || error.kind !== 'refused') return false;
  return error.message.includes(String.raw`\"path\": [ \"status\" ]`);
}
