import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { parse } from 'yaml';
import { nameProblem } from '../domain/names.ts';
import type { Verdict } from '../domain/verdict.ts';

export interface RecipeRequest {
  recipesDir: string;
  agent: string;
  tags: string[];
  /** Our TinyTask, `http://…/mcp`, to see whether the recipe brings it. */
  tinytaskMcpUrl?: string;
}

export interface Recipe {
  /** The real path, links resolved. */
  path: string;
  /** `agent`, or the name that the task's tag gives. */
  name: string;
  /** The name of the recipe's own TinyTask extension, if it brings one. */
  tinytaskExtension?: string;
  /** The provider that the recipe names in its settings, if it does. */
  provider?: string;
}

export type RecipeResult = { ok: true; recipe: Recipe } | { ok: false; verdict: Verdict };

/**
 * The recipe of a task: `<recipesDir>/<agent>.yaml`, or the one that a tag `recipe:<name>` names. It has to be a
 * file inside the folder, links resolved. Anything wrong is a `misconfigured` verdict that says what to do.
 */
export async function resolveRecipe(request: RecipeRequest): Promise<RecipeResult> {
  const { recipesDir, agent, tags } = request;
  const tag = tags.find((each) => each.startsWith('recipe:'));
  const name = tag?.slice('recipe:'.length) ?? agent;
  const wrong = nameProblem(name);
  if (wrong !== undefined) {
    return misconfigured(
      tag === undefined ? `the agent's name ${wrong}` : `the tag ${JSON.stringify(tag)}: ${wrong}`,
    );
  }
  const path = join(recipesDir, `${name}.yaml`);
  try {
    const folder = await realpath(recipesDir);
    const real = await realpath(path);
    if (!real.startsWith(folder.endsWith(sep) ? folder : folder + sep)) {
      return misconfigured(
        `the recipe ${path} links to ${real}, outside ${recipesDir}: copy it there instead`,
      );
    }
    if (!(await stat(real)).isFile()) return misconfigured(`the recipe ${path} is not a file`);
    return { ok: true, recipe: { path: real, name, ...readRecipe(await readFile(real, 'utf8'), request) } };
  } catch (error) {
    if (error instanceof Error && 'syscall' in error)
      return misconfigured(fileReason(path, error as NodeJS.ErrnoException, tag));
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    return misconfigured(`the recipe ${path} is broken: ${line}`);
  }
}

function fileReason(path: string, { code }: NodeJS.ErrnoException, tag: string | undefined): string {
  if (code !== 'ENOENT') return `the recipe ${path} cannot be read (${code}): look at its permissions`;
  const mend = tag === undefined ? 'write it, or tag the task "recipe:<name>"' : `write it, or change ${tag}`;
  return `there is no recipe ${path}: ${mend}`;
}

function readRecipe(
  text: string,
  { tinytaskMcpUrl }: RecipeRequest,
): Pick<Recipe, 'tinytaskExtension' | 'provider'> {
  const recipe: unknown = parse(text, { logLevel: 'error' });
  if (!isObject(recipe)) throw new Error('it is not a YAML mapping');
  const extensions = Array.isArray(recipe.extensions) ? recipe.extensions.filter(isObject) : [];
  const own = extensions.find(
    ({ name, uri }) =>
      name === 'tinytask' || (tinytaskMcpUrl !== undefined && isSameUrl(uri, tinytaskMcpUrl)),
  );
  const provider = isObject(recipe.settings) ? recipe.settings.goose_provider : undefined;
  return {
    ...(own !== undefined && { tinytaskExtension: typeof own.name === 'string' ? own.name : 'tinytask' }),
    ...(typeof provider === 'string' && provider !== '' && { provider }),
  };
}

function isSameUrl(uri: unknown, url: string): boolean {
  return typeof uri === 'string' && uri.replace(/\/$/, '') === url.replace(/\/$/, '');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function misconfigured(reason: string): RecipeResult {
  return { ok: false, verdict: { kind: 'misconfigured', reason } };
}
