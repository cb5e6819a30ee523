import { lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameTask, type TaskRef } from '../../domain/task.ts';
import { oneAtATime } from '../../os/one-at-a-time.mjs';
import { Unfit, UnfitTask } from '../program/unfit.ts';
import { isThere } from './check.ts';
import { type Git, GitError } from './git.ts';
import { adminDirOf, type Repository } from './repository.ts';
import { branchOf, readWorktreeRecord, type WorktreeRecord, writeWorktreeRecord } from './worktree-record.ts';

/** So many tasks of one id there may have been, each in a TinyTask that was reset since. */
const MOST_NAMES = 999;
/** Another git of the repository may be in the way for a moment: that of a person, or of another installation. */
const TRIES = 10;
const TRY_AGAIN_MS = 200;
/** Complaints about a lock, and about a worktree that another git is just making or removing. */
const PASSES = /\.lock'|could not lock|unable to lock|failed to read worktrees/i;

export interface WorktreeWanted {
  git: Git;
  repository: Repository;
  /** See `worktreeRoot`. */
  root: string;
  task: TaskRef;
  agent: string;
}

/** A worktree that an attempt may begin in. */
export interface Worktree {
  path: string;
  branch: string;
  /** The attempt is over. */
  leave(): Promise<void>;
}

/**
 * The worktree of a task: the one of its attempts before, else a new one. What a killed worker has left half made is made
 * anew: nobody has worked in it. Call it when nothing of an earlier attempt lives, and the run of this one has its record.
 *
 * @throws Unfit; UnfitTask where only this task's worktree is in the way
 */
export async function openWorktree(wanted: WorktreeWanted): Promise<Worktree> {
  const { root, task, agent } = wanted;
  return withTaskLock(root, task.id, async () => {
    const known = await recordOf(wanted);
    const record: WorktreeRecord = { ...known, agent, usedAtMs: Date.now() };
    const path = join(root, record.name);
    if (!(await goesOn(wanted, record, path))) await makeAnew(wanted, record, path);
    await writeWorktreeRecord(root, { ...record, state: 'in-use' });
    const leave = () => writeWorktreeRecord(root, { ...record, state: 'idle', usedAtMs: Date.now() });
    return { path, branch: branchOf(record.name), leave };
  });
}

/** git reads what it knows of all worktrees when it adds one, and stumbles over one that is half there. */
function withRepositoryLock<T>(root: string, work: () => Promise<T>): Promise<T> {
  return oneAtATime(join(root, 'repository.lock'), work);
}

/** One at a time at the worktrees of a task: who makes or removes one looks first. */
export function withTaskLock<T>(root: string, taskId: number, work: () => Promise<T>): Promise<T> {
  return oneAtATime(join(root, `task-${taskId}.lock`), work);
}

/** An id alone names no task. A branch that we have no record of is somebody's own. */
async function recordOf({ git, repository, root, task, agent }: WorktreeWanted): Promise<WorktreeRecord> {
  for (let number = 1; number <= MOST_NAMES; number += 1) {
    const name = number === 1 ? `task-${task.id}` : `task-${task.id}-${number}`;
    const record = await readWorktreeRecord(root, name);
    if (record !== undefined && isSameTask(record.task, task)) return record;
    if (record !== undefined || (await isThere(join(root, name)))) continue;
    if (!(await hasBranch(git, repository, branchOf(name))))
      return { state: 'making', name, task, agent, usedAtMs: 0 };
  }
  throw new UnfitTask(
    `there are too many branches like ${branchOf(`task-${task.id}`)}: delete those that are merged`,
  );
}

/** Whether the worktree of an earlier attempt is there. Throws where something else is in its place. */
async function goesOn(
  { git, repository }: WorktreeWanted,
  record: WorktreeRecord,
  path: string,
): Promise<boolean> {
  if (record.state === 'making' || !(await isThere(path))) return false;
  const adminDir = (await lstat(path)).isDirectory() ? await adminDirOf(git, repository, path) : undefined;
  if (adminDir === undefined)
    throw new UnfitTask(
      `${path} is no worktree of ${repository.path} any more: move it away, and it is made again from ${branchOf(record.name)}`,
    );
  // Of a git that was killed with its agent: nothing of an earlier attempt lives now.
  if (record.state === 'in-use')
    for (const lock of ['index.lock', 'HEAD.lock']) await rm(join(adminDir, lock), { force: true });
  return true;
}

/** From its branch, where that is there. */
async function makeAnew({ git, repository, root }: WorktreeWanted, record: WorktreeRecord, path: string) {
  const branch = branchOf(record.name);
  const wasCutOff = (await readWorktreeRecord(root, record.name))?.state === 'making';
  await writeWorktreeRecord(root, { ...record, state: 'making' });
  await discard(git, repository, root, path);
  // It is the lock of this branch alone, and who held it was ended.
  if (wasCutOff) await rm(join(repository.gitDir, 'refs', 'heads', `${branch}.lock`), { force: true });
  for (let tries = 1; ; tries += 1) {
    try {
      const from = (await hasBranch(git, repository, branch))
        ? [path, branch]
        : ['--no-track', '-b', branch, path, repository.base];
      await withRepositoryLock(root, () =>
        git(repository.gitDir, ['worktree', 'add', '--no-checkout', ...from]),
      );
      // What takes long, several may do at a time.
      await git(path, ['reset', '--hard', '--quiet']);
      return;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (tries < TRIES && PASSES.test(error.complaint)) {
        await sleep(TRY_AGAIN_MS);
        continue;
      }
      await discard(git, repository, root, path).catch(() => undefined);
      throw cannotBeMade(error, branch, repository);
    }
  }
}

function cannotBeMade({ complaint }: GitError, branch: string, { path }: Repository): Unfit {
  if (/already (?:checked out|used by)/.test(complaint))
    return new UnfitTask(
      `git makes no worktree for ${branch} of ${path} (${complaint}): check out another branch there`,
    );
  // Of a full disk git does not always say so.
  const isOfDisk = /No space left|quota|unable to (?:write|create|append)|write error/i.test(complaint);
  const mend = isOfDisk
    ? 'free space, or let it be written there'
    : 'mend that, or correct "worktree" of the agent';
  return new Unfit(`git makes no worktree of ${path} (${complaint}): ${mend}`);
}

/**
 * Removes a worktree without a look at what is in it; its branch stays. It is renamed first: so it is gone at once, and a
 * process that goes on removing it when this one was killed does not find the next one.
 */
export async function discard(git: Git, repository: Repository, root: string, path: string): Promise<void> {
  const gone = join(root, `${REMOVED}${process.pid}-${Math.random().toString(36).slice(2)}`);
  if (await isThere(path)) {
    await rename(path, gone);
    await rm(gone, { recursive: true, force: true });
  }
  const forget = () => git(repository.gitDir, ['worktree', 'remove', '--force', '--force', path]);
  await withRepositoryLock(root, forget).catch((error: unknown) => {
    // Most often it is not registered any more, or never was.
    if (!(error instanceof GitError)) throw error;
  });
}

/** How the names of folders begin that are being removed. */
export const REMOVED = '.removed-';

export async function hasBranch(git: Git, { gitDir }: Repository, branch: string): Promise<boolean> {
  return git(gitDir, ['show-ref', '--verify', '--quiet', `refs/heads/${branch}`]).then(
    () => true,
    (error: unknown) => {
      if (!(error instanceof GitError)) throw error;
      return false;
    },
  );
}
