import type { TaskLine } from '../../../api/shapes.ts';

/** Which tasks a list shows; an empty text: any. */
export interface Filter {
  find: string;
  phase: string;
  pool: string;
  agent: string;
  queue: string;
}

export const NAMES = ['find', 'phase', 'pool', 'agent', 'queue'] as const satisfies (keyof Filter)[];

export function filterIn(query: ReadonlyMap<string, string>): Filter {
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ''])) as unknown as Filter;
}

/** What needs somebody first, then what runs, then what waits, by urgency and age. */
const ORDER = [
  ...['parked', 'interrupted', 'running', 'waiting-for-host', 'backing-off', 'working-elsewhere'],
  ...['waiting-for-slot', 'waiting', 'blocked', 'complete'],
];
/** Of ten thousand tasks it is asked for some hundred thousand times. */
const RANK: ReadonlyMap<string, number> = new Map(ORDER.map((phase, at) => [phase, at]));

export function matching(all: Iterable<TaskLine>, filter: Filter): TaskLine[] {
  const words = filter.find.toLowerCase().split(/\s+/).filter(Boolean);
  const found: TaskLine[] = [];
  for (const task of all) if (isMeant(task, filter, words)) found.push(task);
  const rank = ({ phase }: TaskLine) => RANK.get(phase) ?? -1;
  return found.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      b.priority - a.priority ||
      compare(a.added ?? '', b.added ?? '') ||
      a.task_id - b.task_id,
  );
}

function isMeant(task: TaskLine, { phase, pool, agent, queue }: Filter, words: readonly string[]): boolean {
  if (phase && task.phase !== phase) return false;
  if (pool && task.pool !== pool) return false;
  if (agent && task.agent !== agent) return false;
  if (queue && task.queue !== queue) return false;
  if (words.length === 0) return true;
  const title = task.title.toLowerCase();
  return words.every((word) => title.includes(word) || word.replace('#', '') === String(task.task_id));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The names that tasks have, for choosing one. */
export function namesIn(all: Iterable<TaskLine>): Record<'pool' | 'agent' | 'queue', string[]> {
  const names = { pool: new Set<string>(), agent: new Set<string>(), queue: new Set<string>() };
  for (const task of all)
    for (const kind of ['pool', 'agent', 'queue'] as const) if (task[kind]) names[kind].add(task[kind]);
  return { pool: [...names.pool].sort(), agent: [...names.agent].sort(), queue: [...names.queue].sort() };
}
