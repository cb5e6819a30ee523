import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { nameProblem } from '../../domain/names.ts';
import { recipeNamed } from '../../domain/task.ts';
import { Unfit } from '../program/unfit.ts';

/** In the order in which they count. goose 1.52 takes no `.yml`, so one that it takes goes before. */
const ENDINGS = ['yaml', 'json', 'yml'] as const;
/** goose 1.52 reads no larger recipe. */
export const LARGEST_RECIPE_BYTES = 1024 * 1024;
const LONGEST_QUOTE = 80;

export interface RecipeOf {
  recipesDir: string;
  agent: string;
  tags: readonly string[];
}

export interface RecipeFile {
  /** The real path, links resolved. */
  path: string;
  /** `agent`, or the name that the task's tag gives. */
  name: string;
  /** Paths of further recipes of the same name, which do not count. */
  beside: string[];
  /** Undefined where it is larger than goose reads. */
  text: string | undefined;
}

/** The task's own choice of a recipe: its first tag `recipe:<name>`. */
export function recipeTag(tags: readonly string[]): string | undefined {
  return tags.find((each) => each.startsWith('recipe:'));
}

/** There is none of that name. */
export class NoRecipe extends Unfit {}

/**
 * The recipe of a task: `<recipesDir>/<agent>.yaml`, or the one that a tag `recipe:<name>` names; `.json` and `.yml`
 * where there is no `.yaml`. It has to be a file inside the folder, links resolved. Throws Unfit.
 */
export async function findRecipe(request: RecipeOf): Promise<RecipeFile> {
  const { recipesDir, tags } = request;
  const tag = recipeTag(tags);
  const name = recipeNamed(tags) ?? request.agent;
  const wrong = nameProblem(name);
  if (wrong !== undefined) {
    throw new Unfit(
      tag === undefined ? `the agent's name ${wrong}` : `the tag ${JSON.stringify(shortened(tag))}: ${wrong}`,
    );
  }
  const paths = ENDINGS.map((ending) => join(recipesDir, `${name}.${ending}`));
  const there = await Promise.all(paths.map(isThere));
  const [path, ...beside] = paths.filter((_, at) => there[at]);
  if (path === undefined) {
    const mend =
      tag === undefined ? 'write it, or tag the task "recipe:<name>"' : `write it, or change ${tag}`;
    throw new NoRecipe(`there is no recipe ${paths[0]} (nor .json): ${mend}`);
  }
  try {
    const real = await insideOf(recipesDir, path);
    return { path: real, name, beside, text: await readText(real, path) };
  } catch (error) {
    if (error instanceof Unfit) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Unfit(`the recipe ${path} cannot be read (${code ?? message}): look at its permissions`);
  }
}

/** A link that leads nowhere is no recipe, and what cannot be looked at may be one. */
async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT' && code !== 'ENOTDIR',
  );
}

async function insideOf(recipesDir: string, path: string): Promise<string> {
  const folder = await realpath(recipesDir);
  const real = await realpath(path);
  if (real.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return real;
  throw new Unfit(`the recipe ${path} links to ${real}, outside ${recipesDir}: copy it there instead`);
}

/** Opened without waiting: a pipe or device in its place would hold us for ever. */
async function readText(real: string, path: string): Promise<string | undefined> {
  const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new Unfit(`the recipe ${path} is not a file`);
    return facts.size > LARGEST_RECIPE_BYTES ? undefined : await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function shortened(tag: string): string {
  return tag.length > LONGEST_QUOTE ? `${tag.slice(0, LONGEST_QUOTE)}…` : tag;
}
