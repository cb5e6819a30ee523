import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from './git.ts';
import { adminDirOf, type Repository } from './repository.ts';

/** Of an operation that somebody has begun: a merge, rebase, cherry-pick, revert, bisect. */
const BEGUN = ['MERGE_HEAD', 'rebase-merge', 'rebase-apply', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'BISECT_LOG'];

/**
 * What would be lost with a worktree though its branch stays, as a clause; undefined: nothing would. Files that the
 * repository ignores are no work, by its own word. @throws GitError
 */
export async function unsavedWork(
  git: Git,
  repository: Repository,
  { path, branch }: { path: string; branch: string },
): Promise<string | undefined> {
  const adminDir = await adminDirOf(git, repository, path);
  if (adminDir === undefined) return `it is no worktree of ${repository.path} any more`;
  const changes = (await git(path, ['status', '--porcelain', '--untracked-files=normal'])).split('\n');
  if (changes.length > 1) return `${changes.length - 1} of its files are not committed`;
  if (existsSync(join(adminDir, 'locked'))) return 'somebody has locked it (git worktree lock)';
  const begun = BEGUN.find((name) => existsSync(join(adminDir, name)));
  if (begun !== undefined) return `something is begun in it and not ended (${begun})`;
  if (await hasCommitsOfNoBranch(git, path, branch)) return 'some of its commits are on no branch';
  return undefined;
}

/** What was HEAD once, and is neither on a branch or tag nor in the branch's own log, is known to the worktree alone. */
async function hasCommitsOfNoBranch(git: Git, path: string, branch: string): Promise<boolean> {
  const log = (ref: string) => git(path, ['log', '--walk-reflogs', '--format=%H', ref, '--']).then(linesOf);
  const [been, ofBranch, head] = await Promise.all([
    log('HEAD'),
    log(`refs/heads/${branch}`).catch((): string[] => []),
    git(path, ['rev-parse', 'HEAD']).then(linesOf),
  ]);
  const unknown = [...new Set([...been, ...head])].filter((commit) => !ofBranch.includes(commit));
  for (const commit of unknown) {
    const refs = await git(path, ['for-each-ref', '--count=1', `--contains=${commit}`]);
    if (refs.trim() === '') return true;
  }
  return false;
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
