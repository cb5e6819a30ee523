import { constants } from 'node:fs';
import { access, mkdir, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isOfTheSystem } from '../config/directories.ts';
import type { Verdict } from '../domain/attempt/verdict.ts';
import { tryToWrite } from '../os/try-to-write.ts';
import { findLauncher } from './program/launcher.ts';
import { findGoose } from './program/program.ts';
import { missingProvider } from './program/provider.ts';
import { Unfit } from './program/unfit.ts';
import { checkRecipe, type Recipe, type RecipeRequest } from './recipe/check.ts';
import { recipeTag } from './recipe/find.ts';

export interface PreflightRequest extends RecipeRequest {
  /** A path with `/`, or a name to look up in `env.PATH`. */
  gooseBin: string;
  /** Where goose will run. */
  workingDir: string;
  logDir: string;
  runningDir: string;
  /** Of the agent: a program and its first arguments, by which goose is started. */
  launchPrefix?: readonly string[];
}

export type PreflightResult =
  | {
      ok: true;
      gooseBin: string;
      recipe: Recipe;
      /** With the path of its program. */
      launchPrefix?: string[];
    }
  | { ok: false; verdict: Verdict };

/**
 * Whether goose can be started for a task at all, before the task is claimed: goose, recipe, provider, folders. The
 * first thing that is missing is a verdict whose reason names it and says how to mend it: `task-misconfigured` where it is
 * the recipe that the task's tag names, else `misconfigured`.
 */
export async function preflight(request: PreflightRequest): Promise<PreflightResult> {
  try {
    const goose = await findGoose(request.gooseBin, request.env);
    const recipe = recipeOf(request, goose);
    const launcher = launcherOf(request);
    const checks = [
      recipe,
      launcher,
      checkProvider(goose.path, recipe, request),
      checkWorkingDir(request.workingDir),
      checkWritable(request.logDir, 'the log folder'),
      checkWritable(request.runningDir, 'the folder of run records'),
    ];
    // All at once, but the first that is unfit is named, whichever is found first.
    await Promise.allSettled(checks);
    for (const check of checks) await check;
    const launchPrefix = await launcher;
    return { ok: true, gooseBin: goose.path, recipe: await recipe, ...(launchPrefix && { launchPrefix }) };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    const kind = error instanceof UnfitTask ? 'task-misconfigured' : 'misconfigured';
    return { ok: false, verdict: { kind, reason: error.message } };
  }
}

async function launcherOf({ launchPrefix, env, basePath }: PreflightRequest): Promise<string[] | undefined> {
  return launchPrefix && findLauncher(launchPrefix, { path: env.PATH, basePath });
}

async function recipeOf(...[request, goose]: Parameters<typeof checkRecipe>): Promise<Recipe> {
  const checked = await checkRecipe(request, goose);
  if (checked.state === 'good') return checked.recipe;
  throw recipeTag(request.tags) === undefined ? new Unfit(checked.reason) : new UnfitTask(checked.reason);
}

/** The recipe that a task's own tag names. */
class UnfitTask extends Unfit {}

async function checkProvider(
  goose: string,
  recipe: Promise<Recipe>,
  { env }: PreflightRequest,
): Promise<void> {
  const missing = await missingProvider(goose, env);
  if (missing !== undefined && (await recipe).provider === undefined) throw new Unfit(missing);
}

async function checkWorkingDir(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new Unfit(`the working directory ${path} does not exist: make it or change the setting`);
  if (!found.isDirectory())
    throw new Unfit(`the working directory ${path} is not a folder: change the setting`);
  // An agent may have put a link in the place of its directory; what is named itself was somebody's decision.
  const real = await realpath(path);
  if (isOfTheSystem(real) && !isOfTheSystem(resolve(path)))
    throw new Unfit(
      `the working directory ${path} leads to ${real}, which belongs to the system: remove the link or change the setting`,
    );
  await access(path, constants.W_OK | constants.X_OK).catch(() => {
    throw new Unfit(`the working directory ${path} cannot be written: change its permissions or the setting`);
  });
}

async function checkWritable(folder: string, what: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await tryToWrite(folder);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Unfit(`${what} ${folder} cannot be written (${said}): free space or change its permissions`);
  }
}
