import type { TimingNote, TimingProblem } from '../domain/schedule/timing-problem.ts';

// What is wrong with a definition of a schedule that a person has written, as facts; words/schedule-problem.ts says them.

/** Names of the fields that a person fills in, in the order in which they are shown. */
export const FIELDS = [
  'name',
  ...([
    'cron',
    'every',
    'offset',
    'at',
    'calendar',
    'timezone',
    'start',
    'end',
    'jitter',
    'catchup',
  ] as const),
  ...(['title', 'description', 'queue', 'agent', 'recipe', 'tags', 'command', 'args', 'priority'] as const),
  ...(['job_key', 'max_per_job', 'max_global', 'overlap', 'remaining', 'pause_on_failure'] as const),
  ...(['enabled', 'pause_note'] as const),
] as const;
export type Field = (typeof FIELDS)[number];

/** Names that other schedulers have for a field. */
export const OTHER_NAMES = ['schedule_type', 'interval_minutes', 'cron_expression'] as const;
export type FieldName = Field | (typeof OTHER_NAMES)[number];

/** The fields that say when it is due; one of them is there. */
export const TIMINGS = ['cron', 'every', 'at', 'calendar'] as const satisfies Field[];
/** Fields of a task for an agent, which a program has not. */
export const OF_TASKS = ['queue', 'agent', 'recipe', 'tags'] as const satisfies Field[];

/** By code, the facts that go with it. `value`: as it was written. */
interface ProblemFacts {
  'no-name': object;
  'no-timing': object;
  'two-timings': { fields: FieldName[] };
  /** Neither a title nor a command. */
  'nothing-to-do': object;
  /** There is a command, and these are for tasks. */
  'not-for-commands': { fields: Field[] };
  'args-without-command': object;
  'unknown-field': { key: string; nearest?: string };
  /** A text or a number is wanted, or a list of them. */
  'wrong-kind': { field: FieldName; wanted: 'text' | 'list' };
  'bad-name': { field: 'name' | 'queue' | 'agent' | 'recipe' | 'job_key'; value: string };
  /** When it is due, or from when to when. */
  'bad-timing': { field: FieldName; timing: TimingProblem };
  /** The type says one way, and what is there is another. */
  'another-timing': { type: 'interval' | 'cron'; field: FieldName };
  'offset-without-every': object;
  'unknown-word': { field: FieldName; value: string; known: readonly string[]; nearest?: string };
  'no-duration': { field: Field; value: string; leastMs: number; mostMs: number };
  'no-number': { field: FieldName; value: string; least: number; most: number };
  'too-long': { field: Field; chars: number; most: number };
  'too-many': { field: Field; count: number; most: number };
  /** Line breaks and the like, where a text has one line. */
  'control-characters': { field: Field };
  /** A tag by which TinyScheduler finds something. */
  'own-tag': { tag: string };
  /** `text`: why the recipe cannot be used, as a clause. */
  'recipe-unusable': { recipe: string; text: string };
  'no-bin-dir': object;
  /** `text`: why it is none of BIN_DIR, as a clause. */
  'leaves-bin-dir': { text: string };
}

export type ProblemCode = keyof ProblemFacts;
/** Why there is no such definition. */
export type DefinitionProblem = { [Code in ProblemCode]: { code: Code } & ProblemFacts[Code] }[ProblemCode];

/** By code, what may become true later, so that it is no problem. */
interface WarningFacts {
  /** `known`: those that there are. */
  'unknown-queue': { queue: string; known: string[]; nearest?: string };
  'unknown-agent': { agent: string; known: string[]; nearest?: string };
  timing: { note: TimingNote };
  /** Neither a queue nor an agent. */
  'for-nobody': object;
  'no-recipe': { recipe: string; recipesDir: string };
  /** `text`: why it could not be started now, as a clause. */
  'program-unfit': { text: string };
}

export type WarningCode = keyof WarningFacts;
export type DefinitionWarning = { [Code in WarningCode]: { code: Code } & WarningFacts[Code] }[WarningCode];
