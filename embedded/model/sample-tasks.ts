import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWholeFile } from '../../os/whole-file.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import type { NewTask } from '../../tinytask/task-arguments.ts';

interface Sample extends Omit<NewTask, 'createdBy' | 'blockedByTaskId'> {
  title: string;
  blockedBy?: string;
}

const CREATED_BY = 'starter';

/**
 * Shows order at work: a chain dev -> dev -> qa, whose second link has the highest priority of all and still has to
 * wait for its blocker, and one task more than the three slots of the dev agents.
 */
const SAMPLES: readonly Sample[] = [
  {
    title: 'Draft a welcome note',
    description: 'Write three friendly sentences that welcome a new member of the team, as a comment.',
    queue: 'dev',
  },
  {
    title: 'Polish the welcome note',
    description:
      'Read the comments of the task that blocked this one, and write a shorter version as a comment.',
    queue: 'dev',
    priority: 10,
    blockedBy: 'Draft a welcome note',
  },
  {
    title: 'Review the welcome note',
    description:
      'Read the comments of the task that blocked this one. Say as a comment whether the note is ready.',
    queue: 'qa',
    blockedBy: 'Polish the welcome note',
  },
  {
    title: 'List five risks of a big release',
    description: 'One line each, as a comment.',
    queue: 'dev',
    priority: 5,
  },
  {
    title: 'Explain what a semaphore is',
    description: 'For somebody who has never programmed, in four sentences, as a comment.',
    queue: 'dev',
    priority: 3,
  },
  {
    title: 'Suggest names for a robot gardener',
    description: 'Three names with a reason each, as a comment.',
    queue: 'dev',
  },
];

type Mark = 'begun' | 'done';

/**
 * Says, before the database is made, that sample tasks are due: a start that is killed half way through creating
 * them then leaves a trace, and the next one goes on with them.
 */
export async function markIfNew(stateDir: string, databaseFile: string): Promise<void> {
  if (!existsSync(databaseFile)) await writeMark(stateDir, 'begun');
}

/** Creates the sample tasks that are due and not there yet; how many that were. */
export async function seedSampleTasks(
  stateDir: string,
  tinytask: Pick<TinyTask, 'list' | 'create'>,
): Promise<number> {
  if (readMark(stateDir) !== 'begun') return 0;
  const there = await tinytask.list({ includeArchived: true });
  const ids = new Map(
    there.filter((task) => task.createdBy === CREATED_BY).map(({ title, id }) => [title, id]),
  );
  const before = ids.size;
  for (const { blockedBy, ...sample } of SAMPLES) {
    if (ids.has(sample.title)) continue;
    const blocker = blockedBy === undefined ? undefined : ids.get(blockedBy);
    const task = await tinytask.create({
      ...sample,
      createdBy: CREATED_BY,
      ...(blocker !== undefined && { blockedByTaskId: blocker }),
    });
    ids.set(sample.title, task.id);
  }
  await writeMark(stateDir, 'done');
  return ids.size - before;
}

function markPath(stateDir: string): string {
  return join(stateDir, 'sample-tasks');
}

function readMark(stateDir: string): string | undefined {
  try {
    return readFileSync(markPath(stateDir), 'utf8').trim();
  } catch {
    return undefined;
  }
}

async function writeMark(stateDir: string, mark: Mark): Promise<void> {
  await writeWholeFile(markPath(stateDir), `${mark}\n`);
}
