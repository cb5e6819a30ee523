import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { withoutQuotedValues } from '../domain/goose-messages.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Environment } from './command-line.ts';
import { type Recipe, type RecipeRequest, resolveRecipe } from './recipe.ts';

const CHECK_TIMEOUT_MS = 20_000;
const run = promisify(execFile);

export interface PreflightRequest extends RecipeRequest {
  /** A path with `/`, or a name to look up in `env.PATH`. */
  gooseBin: string;
  /** goose's environment, as it will be started with. */
  env: Environment;
  /** Where goose will run. */
  workingDir: string;
  logDir: string;
  runningDir: string;
}

export type PreflightResult =
  | { ok: true; gooseBin: string; recipe: Recipe }
  | { ok: false; verdict: Verdict };

/** What a check says when a person has to mend something. Never leaves this module. */
class Unfit extends Error {}

/** Answers of goose that hold as long as the file stays the same: undefined for well, else what is wrong. */
const answers = new Map<string, string | undefined>();

/**
 * Whether goose can be started for a task at all, before the task is claimed: goose, recipe, provider, folders. The
 * first thing that is missing is a `misconfigured` verdict whose reason names it and says how to mend it.
 */
export async function preflight(request: PreflightRequest): Promise<PreflightResult> {
  try {
    const [gooseBin, found] = await Promise.all([
      findGoose(request.gooseBin, request.env),
      resolveRecipe(request),
    ]);
    if (!found.ok) return found;
    const { recipe } = found;
    const checks = [
      checkRecipe(gooseBin, recipe.path, request.env),
      checkProvider(gooseBin, recipe, request.env),
      checkWorkingDir(request.workingDir),
      checkWritable(request.logDir, 'the log folder'),
      checkWritable(request.runningDir, 'the folder of run records'),
    ];
    // All at once, but the first that is unfit is named, whichever is found first.
    await Promise.allSettled(checks);
    for (const check of checks) await check;
    return { ok: true, gooseBin, recipe };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { ok: false, verdict: { kind: 'misconfigured', reason: error.message } };
  }
}

async function findGoose(name: string, env: Environment): Promise<string> {
  const path = name.includes('/') ? resolve(name) : await lookUp(name, env.PATH ?? '');
  if (path === undefined) {
    throw new Unfit(
      `there is no ${JSON.stringify(name)} on PATH: install goose or set TINYSCHEDULER_GOOSE_BIN`,
    );
  }
  if (!(await isFile(path)))
    throw new Unfit(`there is no goose at ${path}: install it or set TINYSCHEDULER_GOOSE_BIN`);
  if (!(await isExecutable(path))) throw new Unfit(`${path} is not executable: run chmod +x on it`);
  // Its version is a bare number, and other tools are called goose too, so it is asked for what a run needs.
  const problem = await askOnce([path], 'run --help', async () => {
    const help = await run(path, ['run', '--help'], { env: defined(env), timeout: CHECK_TIMEOUT_MS });
    return help.stdout.includes('--recipe') && help.stdout.includes('stream-json')
      ? undefined
      : 'it is another tool';
  });
  if (problem !== undefined) {
    throw new Unfit(`${path} is not the goose that runs recipes (${problem}): set TINYSCHEDULER_GOOSE_BIN`);
  }
  return path;
}

async function lookUp(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name);
    if ((await isFile(path)) && (await isExecutable(path))) return path;
  }
  return undefined;
}

async function checkRecipe(gooseBin: string, recipePath: string, env: Environment): Promise<void> {
  const problem = await askOnce([gooseBin, recipePath], 'recipe validate', async () => {
    await run(gooseBin, ['recipe', 'validate', recipePath], { env: defined(env), timeout: CHECK_TIMEOUT_MS });
    return undefined;
  });
  if (problem !== undefined) throw new Unfit(`goose does not take the recipe ${recipePath}: ${problem}`);
}

/** Says no only where there surely is no provider: no variable, no setting, and no configuration that could name one. */
async function checkProvider(gooseBin: string, recipe: Recipe, env: Environment): Promise<void> {
  if (env.GOOSE_PROVIDER || recipe.provider !== undefined || env.GOOSE_ADDITIONAL_CONFIG_FILES) return;
  let info: string;
  try {
    info = (await run(gooseBin, ['info'], { env: defined(env), timeout: CHECK_TIMEOUT_MS })).stdout;
  } catch {
    return;
  }
  const config = /^Config yaml:\s+(.+?)(?:\s{2,}.*)?$/m.exec(info)?.[1];
  if (config === undefined) return;
  for (const path of [config, '/etc/goose/config.yaml']) {
    const text = await readFile(path, 'utf8').catch((error) => (error.code === 'ENOENT' ? '' : 'provider'));
    if (/provider/i.test(text)) return;
  }
  throw new Unfit(
    `goose has no model provider: run \`goose configure\` (it writes ${config}) or set GOOSE_PROVIDER`,
  );
}

async function checkWorkingDir(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new Unfit(`the working directory ${path} does not exist: make it or change the setting`);
  if (!found.isDirectory())
    throw new Unfit(`the working directory ${path} is not a folder: change the setting`);
}

/** Really writes: neither permissions nor free space can be relied on to say it. */
async function checkWritable(folder: string, what: string): Promise<void> {
  const probe = join(folder, `.probe-${process.pid}-${Math.random().toString(36).slice(2)}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(probe, 'wx', 0o600);
    try {
      await file.writeFile(Buffer.alloc(4096));
    } finally {
      await file.close();
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Unfit(`${what} ${folder} cannot be written (${said}): free space or change its permissions`);
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** Asks goose, unless it was asked the same while all these files were the same. */
async function askOnce(
  files: string[],
  question: string,
  ask: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const states = await Promise.all(files.map(async (path) => [path, ...(await fileState(path))]));
  const key = JSON.stringify([question, states]);
  if (answers.has(key)) return answers.get(key);
  let answer: string | undefined;
  try {
    answer = await ask();
  } catch (error) {
    // Not kept: a full machine or a time limit says nothing about the file.
    return complaintOf(error);
  }
  answers.set(key, answer);
  return answer;
}

async function fileState(path: string): Promise<number[]> {
  const { mtimeMs, size } = await stat(path);
  return [mtimeMs, size];
}

/** goose's `Error:` paragraph, without the stack that follows it. */
function complaintOf(error: unknown): string {
  const { stderr = '', message = '', code } = error as { stderr?: string; message?: string; code?: unknown };
  const paragraph = stderr.split('\n\n').find((each) => each.startsWith('Error: '));
  const complaint = paragraph?.slice('Error: '.length).replace(/\s+/g, ' ');
  const line = complaint ?? (code === undefined ? message : `it answers ${code}`);
  return withoutQuotedValues(line);
}

function defined(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((each): each is [string, string] => each[1] !== undefined),
  );
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
