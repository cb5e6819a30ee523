import type { DefinitionProblem, DefinitionWarning } from '../../contract/schedule-problem.ts';
import { OF_TASKS } from '../../contract/schedule-problem.ts';
import {
  BOUNDS,
  DEFAULTS,
  type Definition,
  OVERLAPS,
  PRIORITIES,
  type Work,
} from '../../domain/schedule/definition.ts';
import { Given, MANY, near } from './given.ts';
import type { Surroundings } from './surroundings.ts';
import { timesOf } from './times.ts';

/** A definition that can be used, and what a person should know of it. */
export interface Good {
  definition: Definition;
  /** Whether it is to be paused; absent: nothing was said about that. */
  paused?: boolean;
  /** Why it is paused. */
  pauseNote?: string;
  /** Why nothing of it will come any more; only where that was no problem. */
  over?: DefinitionProblem;
  warnings: DefinitionWarning[];
}

type Read = Good | { problems: DefinitionProblem[]; warnings: DefinitionWarning[] };

const PRIORITY_WORDS = Object.keys(PRIORITIES) as (keyof typeof PRIORITIES)[];
const LARGEST_PRIORITY = 1_000_000;
const LONGEST_NOTE = 200;
/** TinyScheduler finds tasks by them, so nobody else may set them. */
const OWN_TAG = /^(?:recipe|schedule|occurrence):/i;

/**
 * Reads what a person wrote (fields.ts has the names; numbers and truth values are taken as their texts). All problems are told,
 * not the first one alone. With `mayBeOver` it may be one of which nothing is left, as it was good once.
 */
export async function definitionOf(
  fields: Readonly<Record<string, unknown>>,
  around: Surroundings,
  { mayBeOver = false } = {},
): Promise<Read> {
  const given = new Given(fields);
  const { problems } = given;
  const name = given.name('name');
  if (!given.has('name')) problems.push({ code: 'no-name' });
  const { times, notes, over: ofTimes } = timesOf(given, around, mayBeOver);
  const work = workOf(given);
  const limits = limitsOf(given, mayBeOver ? 0 : 1);
  const { timing } = times;
  const over = ofTimes ?? nothingRemains(limits.remaining);
  const paused = pauseOf(given);
  const looked = work === undefined ? [] : await lookAround(work, around);
  const warnings: DefinitionWarning[] = notes.map((note) => ({ code: 'timing', note }));
  warnings.push(...looked.flatMap((look) => ('warning' in look ? [look.warning] : [])));
  problems.push(...looked.flatMap((look) => ('problem' in look ? [look.problem] : [])));
  if (problems.length > 0 || name === undefined || timing === undefined || work === undefined)
    return { problems, warnings };
  const definition = { ...times, ...limits, name, timing, work };
  return { definition, ...paused, ...(over !== undefined && { over }), warnings };
}

function nothingRemains(remaining: number | undefined): DefinitionProblem | undefined {
  if (remaining !== 0) return undefined;
  return { code: 'no-number', field: 'remaining', value: '0', least: 1, most: MANY };
}

function workOf(given: Given): Work | undefined {
  const title = given.line('title', BOUNDS.titleChars);
  const args = given.list('args', { items: BOUNDS.args, chars: BOUNDS.argChars });
  const command = given.line('command', BOUNDS.titleChars);
  const description = given.text('description', BOUNDS.descriptionChars);
  const task = defined({
    queue: given.name('queue'),
    agent: given.name('agent'),
    recipe: given.name('recipe'),
    tags: tagsOf(given),
  });
  if (given.has('command')) {
    const fields = OF_TASKS.filter((field) => given.has(field));
    if (fields.length > 0) given.problems.push({ code: 'not-for-commands', fields });
    return command === undefined
      ? undefined
      : { kind: 'command', command, args: args ?? [], ...defined({ title, description }) };
  }
  if (given.has('args')) given.problems.push({ code: 'args-without-command' });
  if (!given.has('title')) given.problems.push({ code: 'nothing-to-do' });
  return title === undefined ? undefined : { kind: 'task', title, ...defined({ description }), ...task };
}

function tagsOf(given: Given): string[] | undefined {
  const tags = given.list('tags', { items: BOUNDS.tags, chars: BOUNDS.tagChars });
  for (const tag of tags ?? []) if (OWN_TAG.test(tag)) given.problems.push({ code: 'own-tag', tag });
  return tags;
}

function limitsOf(given: Given, leastRemaining: number) {
  return {
    priority: priorityOf(given) ?? DEFAULTS.priority,
    overlap: given.word('overlap', OVERLAPS) ?? DEFAULTS.overlap,
    catchUpMs: given.duration('catchup', BOUNDS.catchUpMs) ?? DEFAULTS.catchUpMs,
    ...defined({
      jobKey: given.name('job_key'),
      maxPerJob: given.wholeNumber('max_per_job', 1),
      maxGlobal: given.wholeNumber('max_global', 1),
      remaining: given.wholeNumber('remaining', leastRemaining),
      pauseOnFailure: given.wholeNumber('pause_on_failure', 1),
    }),
  };
}

/** A word, or a number as TinyTask has it. */
function priorityOf(given: Given): number | undefined {
  const value = given.line('priority')?.toLowerCase();
  if (value === undefined) return undefined;
  const word = PRIORITY_WORDS.find((each) => each === value);
  if (word !== undefined) return PRIORITIES[word];
  if (/^[+-]?\d/.test(value)) return given.wholeNumber('priority', -LARGEST_PRIORITY, LARGEST_PRIORITY);
  given.problems.push({
    ...{ code: 'unknown-word', field: 'priority', value, known: [...PRIORITY_WORDS, 'a number'] },
    ...near(value, PRIORITY_WORDS),
  });
  return undefined;
}

function pauseOf(given: Given): Pick<Good, 'paused' | 'pauseNote'> {
  const enabled = given.truth('enabled');
  const pauseNote = given.line('pause_note', LONGEST_NOTE);
  return defined({ paused: enabled === undefined ? undefined : !enabled, pauseNote });
}

/** What the work needs, and what of it is there. */
async function lookAround(work: Work, around: Surroundings) {
  if (work.kind === 'command') return [await around.program(work.command)].flatMap((look) => look ?? []);
  const { queue, agent, recipe } = work;
  const { queues, agents } = around;
  const warnings: DefinitionWarning[] = [];
  if (queue === undefined && agent === undefined) warnings.push({ code: 'for-nobody' });
  if (agent !== undefined && !agents.includes(agent))
    warnings.push({ code: 'unknown-agent', agent, known: [...agents], ...near(agent, agents) });
  else if (agent === undefined && queue !== undefined && !queues.includes(queue))
    warnings.push({ code: 'unknown-queue', queue, known: [...queues], ...near(queue, queues) });
  const look = recipe === undefined ? undefined : await around.recipe(recipe);
  return [...warnings.map((warning) => ({ warning })), ...(look === undefined ? [] : [look])];
}

/** Without what is undefined. */
function defined<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
