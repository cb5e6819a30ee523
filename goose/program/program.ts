import { stat } from 'node:fs/promises';
import { isExecutable, programPath } from '../../os/executable.mjs';
import type { Environment } from '../start/command-line.ts';
import { askGoose, askOnce, complaintOf } from './ask.ts';
import { Unfit } from './unfit.ts';

/** A goose that runs recipes and says what it does as a stream of JSON. */
export interface GooseProgram {
  path: string;
  /** Whether it can show what a recipe comes to. goose can; what stands in its place in a test need not. */
  showsRecipes: boolean;
}

/** The goose of this name (looked up in `env.PATH`) or path. Throws Unfit when it cannot do what a run needs. */
export async function findGoose(name: string, env: Environment): Promise<GooseProgram> {
  const path = programPath(name, env.PATH);
  if (path === undefined) {
    throw new Unfit(
      `there is no ${JSON.stringify(name)} on PATH: install goose or set TINYSCHEDULER_GOOSE_BIN`,
    );
  }
  if (!(await isFile(path)))
    throw new Unfit(`there is no goose at ${path}: install it or set TINYSCHEDULER_GOOSE_BIN`);
  if (!isExecutable(path)) throw new Unfit(`${path} is not executable: run chmod +x on it`);
  const options = await offeredOptions(path, env);
  if (!options.includes('--recipe') || !options.includes('stream-json')) throw notGoose(path, 'another tool');
  return { path, showsRecipes: options.includes('--render-recipe') };
}

/** Its version is a bare number, and other tools are called goose too, so it is asked for what a run needs. */
async function offeredOptions(goose: string, env: Environment): Promise<string> {
  try {
    return await askOnce('run --help', [goose], async () => {
      const help = await askGoose({ goose, args: ['run', '--help'], env });
      return { answer: help, lasting: true };
    });
  } catch (error) {
    throw notGoose(goose, complaintOf(error).why);
  }
}

function notGoose(path: string, why: string): Unfit {
  return new Unfit(`${path} is not the goose that runs recipes (${why}): set TINYSCHEDULER_GOOSE_BIN`);
}

/** `1.52.0`; undefined where it does not say. */
export async function gooseVersion(goose: string, env: Environment): Promise<string | undefined> {
  const said = await askGoose({ goose, args: ['--version'], env }).catch(() => '');
  return /\b\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?![\w.-])/.exec(said)?.[0];
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
