import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorktreeRule } from '../../domain/agent.ts';
import { beyondKept } from '../../domain/worktrees.ts';
import { isThere } from './check.ts';
import type { Git } from './git.ts';
import type { Repository } from './repository.ts';
import { unsavedWork } from './unsaved-work.ts';
import { discard, hasBranch, REMOVED, withTaskLock } from './worktree.ts';
import {
  branchOf,
  readWorktreeRecord,
  readWorktreeRecords,
  removeWorktreeRecord,
  type WorktreeRecord,
} from './worktree-record.ts';

export interface CleanUp {
  git: Git;
  repository: Repository;
  root: string;
  agent: string;
  rule: WorktreeRule;
  /** Whether a run of the task is under way on this host. */
  isRunning: (taskId: number) => Promise<boolean>;
  nowMs: number;
}

/** What became of a worktree that is beyond what stays. */
export interface CleanedUp {
  taskId: number;
  path: string;
  branch: string;
  /** Why it stays all the same, as a clause; null: it was removed, and nothing is lost. */
  kept: string | null;
  /** Commits of the branch, which stays, that the base has not. */
  unmerged: number;
}

/** One that stays all the same is not looked at again for so long: each look is several calls of git. */
const LOOK_AGAIN_MS = 10 * 60_000;
const keptAtMs = new Map<string, number>();

/** Removes those worktrees of an agent that are beyond its rule, of which nothing would be lost. Branches stay. */
export async function cleanUp(wanted: CleanUp): Promise<CleanedUp[]> {
  const { root, agent, rule, nowMs } = wanted;
  await removeLeftovers(root);
  const own = (await readWorktreeRecords(root)).filter(
    (each) => each.agent === agent && each.state !== 'making',
  );
  const there = await filterAsync(own, ({ name }) => isThere(join(root, name)));
  const done: CleanedUp[] = [];
  for (const { name, task } of beyondKept(there, rule, nowMs)) {
    const path = join(root, name);
    if (nowMs - (keptAtMs.get(path) ?? 0) < LOOK_AGAIN_MS) continue;
    const cleaned = await withTaskLock(root, task.id, () => cleanUpOne(wanted, name));
    if (cleaned === undefined) continue;
    if (cleaned.kept === null) keptAtMs.delete(path);
    else keptAtMs.set(path, nowMs);
    done.push(cleaned);
  }
  await forgetMerged(wanted, own);
  return done;
}

/** Of what was removed, and has no branch any more, nothing is left that a record could tell of. */
async function forgetMerged({ git, repository, root }: CleanUp, records: WorktreeRecord[]): Promise<void> {
  const refs = ['for-each-ref', '--format=%(refname)', `refs/heads/${branchOf('')}`];
  const branches = (await git(repository.gitDir, refs)).split('\n');
  for (const { name, task } of records) {
    if (branches.includes(`refs/heads/${branchOf(name)}`)) continue;
    await withTaskLock(root, task.id, async () => {
      const isLeft = (await isThere(join(root, name))) || (await hasBranch(git, repository, branchOf(name)));
      const record = await readWorktreeRecord(root, name);
      if (!isLeft && record?.state !== 'making') await removeWorktreeRecord(root, name);
    });
  }
}

async function filterAsync<T>(all: readonly T[], is: (each: T) => Promise<boolean>): Promise<T[]> {
  const found = await Promise.all(all.map(is));
  return all.filter((_, at) => found[at]);
}

async function cleanUpOne(wanted: CleanUp, name: string): Promise<CleanedUp | undefined> {
  const { git, repository, root, isRunning } = wanted;
  const record = await readWorktreeRecord(root, name);
  // A run has its record before it comes for its worktree, and comes under this lock.
  if (record === undefined || (await isRunning(record.task.id))) return undefined;
  const path = join(root, name);
  const branch = branchOf(name);
  const told = { taskId: record.task.id, path, branch, unmerged: await unmergedOf(git, repository, branch) };
  try {
    const kept = (await isThere(path)) ? await unsavedWork(git, repository, { path, branch }) : undefined;
    if (kept !== undefined) return { ...told, kept };
    await discard(git, repository, root, path);
    return { ...told, kept: null };
  } catch (error) {
    return { ...told, kept: error instanceof Error ? error.message : String(error) };
  }
}

async function unmergedOf(git: Git, repository: Repository, branch: string): Promise<number> {
  const range = [`refs/heads/${branch}`, `^${repository.base}`];
  return Number(await git(repository.gitDir, ['rev-list', '--count', ...range]).catch(() => '0'));
}

/** Of a process that was killed while it removed one. */
async function removeLeftovers(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names)
    if (name.startsWith(REMOVED)) await rm(join(root, name), { recursive: true, force: true });
}
