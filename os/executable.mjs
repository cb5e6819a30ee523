// @ts-check
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

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
 * The first executable of this name in the directories of PATH.
 * @param {string} name
 * @param {string | undefined} pathVariable
 */
export function findOnPath(name, pathVariable) {
  return (pathVariable ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => resolve(join(directory, name)))
    .find(isExecutable);
}
