import { lstat, mkdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Unfit } from '../program/unfit.ts';

/**
 * Makes a directory inside the base path, with those above it, and returns its path with links resolved. A link may lead to
 * another place inside; one that leads out was perhaps put there by an agent, and is refused.
 *
 * @param relative path from the base path, without `..`
 * @throws Unfit; what the system says where the disk is full or broken
 */
export async function makeInside(basePath: string, relative: string): Promise<string> {
  const base = await realpath(basePath).catch(() => {
    throw new Unfit(`the base path ${basePath} does not exist: make it or change the setting`);
  });
  let path = base;
  for (const name of relative.split('/').filter((each) => each !== '' && each !== '.')) {
    const next = join(path, name);
    await makeOne(next);
    path = await realpath(next).catch(() => {
      throw new Unfit(`the working directory ${next} is a link that leads nowhere: remove it`);
    });
    if (path !== base && !path.startsWith(base === sep ? sep : base + sep))
      throw new Unfit(
        `the working directory ${next} is a link that leads out of the base path, to ${path}: remove the link`,
      );
    if (!(await lstat(path)).isDirectory())
      throw new Unfit(`the working directory ${next} is not a folder: move the file away`);
  }
  return path;
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'].includes(code ?? '')) throw error;
    throw new Unfit(
      `the working directory ${path} cannot be made (${message}): change the permissions or the template`,
    );
  }
}
