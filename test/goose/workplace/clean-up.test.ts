import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cleanUp } from '../../../goose/workplace/clean-up.ts';
import { openWorktree } from '../../../goose/workplace/worktree.ts';
import { git, newRepository, wantedOf } from '../../support/repositories.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

const DAY = 24 * 3_600_000;

/** Worktrees of the tasks, the first used longest ago; and a clean-up of all but the newest. */
async function scene(folder: string, taskIds: number[]) {
  const repository = newRepository(folder, { 'a.txt': 'a\n', '.gitignore': 'ignored\n' });
  const open = async (id: number) => openWorktree(await wantedOf(folder, repository, id));
  const paths: Record<number, string> = {};
  for (const id of taskIds) {
    const { path, leave } = await open(id);
    await leave();
    paths[id] = path;
  }
  const wanted = await wantedOf(folder, repository, 1);
  const rule = { repository, keep: 1, keepDays: 14 };
  let nowMs = Date.now();
  const clean = async (change: Partial<Parameters<typeof cleanUp>[0]> = {}) => {
    // Beyond the time for which a look counts.
    nowMs += 3_600_000;
    return cleanUp({ ...wanted, rule, isRunning: async () => false, nowMs, ...change });
  };
  const path = (id: number) => paths[id] ?? '';
  return { repository, root: wanted.root, open, path, clean };
}

test('what is beyond the number goes, its branch stays, and a later attempt has its work', async () => {
  using folder = temporaryFolder();
  const { repository, open, path, clean } = await scene(folder.path, [1, 2, 3]);
  writeFileSync(join(path(1), 'b.txt'), 'b');
  writeFileSync(join(path(1), 'ignored'), 'x');
  git(path(1), 'add', '-A');
  git(path(1), 'commit', '-q', '-m', 'work');
  expect(await clean()).toEqual([
    { taskId: 1, path: path(1), branch: 'tinyscheduler/task-1', kept: null, unmerged: 1 },
    { taskId: 2, path: path(2), branch: 'tinyscheduler/task-2', kept: null, unmerged: 0 },
  ]);
  expect([1, 2, 3].map((id) => existsSync(path(id)))).toEqual([false, false, true]);
  expect(git(repository, 'worktree', 'list').split('\n')).toHaveLength(2);
  expect(git(repository, 'branch', '--format=%(refname:short)')).toContain('tinyscheduler/task-1');
  const again = await open(1);
  expect([again.path, existsSync(join(again.path, 'b.txt'))]).toEqual([path(1), true]);
  expect(await clean({ rule: { repository, keep: 20, keepDays: 14 } })).toEqual([]);
});

test('what is too old goes', async () => {
  using folder = temporaryFolder();
  const { repository, path, clean } = await scene(folder.path, [1]);
  const rule = { repository, keep: 20, keepDays: 14 };
  expect(await clean({ rule, nowMs: Date.now() + 13 * DAY })).toEqual([]);
  expect(await clean({ rule, nowMs: Date.now() + 15 * DAY })).toMatchObject([{ taskId: 1, kept: null }]);
  expect(existsSync(path(1))).toBe(false);
});

test.each<[string, (path: string, repository: string) => void, RegExp]>([
  ['a changed file', (path) => writeFileSync(join(path, 'a.txt'), 'b'), /1 of its files are not committed/],
  ['a new file', (path) => writeFileSync(join(path, 'new'), ''), /1 of its files are not committed/],
  [
    'a file that is only staged',
    (path) => {
      writeFileSync(join(path, 'new'), '');
      git(path, 'add', 'new');
    },
    /1 of its files/,
  ],
  [
    'commits of no branch',
    (path) => {
      git(path, 'checkout', '-q', '--detach');
      git(path, 'commit', '-q', '--allow-empty', '-m', 'lost');
    },
    /some of its commits are on no branch/,
  ],
  [
    'commits of no branch that it has left',
    (path) => {
      git(path, 'checkout', '-q', '--detach');
      git(path, 'commit', '-q', '--allow-empty', '-m', 'lost');
      git(path, 'checkout', '-q', 'tinyscheduler/task-1');
    },
    /some of its commits are on no branch/,
  ],
  [
    'a merge that is begun',
    (path) => {
      git(path, 'checkout', '-q', '-b', 'side');
      git(path, 'commit', '-q', '--allow-empty', '-m', 'side');
      git(path, 'checkout', '-q', 'tinyscheduler/task-1');
      git(path, 'commit', '-q', '--allow-empty', '-m', 'here');
      git(path, 'merge', '-q', '--no-commit', '--no-ff', 'side');
    },
    /something is begun in it and not ended \(MERGE_HEAD\)/,
  ],
  [
    'a lock of somebody',
    (path, repository) => git(repository, 'worktree', 'lock', path),
    /somebody has locked it/,
  ],
  [
    'a repository that does not answer',
    (path) => writeFileSync(join(path, '.git'), 'gitdir: /nonexistent\n'),
    /it is no worktree of .* any more/,
  ],
])('%s keeps it, and is said', async (_, change, why) => {
  using folder = temporaryFolder();
  const { repository, path, clean } = await scene(folder.path, [1, 2]);
  change(path(1), repository);
  const beyond = await clean();
  expect(beyond).toMatchObject([{ taskId: 1, kept: expect.stringMatching(why) }]);
  expect(existsSync(join(path(1), 'a.txt'))).toBe(true);
});

test('amended commits do not keep it: the log of the branch has them', async () => {
  using folder = temporaryFolder();
  const { path, clean } = await scene(folder.path, [1, 2]);
  git(path(1), 'commit', '-q', '--allow-empty', '-m', 'first try');
  git(path(1), 'commit', '-q', '--allow-empty', '--amend', '-m', 'better');
  expect(await clean()).toMatchObject([{ taskId: 1, kept: null, unmerged: 1 }]);
});

test('one that a run uses is left alone, and those of another agent', async () => {
  using folder = temporaryFolder();
  const { path, clean } = await scene(folder.path, [1, 2]);
  expect(await clean({ isRunning: async (id) => id === 1 })).toEqual([]);
  expect(await clean({ agent: 'oscar' })).toEqual([]);
  expect(existsSync(path(1))).toBe(true);
});

test('one that was kept is not looked at again at once', async () => {
  using folder = temporaryFolder();
  const { path, clean } = await scene(folder.path, [1, 2]);
  writeFileSync(join(path(1), 'new'), '');
  const nowMs = Date.now();
  expect(await clean({ nowMs })).toHaveLength(1);
  rmSync(join(path(1), 'new'));
  expect(await clean({ nowMs: nowMs + 60_000 })).toEqual([]);
  expect(await clean({ nowMs: nowMs + 3_600_000 })).toMatchObject([{ taskId: 1, kept: null }]);
});

test('what a killed process had not removed yet goes with the next', async () => {
  using folder = temporaryFolder();
  const { root, clean } = await scene(folder.path, [1]);
  await mkdir(join(root, '.removed-1-x', 'deep'), { recursive: true });
  await clean();
  expect(readdirSync(root).toSorted()).toEqual(['task-1', 'task-1.json']);
});

test('of one whose branch somebody deleted nothing is kept', async () => {
  using folder = temporaryFolder();
  const { repository, root, clean } = await scene(folder.path, [1, 2]);
  await clean();
  expect(readdirSync(root)).toContain('task-1.json');
  git(repository, 'branch', '-D', 'tinyscheduler/task-1');
  await clean();
  expect(readdirSync(root).toSorted()).toEqual(['task-2', 'task-2.json']);
});

test('commands of a repository that an agent has put in its place do not run', async () => {
  using folder = temporaryFolder();
  const { path, clean } = await scene(folder.path, [1, 2]);
  const ran = join(folder.path, 'ran');
  rmSync(join(path(1), '.git'));
  git(path(1), 'init', '-q');
  writeFileSync(join(path(1), '.gitattributes'), '* filter=planted\n');
  git(path(1), 'add', '-A');
  git(path(1), 'config', 'filter.planted.clean', `touch ${ran}; cat`);
  // As long as it was, else git sees by the size alone that it has changed.
  const file = join(path(1), 'a.txt');
  const { size } = statSync(file);
  writeFileSync(file, 'x'.repeat(size));
  utimesSync(file, 1, 1);
  expect(await clean()).toMatchObject([{ taskId: 1, kept: expect.stringMatching(/it is no worktree of/) }]);
  expect(existsSync(ran)).toBe(false);
  git(path(1), 'status');
  expect(existsSync(ran)).toBe(true);
});
