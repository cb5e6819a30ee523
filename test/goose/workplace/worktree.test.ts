import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UnfitTask } from '../../../goose/program/unfit.ts';
import { findGit } from '../../../goose/workplace/git.ts';
import { findRepository } from '../../../goose/workplace/repository.ts';
import { openWorktree } from '../../../goose/workplace/worktree.ts';
import { writeWorktreeRecord } from '../../../goose/workplace/worktree-record.ts';
import { ENV, git, newRepository, wantedOf } from '../../support/repositories.ts';
import { mountSmallDisk, noMountsBecause } from '../../support/small-disk.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

const at = (folder: string, taskId: number, createdAt?: string) =>
  wantedOf(folder, join(folder, 'repo'), taskId, createdAt);

describe('the worktree of a task', () => {
  test('is on a branch of its own, and the same for later attempts, with all that was left in it', async () => {
    using folder = temporaryFolder();
    newRepository(folder.path);
    const first = await openWorktree(await at(folder.path, 42));
    expect(first.branch).toBe('tinyscheduler/task-42');
    expect(git(first.path, 'branch', '--show-current')).toBe(first.branch);
    writeFileSync(join(first.path, 'left.txt'), 'half done');
    await first.leave();
    const again = await openWorktree({ ...(await at(folder.path, 42)), agent: 'oscar' });
    expect(again.path).toBe(first.path);
    expect(readFileSync(join(again.path, 'left.txt'), 'utf8')).toBe('half done');
    const other = await openWorktree(await at(folder.path, 43));
    expect(other.path).not.toBe(first.path);
    expect(existsSync(join(other.path, 'left.txt'))).toBe(false);
  });

  test('is made again from its branch where somebody removed it, and from the base where the branch is gone, too', async () => {
    using folder = temporaryFolder();
    const repository = newRepository(folder.path);
    const { path, branch } = await openWorktree(await at(folder.path, 42));
    writeFileSync(join(path, 'b.txt'), 'b');
    git(path, 'add', '-A');
    git(path, 'commit', '-q', '-m', 'work');
    rmSync(path, { recursive: true });
    expect(existsSync(join((await openWorktree(await at(folder.path, 42))).path, 'b.txt'))).toBe(true);
    git(repository, 'worktree', 'remove', path);
    git(repository, 'branch', '-D', branch);
    expect(existsSync(join((await openWorktree(await at(folder.path, 42))).path, 'b.txt'))).toBe(false);
  });

  test('is not that of another task of the same id, nor a branch that is somebody’s own', async () => {
    using folder = temporaryFolder();
    const repository = newRepository(folder.path);
    git(repository, 'branch', 'tinyscheduler/task-42');
    const first = await openWorktree(await at(folder.path, 42, '2026-01-01T00:00:00Z'));
    const second = await openWorktree(await at(folder.path, 42, '2026-02-02T00:00:00Z'));
    expect([first.branch, second.branch]).toEqual(['tinyscheduler/task-42-2', 'tinyscheduler/task-42-3']);
    expect((await openWorktree(await at(folder.path, 42, '2026-01-01T00:00:00Z'))).path).toBe(first.path);
  });

  test('ten at once on one repository', async () => {
    using folder = temporaryFolder();
    newRepository(folder.path);
    const ids = Array.from({ length: 10 }, (_, index) => index + 1);
    const opened = await Promise.all(ids.map(async (id) => openWorktree(await at(folder.path, id))));
    const branches = opened.map(({ path }) => git(path, 'branch', '--show-current'));
    expect(branches).toEqual(ids.map((id) => `tinyscheduler/task-${id}`));
  });

  test('of a bare repository, too', async () => {
    using folder = temporaryFolder();
    const repository = newRepository(folder.path);
    const bare = join(folder.path, 'bare.git');
    git(folder.path, 'clone', '-q', '--bare', repository, bare);
    const { path } = await openWorktree(await wantedOf(folder.path, bare, 42));
    expect(readdirSync(path)).toContain('a.txt');
  });
});

describe('what was cut off', () => {
  test('in the making is made anew: folder, registration and lock of the branch', async () => {
    using folder = temporaryFolder();
    const repository = newRepository(folder.path);
    const wanted = await at(folder.path, 42);
    const path = join(wanted.root, 'task-42');
    await writeWorktreeRecord(wanted.root, {
      ...{ state: 'making', name: 'task-42', task: wanted.task, agent: 'vaela', usedAtMs: 1 },
    });
    git(repository, 'worktree', 'add', '-q', '--no-checkout', '-b', 'tinyscheduler/task-42', path);
    writeFileSync(join(repository, '.git/worktrees/task-42/locked'), 'initializing');
    writeFileSync(join(repository, '.git/worktrees/task-42/index.lock'), '');
    writeFileSync(join(repository, '.git/refs/heads/tinyscheduler/task-42.lock'), '');
    const opened = await openWorktree(wanted);
    expect(opened.path).toBe(path);
    expect(git(path, 'status', '--porcelain')).toBe('');
    expect(readdirSync(join(repository, '.git/worktrees'))).toEqual(['task-42']);
  });

  test('in the middle of an attempt loses nothing, and git works in it again', async () => {
    using folder = temporaryFolder();
    const repository = newRepository(folder.path);
    const { path } = await openWorktree(await at(folder.path, 42));
    writeFileSync(join(path, 'left.txt'), 'half done');
    writeFileSync(join(repository, '.git/worktrees/task-42/index.lock'), '');
    const again = await openWorktree(await at(folder.path, 42));
    git(again.path, 'add', '-A');
    expect(git(again.path, 'status', '--porcelain')).toBe('A  left.txt');
  });
});

describe('what is in the way', () => {
  test('of one task only is that task’s', async () => {
    using folder = temporaryFolder();
    const repository = newRepository(folder.path);
    const { path, leave } = await openWorktree(await at(folder.path, 42));
    await leave();
    rmSync(path, { recursive: true });
    mkdirSync(path);
    writeFileSync(join(path, 'precious.txt'), 'x');
    const refused = openWorktree(await at(folder.path, 42));
    await expect(refused).rejects.toThrow(/is no worktree of .* any more: move it away/);
    await expect(refused).rejects.toBeInstanceOf(UnfitTask);
    expect(existsSync(join(path, 'precious.txt'))).toBe(true);
    rmSync(path, { recursive: true });
    git(repository, 'worktree', 'prune');
    git(repository, 'checkout', '-q', 'tinyscheduler/task-42');
    const elsewhere = openWorktree(await at(folder.path, 42));
    await expect(elsewhere).rejects.toThrow(/already checked out.*: check out another branch there/);
    await expect(elsewhere).rejects.toBeInstanceOf(UnfitTask);
    git(repository, 'checkout', '-q', 'main');
    expect((await openWorktree(await at(folder.path, 42))).path).toBe(path);
  });

  test.each<[string, (folder: string) => { repository: string; base?: string }, RegExp]>([
    [
      'nothing there',
      (folder) => ({ repository: join(folder, 'gone') }),
      /there is no repository .*gone: clone it there, or correct "worktree"/,
    ],
    [
      'no repository',
      (folder) => ({ repository: folder }),
      /cannot be used as a git repository \(not a git repository/,
    ],
    [
      'a folder of one',
      (folder) => {
        mkdirSync(join(folder, 'repo/sub'));
        return { repository: join(folder, 'repo/sub') };
      },
      /is a folder inside a repository, and none itself/,
    ],
    [
      'no such base',
      (folder) => ({ repository: join(folder, 'repo'), base: 'release' }),
      /has no commit "release": make one, or correct/,
    ],
    [
      'no commit at all',
      (folder) => {
        git(folder, 'init', '-q', join(folder, 'empty'));
        return { repository: join(folder, 'empty') };
      },
      /has no commit "HEAD": make one/,
    ],
  ])('of the agent: %s', async (_, rule, why) => {
    using folder = temporaryFolder();
    newRepository(folder.path);
    await expect(findRepository(findGit(ENV), rule(folder.path))).rejects.toThrow(why);
  });

  test('of the agent: no git', () => {
    expect(() => findGit({ PATH: '/nonexistent' })).toThrow(
      /there is no git on PATH.*: install git, or remove "worktree"/,
    );
  });

  test('of the agent: no right to write', async () => {
    using folder = temporaryFolder();
    const repository = newRepository(folder.path);
    rmSync(join(repository, '.git/worktrees'), { recursive: true, force: true });
    writeFileSync(join(repository, '.git/worktrees'), 'in the way');
    const refused = openWorktree(await at(folder.path, 42));
    await expect(refused).rejects.toThrow(/git makes no worktree of .*: mend that, or correct "worktree"/);
    await expect(refused).rejects.not.toBeInstanceOf(UnfitTask);
    rmSync(join(repository, '.git/worktrees'));
    await openWorktree(await at(folder.path, 42));
  });
});

test('hooks, watchers and variables of the repository do not run and do not count', async () => {
  using folder = temporaryFolder();
  const repository = newRepository(folder.path);
  const ran = join(folder.path, 'ran');
  for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
    const path = join(repository, '.git/hooks', hook);
    writeFileSync(path, `#!/bin/sh\necho ${hook} >>${ran}\n`);
    chmodSync(path, 0o755);
  }
  const watcher = join(folder.path, 'watcher');
  writeFileSync(watcher, `#!/bin/sh\necho watcher >>${ran}\n`);
  chmodSync(watcher, 0o755);
  git(repository, 'config', 'core.fsmonitor', watcher);
  const wanted = await at(folder.path, 42);
  const ours = findGit({ ...ENV, GIT_DIR: '/nonexistent', GIT_INDEX_FILE: '/nonexistent' });
  const { path } = await openWorktree({ ...wanted, git: ours });
  await ours(path, ['status', '--porcelain']);
  expect(existsSync(ran)).toBe(false);
  // They are there, and would.
  git(path, 'checkout', '-q', '--detach');
  expect(readFileSync(ran, 'utf8')).toContain('post-checkout');
});

const noMounts = noMountsBecause();
test.skipIf(noMounts !== undefined)(
  'a full disk is said, leaves nothing, and the next attempt has it',
  async () => {
    using folder = temporaryFolder();
    newRepository(folder.path, { 'a.txt': 'x'.repeat(1_000_000) });
    mkdirSync(join(folder.path, 'state'));
    const disk = mountSmallDisk(join(folder.path, 'state'));
    try {
      const wanted = await at(folder.path, 42);
      mkdirSync(wanted.root, { recursive: true });
      writeFileSync(join(disk.path, 'filler'), Buffer.alloc(3_500_000));
      await expect(openWorktree(wanted)).rejects.toThrow(
        /git makes no worktree of .*: free space, or let it be written there/,
      );
      expect(existsSync(join(wanted.root, 'task-42'))).toBe(false);
      disk.free();
      const { path } = await openWorktree(wanted);
      expect(git(path, 'status', '--porcelain')).toBe('');
    } finally {
      disk.unmount();
    }
  },
);
