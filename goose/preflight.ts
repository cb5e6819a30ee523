import { mkdir } from 'node:fs/promises';
import type { Verdict } from '../domain/attempt/verdict.ts';
import { programPath } from '../os/executable.mjs';
import { tryToWrite } from '../os/try-to-write.ts';
import { findLauncher } from './program/launcher.ts';
import { findGoose } from './program/program.ts';
import { missingProvider } from './program/provider.ts';
import { Unfit, UnfitTask, unfitVerdict } from './program/unfit.ts';
import { checkRecipe, type Recipe, type RecipeRequest } from './recipe/check.ts';
import { recipeTag } from './recipe/find.ts';
import type { Environment } from './start/command-line.ts';
import { checkWorkingDir } from './workplace/check.ts';

/** What an attempt needs of its host, whatever it runs. */
export interface HostRequest {
  /** Of the attempt, without its token. */
  env: Environment;
  basePath: string;
  /** Where it will run; absent: where it is made first (workplace/workplace.ts). */
  workingDir?: string;
  /** The command that will verify its work. */
  verify?: readonly string[] | undefined;
  logDir: string;
  runningDir: string;
  /** Of the agent: a program and its first arguments, by which goose or a program is started. */
  launchPrefix?: readonly string[];
}

export interface PreflightRequest extends RecipeRequest, HostRequest {
  /** A path with `/`, or a name to look up in `env.PATH`. */
  gooseBin: string;
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
    const provider = checkProvider(goose.path, recipe, request);
    await allFit([recipe, launcher, provider, ...hostChecks(request)]);
    const launchPrefix = await launcher;
    return { ok: true, gooseBin: goose.path, recipe: await recipe, ...(launchPrefix && { launchPrefix }) };
  } catch (error) {
    return { ok: false, verdict: unfitVerdict(error) };
  }
}

/**
 * Whether this host has what an attempt needs that runs a program of BIN_DIR, besides that program.
 *
 * @returns the agent's launch prefix with the path of its program; undefined: there is none @throws Unfit
 */
export async function preflightHost(request: HostRequest): Promise<string[] | undefined> {
  const launcher = launcherOf(request);
  await allFit([launcher, ...hostChecks(request)]);
  return launcher;
}

function hostChecks(request: HostRequest): (Promise<void> | undefined)[] {
  return [
    request.workingDir === undefined ? undefined : checkWorkingDir(request.workingDir),
    checkVerify(request),
    checkWritable(request.logDir, 'the log folder'),
    checkWritable(request.runningDir, 'the folder of run records'),
  ];
}

/** All at once, but the first that is unfit is named, whichever is found first. */
async function allFit(checks: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  await Promise.allSettled(checks);
  for (const check of checks) await check;
}

async function launcherOf({ launchPrefix, env, basePath }: HostRequest): Promise<string[] | undefined> {
  return launchPrefix && findLauncher(launchPrefix, { path: env.PATH, basePath });
}

async function recipeOf(...[request, goose]: Parameters<typeof checkRecipe>): Promise<Recipe> {
  const checked = await checkRecipe(request, goose);
  if (checked.state === 'good') return checked.recipe;
  throw recipeTag(request.tags) === undefined ? new Unfit(checked.reason) : new UnfitTask(checked.reason);
}

async function checkProvider(
  goose: string,
  recipe: Promise<Recipe>,
  { env }: PreflightRequest,
): Promise<void> {
  const missing = await missingProvider(goose, env);
  if (missing !== undefined && (await recipe).provider === undefined) throw new Unfit(missing);
}

/** What a path names may come with the work. */
export async function checkVerify({ verify, env }: Pick<HostRequest, 'verify' | 'env'>): Promise<void> {
  const program = verify?.[0];
  if (program === undefined || program.includes('/') || programPath(program, env.PATH)) return;
  throw new Unfit(
    `there is no ${JSON.stringify(program)} on PATH, which is to verify the work: install it, or correct "verify" of the agent`,
  );
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
