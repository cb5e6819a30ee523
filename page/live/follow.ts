import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { ask, type Problem, problemIn } from '../api/call.ts';
import type { AgentState, State, TaskLine, Tasks } from '../api/shapes.ts';
import { token } from '../api/token.ts';
import { apply, connection, isTinyTaskAway, knownMs, show, tasksKnownMs, type Writable } from './store.ts';

/** The server says something each 15 s, if only that it is there. */
const SILENCE_MS = 20_000;
const FIRST_RETRY_MS = 500;
const MOST_RETRY_MS = 5_000;
const MOST_REST_RETRY_MS = 30_000;

let lastId: string | null = null;
let wake: () => void = () => undefined;

/** Follows the stream of events as long as the page is open. */
export async function follow(): Promise<void> {
  for (const event of ['online', 'focus']) addEventListener(event, () => wake());
  token.subscribe(() => wake());
  let retryMs = FIRST_RETRY_MS;
  for (;;) {
    const heard = await followOnce().catch(() => false);
    if (typeof heard === 'object') refused(heard);
    else lost();
    if (heard === true) retryMs = FIRST_RETRY_MS;
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

function refused({ code, detail }: Problem): void {
  const before = connection.peek();
  const sinceMs = before.is === 'away' ? before.sinceMs : Date.now();
  connection.value = { is: 'away', what: 'refused', code, detail, sinceMs };
}

/** Returns whether anything was heard, or why it may not hear. @throws what fetch does */
async function followOnce(): Promise<boolean | Problem> {
  const stop = new AbortController();
  let silence = setTimeout(() => stop.abort(), SILENCE_MS);
  let heard = false;
  try {
    const headers = new Headers();
    if (token.value !== null) headers.set('authorization', `Bearer ${token.value}`);
    if (lastId !== null) headers.set('last-event-id', lastId);
    const response = await fetch('/api/events', { headers, signal: stop.signal });
    if (!response.ok || response.body === null) return await problemIn(response);
    const parser = createParser({ onEvent: (event) => take(event) });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return heard;
      heard = true;
      clearTimeout(silence);
      silence = setTimeout(() => stop.abort(), SILENCE_MS);
      parser.feed(value);
      isKnown();
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
      now.agents.set(agent.name, agent);
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
    // Without a code nothing is known yet, neither well nor badly.
    else if (code !== null) behind(code);
  },
};

function live(): void {
  connection.value = { is: 'live' };
  isKnown();
}

/** What is shown is so, of which the server would tell otherwise. */
function isKnown(): void {
  const { value: now } = connection;
  if (now.is === 'live') tasksKnownMs.value = Date.now();
  if (now.is === 'live' || isTinyTaskAway(now)) knownMs.value = Date.now();
}

function behind(code: string): void {
  connection.value = { is: 'away', what: 'behind', code, sinceMs: knownMs.peek() ?? Date.now() };
  isKnown();
}

interface Snapshot {
  state: State;
  tasks: TaskLine[] | null;
  tasks_total: number | null;
}

function takeSnapshot({ state, tasks, tasks_total: total }: Snapshot): void {
  if (tasks === null) behind('tinytask-unreachable');
  else live();
  apply((now) => {
    now.scheduler = state;
    now.agents = new Map(state.agents.map((agent) => [agent.name, agent]));
    // TinyTask does not answer: they are as they were.
    if (tasks === null) return;
    now.tasksTotal = total;
    now.tasks = new Map(tasks.map((task) => [task.task_id, task]));
  });
  show();
  // Of an older one nothing is wanted any more.
  told = undefined;
  if (tasks !== null && total !== null && total > tasks.length) void loadRest();
}

/** Of tasks whose lines are being loaded: what an event has told of meanwhile is newer. */
let told: Set<number> | undefined;
function toldOf(taskId: number): void {
  told?.add(taskId);
}

/** What a snapshot leaves out, in pages; a page that fails is asked for again, until there is a newer snapshot. */
async function loadRest(): Promise<void> {
  const mine = new Set<number>();
  told = mine;
  let cursor: string | null = '';
  let retryMs = FIRST_RETRY_MS;
  while (cursor !== null && told === mine) {
    const query = `limit=1000&sort=id${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    try {
      const page: Tasks = await ask(`/api/tasks?${query}`);
      if (told !== mine) return;
      takePage(page, mine);
      cursor = page.next_cursor;
      retryMs = FIRST_RETRY_MS;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, retryMs));
      retryMs = Math.min(MOST_REST_RETRY_MS, retryMs * 2);
    }
  }
  if (told !== mine) return;
  told = undefined;
  // A page counts as of its own moment, and events have come since.
  apply((now) => {
    now.tasksTotal = now.tasks.size;
  });
}

/** @param newer tasks of which an event has told since the snapshot */
function takePage(page: Tasks, newer: ReadonlySet<number>): void {
  apply((now) => {
    now.tasksTotal = page.total;
    for (const task of page.tasks) if (!newer.has(task.task_id)) now.tasks.set(task.task_id, task);
  });
}
