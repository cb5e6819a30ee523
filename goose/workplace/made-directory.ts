import { lstat, mkdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Unfit } from '../program/unfit.ts';
import { isThere } from './check.ts';

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
    path = await checkOne(base, next);
  }
  return path;
}

/** Whether `makeInside` could make a template's directory, as far as it is the same for each task. Changes nothing. @throws Unfit */
export async function checkInside(basePath: string, template: string): Promise<void> {
  const base = await realpath(basePath).catch(() => basePath);
  let path = base;
  for (const name of template.split('/').filter((each) => each !== '' && each !== '.')) {
    const next = join(path, name);
    if (name.includes('{') || !(await isThere(next))) return;
    path = await checkOne(base, next);
  }
}

/** @returns where it leads */
async function checkOne(base: string, path: string): Promise<string> {
  const real = await realpath(path).catch(() => {
    throw new Unfit(`the working directory ${path} is a link that leads nowhere: remove it`);
  });
  if (real !== base && !real.startsWith(base === sep ? sep : base + sep))
    throw new Unfit(
      `the working directory ${path} is a link that leads out of the base path, to ${real}: remove the link`,
    );
  if (!(await lstat(real)).isDirectory())
    throw new Unfit(`the working directory ${path} is not a folder: move the file away`);
  return real;
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
