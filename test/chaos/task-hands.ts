import { AGENTS, isAgent, queueOf, TAGS_OF_NOTHING } from './agents.ts';
import type { Hand, HandOnTask } from './hands.ts';
import type { Random } from './random.ts';
import { callTinyTask, listTasks, type TaskRow } from './tinytask-calls.ts';

const FEWEST = 5;
const MOST = 12;
/** Somebody who writes `assigned_to` is not asked whether there is such an agent. */
const UNKNOWN_AGENT = 'nobody-of-that-name';
const UNKNOWN_QUEUE = 'no-such-queue';

/** Hears of what is done to a task before it is done, and when TinyTask has answered that it is. */
export interface Hearer {
  announce(on: HandOnTask): Promise<void>;
  done(on: HandOnTask): void;
}

/** What people do to many tasks at once, in TinyTask. Each says what it did; undefined if there was nothing to do it to. */
export class TaskHands {
  readonly #endpoint: string;
  readonly #random: Random;
  readonly #hearer: Hearer;

  constructor(endpoint: string, random: Random, hearer: Hearer) {
    this.#endpoint = endpoint;
    this.#random = random;
    this.#hearer = hearer;
  }

  /** `atWork`: tasks whose goose runs; some of them are always among those that are hit. */
  async deleteSome(atWork: readonly number[]): Promise<string | undefined> {
    const tasks = await this.#some(atWork);
    return this.#doAll(
      'deleted',
      tasks.map((task) => ({ task, hand: { do: 'delete' } as const })),
    );
  }

  async reassignSome(atWork: readonly number[]): Promise<string | undefined> {
    const tasks = await this.#some(atWork);
    return this.#doAll(
      'reassigned',
      tasks.flatMap((task) => ({ task, hand: this.#newPlaceFor(task, atWork) })),
    );
  }

  /** New tasks whose tag names no recipe: one for each kind of tag, with an agent or with nobody, and first in line. */
  async addTagged(): Promise<string | undefined> {
    const agent = this.#random.pick(AGENTS)?.name ?? '';
    const queue = queueOf(agent);
    const isForPool = this.#random.next() < 0.5;
    for (const tag of TAGS_OF_NOTHING)
      await callTinyTask(this.#endpoint, 'create_task', {
        title: 'its tag names nothing',
        created_by: 'chaos',
        priority: 9,
        queue_name: queue,
        tags: [tag],
        ...(isForPool ? {} : { assigned_to: agent }),
      });
    return `added tasks with tags that name nothing for ${isForPool ? `the queue ${queue}` : agent}`;
  }

  #newPlaceFor({ id, status, assigned_to: from }: TaskRow, atWork: readonly number[]): Hand {
    const others = [...AGENTS.map(({ name }) => name), UNKNOWN_AGENT, null].filter((each) => each !== from);
    const queues = [...AGENTS.map(({ name }) => queueOf(name)), UNKNOWN_QUEUE, null];
    // Whoever changes one that a lost run has left `working`, and leaves it so, has it from then on.
    const isLeft = status === 'working' && !atWork.includes(id);
    if (this.#random.next() < 0.3 && !isLeft)
      return { do: 'requeue', queue: this.#random.pick(queues) ?? null };
    return { do: 'assign', from, to: this.#random.pick(others) ?? null };
  }

  /** Open tasks at random, and half of them at work where so many are. */
  async #some(atWork: readonly number[]): Promise<TaskRow[]> {
    const open = (await listTasks(this.#endpoint)).filter(({ status }) => status !== 'complete');
    const busy = open.filter(({ id }) => atWork.includes(id));
    const count = Math.floor(this.#random.between(FEWEST, MOST + 1));
    const picked = new Map<number, TaskRow>();
    for (let at = 0; at < count; at += 1) {
      const task = this.#random.pick(at % 2 === 0 && busy.length > 0 ? busy : open);
      if (task !== undefined) picked.set(task.id, task);
    }
    return [...picked.values()];
  }

  async #doAll(done: string, all: { task: TaskRow; hand: Hand }[]): Promise<string | undefined> {
    const said: string[] = [];
    // All at once, as a script of somebody's would.
    await Promise.all(
      all.map(async ({ task: { id }, hand }) => {
        const on = { task: id, hand };
        await this.#hearer.announce(on);
        const [tool, args] = callFor(on);
        const answered = await callTinyTask(this.#endpoint, tool, args).then(
          () => true,
          () => false,
        );
        if (answered) this.#hearer.done(on);
        said.push(`${id}${sayWhere(hand)}${answered ? '' : ' (no answer)'}`);
      }),
    );
    return said.length === 0 ? undefined : `${done} ${said.join(', ')}`;
  }
}

function callFor({ task, hand }: HandOnTask): [tool: string, args: Record<string, unknown>] {
  switch (hand.do) {
    case 'delete':
      return ['delete_task', { id: task }];
    case 'assign':
      // With `idle`: what a person leaves `working` under another name is that one's, and nobody takes it.
      return ['update_task', { id: task, assigned_to: hand.to ?? '', status: 'idle' }];
    case 'requeue':
      if (hand.queue === null) return ['remove_task_from_queue', { task_id: task }];
      return ['move_task_to_queue', { task_id: task, new_queue_name: hand.queue }];
  }
}

function sayWhere(hand: Hand): string {
  switch (hand.do) {
    case 'delete':
      return '';
    case 'assign':
      return isAgent(hand.to) || hand.to === null ? ` to ${hand.to ?? 'nobody'}` : ' to an unknown agent';
    case 'requeue':
      return ` to queue ${hand.queue ?? 'none'}`;
  }
}
