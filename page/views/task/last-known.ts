import type { Task } from '../../api/shapes.ts';

/** A task with what was known of it last, where what has it does not answer now. */
export interface LastKnown {
  task: Task;
  /** When this was told, in milliseconds since the epoch. */
  atMs: number;
  /** What of it is older. */
  old: readonly { what: string; atMs: number }[];
}

/** Null while TinyTask is away, which `status` tells: every task has one. */
const OF_TINYTASK = [
  ...['title', 'description', 'status', 'queue', 'assigned_to', 'created_by', 'priority', 'tags'],
  ...['blocked_by', 'parent', 'added', 'updated', 'archived', 'comments', 'comments_total'],
] as readonly (keyof Task)[];

const PARTS: readonly { what: string; fields: readonly (keyof Task)[]; isAway(now: Task): boolean }[] = [
  { what: 'What TinyTask has of it', fields: OF_TINYTASK, isAway: ({ status }) => status === null },
  { what: 'Its attempts', fields: ['attempts'], isAway: ({ attempts }) => attempts === null },
  {
    what: 'Where it is',
    fields: ['where'],
    // One that is over is nowhere.
    isAway: ({ where, status, problems }) => where === null && status !== 'complete' && problems.length > 0,
  },
];

/** An answer over the one before: a null of something that is away takes nothing from the page. */
export function withLastKnown(now: Task, atMs: number, before: LastKnown | undefined): LastKnown {
  if (before === undefined) return { task: now, atMs, old: [] };
  const away = PARTS.filter(({ isAway, fields }) => isAway(now) && fields.some((each) => has(before, each)));
  const kept = away.flatMap(({ fields }) => fields.map((each) => [each, before.task[each]]));
  const old = away.map(({ what }) => ({
    what,
    atMs: before.old.find((each) => each.what === what)?.atMs ?? before.atMs,
  }));
  return { task: { ...now, ...Object.fromEntries(kept) }, atMs, old };
}

const has = ({ task }: LastKnown, field: keyof Task) =>
  Array.isArray(task[field]) ? task[field].length > 0 : task[field] !== null;
