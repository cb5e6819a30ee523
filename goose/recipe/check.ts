import { parse } from 'yaml';
import { forShell } from '../../config/called-as.ts';
import { askGoose, askOnce, complaintOf } from '../program/ask.ts';
import type { GooseProgram } from '../program/program.ts';
import { Unfit } from '../program/unfit.ts';
import { type Environment, type GooseCommandInput, gooseCommand } from '../start/command-line.ts';
import { type Content, contentOf, isMapping, type Mapping, UNSEEN } from './content.ts';
import { findRecipe, NoRecipe, type RecipeFile, type RecipeOf, recipeTag } from './find.ts';
import { isPutTogether, lookOurselves } from './our-own-look.ts';
import { refusal } from './refusal.ts';

export interface RecipeRequest extends RecipeOf {
  basePath: string;
  /** The queue of the task; null for none. */
  queue: string | null;
  /** Our TinyTask, `http://…/mcp`, to see whether the recipe brings it. */
  tinytaskMcpUrl?: string;
  /** goose's environment, as it will be started with. */
  env: Environment;
  /** Of goose's answer; see `askGoose`. */
  timeoutMs?: number;
}

export interface Recipe {
  /** The real path, links resolved. */
  path: string;
  /** `agent`, or the name that the task's tag gives. */
  name: string;
  /** The name of the recipe's own TinyTask extension, if it brings one. */
  tinytaskExtension?: string;
  /** The names of its extensions, as far as its file has them. */
  extensions?: string[];
  /** The provider that the recipe names in its settings, if it does. */
  provider?: string;
  /** Set where a tag of the task has named it; see `RunFacts.taskRecipe`. */
  ofTask?: { model: boolean; extensions: boolean };
}

export type RecipeCheck =
  | {
      state: 'good';
      recipe: Recipe;
      /** Who has looked at it: without goose only we have, and `unread` says why even we have not. */
      checkedBy: 'goose' | 'us';
      unread?: string;
      /** Paths of further recipes of the same name, which do not count. */
      beside: string[];
    }
  | { state: 'missing'; reason: string }
  | { state: 'unfit'; reason: string };

/** A run has another id, and a recipe that only some ids break is found out by the run. */
const SOME_TASK = 1;
const LONGEST_PROBLEM = 300;

/**
 * Whether the recipe of an agent, or of the task's tag, can be run. Where there is a goose it decides: it is given
 * the command line of a run, and shows the recipe instead of running it. Reasons name the file and what to do.
 */
export async function checkRecipe(
  request: RecipeRequest,
  goose: GooseProgram | undefined,
): Promise<RecipeCheck> {
  try {
    const file = await findRecipe(request);
    const { path, name, beside } = file;
    const recipeWith = (content: Content): Recipe => ({
      path,
      name,
      ...factsOf(content, path, request.tags),
    });
    if (goose?.showsRecipes) {
      const content = await shownByGoose(goose.path, file, request);
      return { state: 'good', recipe: recipeWith(content), checkedBy: 'goose', beside };
    }
    const seen = lookOurselves(file, request.tinytaskMcpUrl);
    if ('unreadable' in seen) {
      return { state: 'good', recipe: recipeWith(UNSEEN), checkedBy: 'us', unread: seen.unreadable, beside };
    }
    return { state: 'good', recipe: recipeWith(seen.content), checkedBy: 'us', beside };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { state: error instanceof NoRecipe ? 'missing' : 'unfit', reason: error.message };
  }
}

function factsOf(
  { problem, hasSubRecipes: _, namesModel, hasExtensions, ...facts }: Content,
  path: string,
  tags: readonly string[],
): Omit<Recipe, 'path' | 'name'> {
  if (problem !== undefined) {
    // Names in a recipe may have any length.
    throw new Unfit(`the recipe ${path} cannot be run: ${problem.slice(0, LONGEST_PROBLEM)}`);
  }
  if (recipeTag(tags) === undefined) return facts;
  return { ...facts, ofTask: { model: namesModel, extensions: hasExtensions } };
}

async function shownByGoose(goose: string, file: RecipeFile, request: RecipeRequest): Promise<Content> {
  const { path, text } = file;
  const { agent, queue, basePath, env, timeoutMs, tinytaskMcpUrl } = request;
  const run = { bin: goose, recipePath: path, taskId: SOME_TASK, agent, queue, attempt: 1, basePath };
  const args = [...gooseCommand(run).args, '--render-recipe'];
  try {
    return await askOnce(JSON.stringify([args, tinytaskMcpUrl]), [goose, path], async () => {
      const shown = mappingIn(await askGoose({ goose, args, env, timeoutMs }));
      // What goose takes and we cannot read is taken too. TinyTask is given to it then, which does no harm twice.
      if (shown === undefined) return { answer: UNSEEN, lasting: false };
      const answer = contentOf(shown, tinytaskMcpUrl, text);
      // Else it may change although this file does not.
      const lasting = text !== undefined && !isPutTogether(text) && !answer.hasSubRecipes;
      return { answer, lasting };
    });
  } catch (error) {
    const { why, foreign } = complaintOf(error);
    const said = foreign === undefined ? why : refusal(foreign, text);
    throw new Unfit(`goose does not take the recipe ${path}: ${said ?? `${why}; ${howToSee(run)}`}`);
  }
}

/** goose's words may hold anything, secrets too, so a person who may see them asks for them. */
function howToSee({ queue, ...run }: GooseCommandInput): string {
  // A task's queue may be any text of any length.
  const { file, args } = gooseCommand({ ...run, queue: /^[\w.-]{1,80}$/.test(queue ?? '') ? queue : null });
  return `to see why, run: ${[file, ...args, '--render-recipe'].map(forShell).join(' ')}`;
}

function mappingIn(yaml: string): Mapping | undefined {
  try {
    const value: unknown = parse(yaml, { logLevel: 'error', uniqueKeys: false });
    return isMapping(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
