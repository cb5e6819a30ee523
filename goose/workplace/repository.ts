import { stat } from 'node:fs/promises';
import { Unfit } from '../program/unfit.ts';
import { type Git, GitError } from './git.ts';

/** A git repository that has worktrees of ours. */
export interface Repository {
  /** As the control file names it, for people. */
  path: string;
  /** Its `.git`, or itself where it is a bare one; absolute, links resolved. */
  gitDir: string;
  /** The commit from which new branches begin. */
  base: string;
}

/**
 * Finds the repository of a worktree rule, and the commit of its base.
 *
 * @throws Unfit where there is none, or no such commit
 */
export async function findRepository(
  git: Git,
  { repository: path, base = 'HEAD' }: { repository: string; base?: string | undefined },
): Promise<Repository> {
  const mend = 'correct "worktree" of the agent';
  if ((await stat(path).catch(() => undefined)) === undefined)
    throw new Unfit(`there is no repository ${path}: clone it there, or ${mend}`);
  const gitDir = await lookAt(git, path, mend);
  const commit = await git(path, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${base}^{commit}`,
  ]).catch((error: unknown) => {
    if (!(error instanceof GitError)) throw error;
    throw new Unfit(`the repository ${path} has no commit ${JSON.stringify(base)}: make one, or ${mend}`);
  });
  return { path, gitDir, base: commit.trim() };
}

async function lookAt(git: Git, path: string, mend: string): Promise<string> {
  try {
    const said = await git(path, [
      'rev-parse',
      '--path-format=absolute',
      '--git-common-dir',
      '--show-prefix',
    ]);
    const [gitDir = '', prefix = ''] = said.split('\n');
    // A folder of another repository, which was not meant.
    if (prefix !== '') throw new Unfit(`${path} is a folder inside a repository, and none itself: ${mend}`);
    return gitDir;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new Unfit(`${path} cannot be used as a git repository (${error.complaint}): mend it, or ${mend}`);
  }
}

/**
 * What git keeps of a worktree: the directory in the repository. Undefined where the path is no worktree of it any more; then
 * nothing may be asked of git there that obeys its configuration, since an agent may have put another repository there.
 */
export async function adminDirOf(
  git: Git,
  { gitDir }: Pick<Repository, 'gitDir'>,
  path: string,
): Promise<string | undefined> {
  const asked = ['--path-format=absolute', '--git-common-dir', '--absolute-git-dir', '--show-prefix'];
  const said = await git(path, ['rev-parse', ...asked]).catch((error: unknown) => {
    if (!(error instanceof GitError)) throw error;
    return '';
  });
  const [commonDir, adminDir, prefix] = said.split('\n');
  return commonDir === gitDir && prefix === '' ? adminDir : undefined;
}
