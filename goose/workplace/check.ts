import { constants } from 'node:fs';
import { access, lstat, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isOfTheSystem } from '../../config/directories.ts';
import { Unfit } from '../program/unfit.ts';

/** @throws Unfit where goose cannot work in a directory */
export async function checkWorkingDir(path: string): Promise<void> {
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

/** Whether something has this name; a link is something, wherever it leads. */
export async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
