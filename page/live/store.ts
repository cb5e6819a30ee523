import { batch, signal } from '@preact/signals';
import type { AgentState, State, TaskLine } from '../api/shapes.ts';
import { held, heldBack, whenReleased } from './hold.ts';

// How things are, as the stream of events has told. It is written by follow.ts alone.

/** Whether that is known to be so now. */
export type Connection =
  | { is: 'connecting' }
  | { is: 'live' }
  /** `api`: the page is not answered. Else what it asks does not answer, by the code. What is shown is the last that was known. */
  | { is: 'away'; what: 'api' | 'behind'; code: string | null; sinceMs: number }
  /** The API answers, and gives this page nothing: its token counts no more, or too many read. */
  | { is: 'away'; what: 'refused'; code: string; detail: string; sinceMs: number };

/** Then only tasks are as they were. */
export function isTinyTaskAway(now: Connection): boolean {
  return now.is === 'away' && now.what === 'behind' && now.code?.startsWith('tinytask') === true;
}

export const connection = signal<Connection>({ is: 'connecting' });

/** When it was last known that what is shown is so, in milliseconds since the epoch; null: never. */
export const knownMs = signal<number | null>(null);

/** The same of tasks, which may be older: TinyTask has them. */
export const tasksKnownMs = signal<number | null>(null);

export type SchedulerNow = Pick<State, 'scheduler' | 'paused' | 'stopped' | 'enabled' | 'daemon'>;

/** A map that changes in place; each look at it is a new object, so that who shows it hears of it. */
export interface Shown<Key, Value> {
  readonly all: ReadonlyMap<Key, Value>;
}

export const scheduler = signal<SchedulerNow | null>(null);
export const agents = signal<Shown<string, AgentState>>({ all: new Map() });
/** Open tasks. */
export const tasks = signal<Shown<number, TaskLine>>({ all: new Map() });
/** How many open tasks there are; null: not known. More than are in `tasks`: the rest is on its way. */
export const tasksTotal = signal<number | null>(null);
/** Another number when anything has changed: whoever shows more than is here asks again. */
export const changes = signal(0);

const PUBLISH_MS = 250;

const now = {
  scheduler: null as SchedulerNow | null,
  agents: new Map<string, AgentState>(),
  tasks: new Map<number, TaskLine>(),
  tasksTotal: null as number | null,
};
let due: ReturnType<typeof setTimeout> | undefined;

/** Applies a change, and shows it within a quarter of a second together with others, or when updates go on. */
export function apply(change: (now: Writable) => void): void {
  // Else what is shown would change with it, and would be seen at the next drawing.
  if (held.peek() && now.agents === agents.peek().all) now.agents = new Map(now.agents);
  if (held.peek() && now.tasks === tasks.peek().all) now.tasks = new Map(now.tasks);
  change(now);
  if (held.peek()) {
    heldBack.value += 1;
    return;
  }
  due ??= setTimeout(show, PUBLISH_MS);
}

export type Writable = typeof now;

/** Shows at once what there is. */
export function show(): void {
  clearTimeout(due);
  due = undefined;
  if (held.peek()) return;
  batch(() => {
    scheduler.value = now.scheduler;
    agents.value = { all: now.agents };
    tasks.value = { all: now.tasks };
    tasksTotal.value = now.tasksTotal;
    changes.value += 1;
  });
}

whenReleased(show);
