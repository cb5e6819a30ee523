import { resolve } from 'node:path';
import { isExecutable, programPath } from '../../os/executable.mjs';
import { Unfit } from './unfit.ts';

/**
 * The launch prefix of an agent with the path of its program in the place of what names it: a name is looked for in `path`
 * (PATH), a path with `/` starts from the base path. Throws Unfit where there is no such program.
 */
export function findLauncher(
  prefix: readonly string[],
  { path, basePath }: { path: string | undefined; basePath: string },
): string[] {
  const [named = '', ...first] = prefix;
  const quoted = JSON.stringify(named);
  const found = named.includes('/') ? resolve(basePath, named) : programPath(named, path);
  if (found === undefined) {
    const mend = /\s/.test(named)
      ? 'each argument is a text of its own, such as ["nice", "-n", "10"]'
      : 'install it, or correct launchPrefix';
    throw new Unfit(`the program ${quoted} of its launchPrefix is not on PATH: ${mend}`);
  }
  if (!isExecutable(found))
    throw new Unfit(
      `the program ${quoted} of its launchPrefix is no file that may be executed (${found}): correct it, or its permissions`,
    );
  return [found, ...first];
}

/** The same as a clause about what is wrong; undefined where nothing is, or there is no prefix. */
export function launcherProblem(
  prefix: readonly string[] | undefined,
  where: Parameters<typeof findLauncher>[1],
): string | undefined {
  try {
    if (prefix !== undefined) findLauncher(prefix, where);
    return undefined;
  } catch (error) {
    if (error instanceof Unfit) return error.message;
    throw error;
  }
}
