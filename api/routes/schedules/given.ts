import { definitionOf, type Good } from '../../../client/schedules/definition.ts';
import { fieldsAbout } from '../../../client/schedules/problem-fields.ts';
import type { Surroundings } from '../../../client/schedules/surroundings.ts';
import { RefusedError, type Scope, type WrongField } from '../../../contract/api.ts';
import {
  type DefinitionProblem,
  type DefinitionWarning,
  TIMINGS,
} from '../../../contract/schedule-problem.ts';
import type { Definition } from '../../../domain/schedule/definition.ts';
import { sayBesideField, sayDefinitionWarning } from '../../../words/schedule-problem.ts';
import { type Caller, checkScope } from '../../guard/caller.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A definition that can be used. @throws RefusedError `bad-definition` with all that is wrong */
export async function readDefinition(fields: Fields, around: Surroundings): Promise<Good> {
  const read = await definitionOf(fields, around);
  if ('problems' in read)
    throw new RefusedError({
      code: 'bad-definition',
      wrong: read.problems.slice(0, MOST_WRONG).map((problem) => wrongField(problem, 'body')),
    });
  return read;
}

export const MOST_WRONG = 50;
const MOST_ALLOWED = 100;

/** @param place what has the fields, such as `body` */
export function wrongField(problem: DefinitionProblem, place: string): WrongField {
  const [field] = fieldsAbout(problem);
  return {
    at: field === undefined ? place : `${place}.${field.slice(0, 100)}`,
    says: sayBesideField(problem, asKey, field ?? ''),
    code: problem.code,
    allowed: allowedBy(problem),
    nearest: nearestTo(problem),
  };
}

const asKey = (field: string) => field;

function allowedBy(problem: DefinitionProblem): string[] | null {
  if ('known' in problem) return problem.known.slice(0, MOST_ALLOWED);
  if (problem.code === 'no-timing') return [...TIMINGS];
  if (problem.code === 'nothing-to-do') return ['title', 'command'];
  return null;
}

function nearestTo(problem: DefinitionProblem): string | null {
  if (problem.code === 'bad-timing' && problem.timing.code === 'unknown-zone') return problem.timing.near;
  return 'nearest' in problem ? (problem.nearest ?? null) : null;
}

export function warningsJson(warnings: readonly DefinitionWarning[]): Record<string, unknown>[] {
  return warnings.map((warning) => ({ code: warning.code, says: sayDefinitionWarning(warning, asKey) }));
}

/**
 * A request of another scheduler names a job, and nothing of what it is here: the task is called after it, has the recipe of that
 * name if there is one, and is of the queue that there is if there is but one.
 */
export async function withJob(fields: Fields, around: Surroundings): Promise<Fields> {
  const { job_key: job } = fields;
  const isTold = ['title', 'command'].some((field) => !isNothing(fields[field]));
  if (typeof job !== 'string' || job.trim() === '' || isTold) return fields;
  const { queue, agent, recipe } = fields;
  const [only, ...others] = around.queues;
  const isForNobody = isNothing(queue) && isNothing(agent);
  const hasRecipe = isNothing(recipe) && (await around.recipe(job.trim())) === undefined;
  return {
    ...fields,
    title: job,
    ...(isForNobody && only !== undefined && others.length === 0 && { queue: only }),
    ...(hasRecipe && { recipe: job.trim() }),
  };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** Whoever has a program run needs more than to have a task made. */
export function scopeToDefine(...definitions: Pick<Definition, 'work'>[]): Scope {
  return definitions.some(({ work }) => work.kind === 'command') ? 'admin' : 'operate';
}

/** @throws RefusedError `scope-missing` */
export function checkMayDefine(caller: Caller, ...definitions: Pick<Definition, 'work'>[]): void {
  checkScope(caller, scopeToDefine(...definitions));
}
