import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { ApiProblem, ask, problemIn } from '../api/call.ts';
import type { AgentState, State, TaskLine, Tasks } from '../api/shapes.ts';
import { token } from '../api/token.ts';
import { apply, connection, knownMs, show, type Writable } from './store.ts';

/** The server says something each 15 s, if only that it is there. */
const SILENCE_MS = 20_000;
const FIRST_RETRY_MS = 500;
const MOST_RETRY_MS = 5_000;

let lastId: string | null = null;
let wake: () => void = () => undefined;

/** Follows the stream of events as long as the page is open. */
export async function follow(): Promise<void> {
  for (const event of ['online', 'focus']) addEventListener(event, () => wake());
  token.subscribe(() => wake());
  let retryMs = FIRST_RETRY_MS;
  for (;;) {
    const heard = await followOnce().catch(() => false);
    lost();
    if (heard) retryMs = FIRST_RETRY_MS;
    await rest(retryMs);
    retryMs = Math.min(MOST_RETRY_MS, retryMs * 2);
  }
}

/** Until the time is over, or there is a reason to believe that it goes now. */
function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

function lost(): void {
  const before = connection.peek();
  if (before.is === 'away' && before.what === 'api') return;
  connection.value = { is: 'away', what: 'api', code: null, sinceMs: Date.now() };
}

/** Returns whether anything was heard. @throws what fetch does */
async function followOnce(): Promise<boolean> {
  const stop = new AbortController();
  let silence = setTimeout(() => stop.abort(), SILENCE_MS);
  let heard = false;
  try {
    const headers = new Headers();
    if (token.value !== null) headers.set('authorization', `Bearer ${token.value}`);
    if (lastId !== null) headers.set('last-event-id', lastId);
    const response = await fetch('/api/events', { headers, signal: stop.signal });
    if (!response.ok || response.body === null) {
      await problemIn(response);
      return false;
    }
    const parser = createParser({ onEvent: (event) => take(event) });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return heard;
      heard = true;
      clearTimeout(silence);
      silence = setTimeout(() => stop.abort(), SILENCE_MS);
      parser.feed(value);
      if (connection.peek().is === 'live') knownMs.value = Date.now();
    }
  } finally {
    clearTimeout(silence);
    stop.abort();
  }
}

function take({ id, event, data }: EventSourceMessage): void {
  // Only what was applied: an event that is not understood is asked for again by a snapshot.
  const content = JSON.parse(data) as never;
  const handler = handlers[event ?? ''];
  handler?.(content);
  if (id !== undefined) lastId = id;
}

const handlers: Readonly<Record<string, (content: never) => void>> = {
  snapshot: takeSnapshot,
  scheduler: (content: NonNullable<Writable['scheduler']>) =>
    apply((now) => {
      now.scheduler = content;
    }),
  agent: (agent: AgentState) =>
    apply((now) => {
      now.agents.set(agent.name, { ...now.agents.get(agent.name), ...agent });
    }),
  'agent-gone': ({ name }: { name: string }) => apply((now) => now.agents.delete(name)),
  task: (task: TaskLine) =>
    apply((now) => {
      toldOf(task.task_id);
      if (now.tasksTotal !== null && !now.tasks.has(task.task_id)) now.tasksTotal += 1;
      now.tasks.set(task.task_id, task);
    }),
  'task-gone': ({ task_id: id }: { task_id: number }) =>
    apply((now) => {
      toldOf(id);
      if (now.tasks.delete(id) && now.tasksTotal !== null) now.tasksTotal -= 1;
    }),
  // Views that show schedules ask for them again.
  schedule: () => apply(() => undefined),
  'schedule-gone': () => apply(() => undefined),
  connection: ({ ok, code }: { ok: boolean; code: string | null }) => {
    if (ok) live();
    else if (connection.peek().is !== 'away' || code !== null)
      connection.value = { is: 'away', what: 'behind', code, sinceMs: knownMs.peek() ?? Date.now() };
  },
};

function live(): void {
  connection.value = { is: 'live' };
  knownMs.value = Date.now();
}

interface Snapshot {
  state: State;
  tasks: TaskLine[] | null;
  tasks_total: number | null;
}

function takeSnapshot({ state, tasks, tasks_total: total }: Snapshot): void {
  live();
  apply((now) => {
    now.scheduler = state;
    now.agents = new Map(state.agents.map((agent) => [agent.name, agent]));
    // TinyTask does not answer: they are as they were.
    if (tasks === null) return;
    now.tasksTotal = total;
    now.tasks = new Map(tasks.map((task) => [task.task_id, task]));
  });
  show();
  if (tasks !== null && total !== null && total > tasks.length) void loadRest();
}

/** Of tasks whose lines are being loaded: what an event has told of meanwhile is newer. */
let told: Set<number> | undefined;
function toldOf(taskId: number): void {
  told?.add(taskId);
}

/** What a snapshot leaves out, in pages. */
async function loadRest(): Promise<void> {
  const mine = new Set<number>();
  told = mine;
  let cursor: string | null = '';
  try {
    while (cursor !== null && told === mine) {
      const query = `limit=1000&sort=id${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: Tasks = await ask(`/api/tasks?${query}`);
      if (told !== mine) return;
      apply((now) => {
        now.tasksTotal = page.total;
        for (const task of page.tasks) if (!mine.has(task.task_id)) now.tasks.set(task.task_id, task);
      });
      cursor = page.next_cursor;
    }
  } catch (error) {
    // Lists say that they are not whole; the next snapshot tries again.
    if (!(error instanceof ApiProblem)) throw error;
  } finally {
    if (told === mine) told = undefined;
  }
}
