import { AGENTS, namesNothing, queueOf } from './agents.ts';
import type { Random } from './random.ts';
import { callTinyTask, listTasks } from './tinytask-calls.ts';

/** Sees to it that every agent always has tasks that nobody has tried yet; some of them block others. */
export class Feeder {
  made = 0;
  readonly #endpoint: string;
  readonly #random: Random;
  readonly #tried = new Set<number>();

  constructor(endpoint: string, random: Random) {
    this.#endpoint = endpoint;
    this.#random = random;
  }

  /** A run of it was seen. */
  tried(task: number): void {
    this.#tried.add(task);
  }

  /** Throws when TinyTask does not answer. */
  async feed(): Promise<void> {
    const tasks = await listTasks(this.#endpoint);
    for (const task of tasks) if (task.status !== 'idle') this.#tried.add(task.id);
    const fresh = tasks.filter(
      (task) => !this.#tried.has(task.id) && !task.is_currently_blocked && !namesNothing(task.tags),
    );
    for (const { name, limit } of AGENTS) {
      const queue = queueOf(name);
      const waiting = fresh.filter((task) => task.assigned_to === name);
      for (let missing = limit + 2 - waiting.length; missing > 0; missing -= 1) {
        const blocker = this.#random.next() < 0.1 ? this.#random.pick(fresh)?.id : undefined;
        await this.#create({
          title: `for ${name}`,
          queue_name: queue,
          assigned_to: name,
          ...(blocker === undefined ? {} : { blocked_by_task_id: blocker }),
        });
      }
    }
    if (!fresh.some((task) => task.assigned_to === null && task.queue_name === 'dev'))
      await this.#create({ title: 'for whoever is free in dev', queue_name: 'dev' });
  }

  async #create(task: Record<string, unknown>): Promise<void> {
    await callTinyTask(this.#endpoint, 'create_task', {
      ...task,
      created_by: 'chaos',
      priority: Math.floor(this.#random.between(0, 5)),
    });
    this.made += 1;
  }
}
