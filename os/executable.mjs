// @ts-check
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/**
 * Whether the path is a file that this user may run.
 * @param {string} path
 */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The path of a program that is named as a shell names it: by a path with `/`, or by a name in PATH. Undefined where no
 * directory of PATH has it; what a path names need not be there. Relative directories of PATH do not count, since they
 * mean another place in each working directory.
 * @param {string} named
 * @param {string | undefined} pathVariable
 */
export function programPath(named, pathVariable) {
  if (named.includes('/')) return resolve(named);
  return (pathVariable ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((directory) => join(directory, named))
    .find(isExecutable);
}
