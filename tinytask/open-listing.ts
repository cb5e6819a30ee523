import type { Task } from '../domain/task.ts';
import { openTasksUrl } from './endpoint.ts';
import { OpenTasks } from './open-tasks.ts';
import type { SharedSession } from './session.ts';

/** Lists the open tasks: a TinyTask of ours is asked for what has changed since the last time, another one for all. */
export class OpenListing {
  readonly #session: SharedSession;
  readonly #endpoint: string;
  readonly #listAll: () => Promise<Task[]>;
  readonly #open = new OpenTasks();
  /** The listing that is under way, and the one that begins after it. */
  #listing: Promise<unknown> = Promise.resolve();
  #next: Promise<readonly Task[]> | undefined;
  /** As far as it is known, it tells which open tasks have changed. */
  #isOurs = true;

  constructor(session: SharedSession, endpoint: string, listAll: () => Promise<Task[]>) {
    this.#session = session;
    this.#endpoint = endpoint;
    this.#listAll = listAll;
  }

  list(): Promise<readonly Task[]> {
    if (!this.#isOurs) return this.#listAll();
    // Who asks while one is under way shares the next one, which begins after they have asked. The deadline is for both.
    this.#next ??= this.#listNext();
    const mine = this.#next;
    return this.#session.within('list_tasks', () => mine);
  }

  /** One after the other: each change is one to what the call before has told. */
  async #listNext(): Promise<readonly Task[]> {
    await this.#listing;
    this.#next = undefined;
    const mine = this.#listNow();
    this.#listing = mine.catch(() => undefined);
    return mine;
  }

  async #listNow(): Promise<readonly Task[]> {
    const { mark } = this.#open;
    const told = this.#isOurs ? await this.#changedSince(mark) : undefined;
    if (told === undefined) return this.#listAll();
    try {
      return this.#open.take(told);
    } catch (error) {
      if (mark !== undefined) throw error;
      // Asked for everything, and answered something else: another program's page, which would be one the next time too.
      this.#isOurs = false;
      return this.#listAll();
    }
  }

  /** Undefined: this is no TinyTask of ours, or one of an earlier version. */
  async #changedSince(mark: string | undefined): Promise<string | undefined> {
    const url = openTasksUrl(this.#endpoint, mark);
    const answer = await this.#session.call({ tool: 'list_tasks', repeatable: true }, () =>
      this.#session.connections.fetch(url),
    );
    if (answer.ok) return answer.text();
    // What cannot answer now says so to the call that follows.
    this.#isOurs = answer.status >= 500;
    return undefined;
  }
}
