import { execFileSync } from 'node:child_process';
import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGit } from '../../goose/workplace/git.ts';
import { findRepository } from '../../goose/workplace/repository.ts';
import { worktreeRoot } from '../../goose/workplace/worktree-record.ts';

const PERSON = {
  GIT_AUTHOR_NAME: 'p',
  GIT_AUTHOR_EMAIL: 'p@x',
  GIT_COMMITTER_NAME: 'p',
  GIT_COMMITTER_EMAIL: 'p@x',
};
/** No configuration of whoever runs the tests. */
export const ENV: Record<string, string> = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
};

/** git as a person or an agent calls it. Returns what it wrote. */
export function git(directory: string, ...args: string[]): string {
  const env = { ...ENV, ...PERSON, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  return execFileSync('git', ['-C', directory, ...args], { env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** A repository `repo` with one commit on main, in a folder that has a state directory too. */
export function newRepository(folder: string, files: Record<string, string> = { 'a.txt': 'a\n' }) {
  const path = join(realpathSync(folder), 'repo');
  execFileSync('git', ['init', '-q', '-b', 'main', path], { env: ENV });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  git(path, 'add', '-A');
  git(path, 'commit', '-q', '-m', 'first', '--allow-empty');
  return path;
}

/** What `openWorktree` wants for a task of that repository. */
export async function wantedOf(
  folder: string,
  path: string,
  taskId: number,
  createdAt = '2026-01-01T00:00:00Z',
) {
  const ours = findGit(ENV);
  const repository = await findRepository(ours, { repository: path });
  const root = worktreeRoot(join(folder, 'state'), repository.gitDir);
  return { git: ours, repository, root, task: { id: taskId, createdAt }, agent: 'vaela' };
}
