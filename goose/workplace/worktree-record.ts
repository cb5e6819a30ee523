import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { TaskRef } from '../../domain/task.ts';
import { writeWholeFile } from '../../os/whole-file.ts';

/** What is known of a worktree and its branch, on disk beside it, so that it outlives a worker that is killed. */
export interface WorktreeRecord {
  /**
   * `making`: no attempt has been in it. `in-use`: an attempt is, or was when its worker was killed. One that is not there was
   * removed, and its branch is left.
   */
  state: 'making' | 'in-use' | 'idle';
  /** `task-42`, or `task-42-2` where that is another task's: also its folder below the root, and its branch. */
  name: string;
  task: TaskRef;
  /** Whose attempt was the last in it. */
  agent: string;
  /** When that began or ended, in milliseconds since 1970. */
  usedAtMs: number;
}

const STATES = ['making', 'in-use', 'idle'];
const NAME = /^task-[1-9]\d{0,14}(?:-[1-9]\d{0,2})?$/;

/** Where the worktrees of a repository are; `gitDir` tells two repositories of one name apart. */
export function worktreeRoot(stateDir: string, gitDir: string): string {
  const named = basename(gitDir) === '.git' ? basename(dirname(gitDir)) : basename(gitDir);
  const hash = createHash('sha256').update(gitDir).digest('hex').slice(0, 8);
  return join(stateDir, 'worktrees', `${named.replace(/[^\w.-]/g, '_').slice(0, 40)}-${hash}`);
}

export const branchOf = (name: string) => `tinyscheduler/${name}`;

/** Undefined where there is none, or none that can be read: then its branch counts as somebody else's. */
export async function readWorktreeRecord(root: string, name: string): Promise<WorktreeRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(recordPath(root, name), 'utf8'));
    return isRecord(record) && record.name === name ? record : undefined;
  } catch {
    return undefined;
  }
}

export async function readWorktreeRecords(root: string): Promise<WorktreeRecord[]> {
  const files = await readdir(root).catch(() => []);
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
  const records = await Promise.all(names.map((name) => readWorktreeRecord(root, name)));
  return records.filter((record) => record !== undefined);
}

/** Throws if the disk does not take it. */
export async function writeWorktreeRecord(root: string, record: WorktreeRecord): Promise<void> {
  await writeWholeFile(recordPath(root, record.name), `${JSON.stringify(record)}\n`);
}

export async function removeWorktreeRecord(root: string, name: string): Promise<void> {
  await rm(recordPath(root, name), { force: true });
}

const recordPath = (root: string, name: string) => join(root, `${name}.json`);

function isRecord(value: unknown): value is WorktreeRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { state, name, task, agent, usedAtMs } = value as Record<keyof WorktreeRecord, unknown>;
  const { id, createdAt } = (task ?? {}) as Record<string, unknown>;
  return (
    STATES.includes(String(state)) &&
    NAME.test(String(name)) &&
    Number.isSafeInteger(id) &&
    typeof createdAt === 'string' &&
    typeof agent === 'string' &&
    Number.isFinite(usedAtMs)
  );
}
