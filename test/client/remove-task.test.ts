import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { type RemoveDeps, removeTask } from '../../client/remove-task.ts';
import type { Task } from '../../domain/task.ts';
import { clientOf, type DescribedRun } from '../support/described-runs.ts';
import { MADE_AT, taskOf } from '../support/tasks.ts';

const memo = { createdAt: MADE_AT, semaphore: 'pool-dev', wants: null };
const run = (phase: DescribedRun['phase'], closedAtMs: number | null = null): DescribedRun => {
  return { taskId: 1, agent: 'ada', phase, closedAtMs, memo };
};

/** What is done, in order. */
function place(task: Task | undefined, described?: DescribedRun): { deps: RemoveDeps; did: string[] } {
  const did: string[] = [];
  const comments: { id: number; content: string }[] = [];
  const seen = clientOf(() => (described === undefined ? [] : [described]));
  const getHandle = (id: string) => ({
    ...seen.workflow.getHandle(id),
    signal: async ({ name }: { name: string }) => void did.push(`${name} to ${id}`),
  });
  const client = { workflow: { getHandle }, withDeadline: (_: number, work: () => unknown) => work() };
  const tinytask = {
    get: async () => task && { ...task, comments: [] },
    comments: async () => comments,
    addComment: async (_: number, content: string) => {
      comments.push({ id: comments.length + 1, content });
      did.push(content.replace(/^\[.*?\] /, ''));
    },
    archive: async () => void did.push('archive'),
  };
  return { deps: { client: client as unknown as Client, tinytask: tinytask as never }, did };
}

const note = { by: 'ada@box', note: 'twice' };
const SAID = 'Archived by hand by ada@box (twice).';

test.each<[string, DescribedRun | undefined, string[]]>([
  ['without a run', undefined, [SAID, 'archive']],
  ['whose run has ended', run('running', 5), [SAID, 'archive']],
  ['whose run is in line', run('waiting'), [SAID, 'archive', 'look-again to task-1']],
  ['whose run is parked', run('parked'), [SAID, 'archive', 'look-again to task-1']],
])('a task %s is archived with who did it, and then its run is told', async (_, described, expected) => {
  const { deps, did } = place(taskOf(1), described);
  expect(await removeTask(deps, 1, note)).toEqual({ taskId: 1, did: 'removed' });
  expect(did).toEqual(expected);
});

test.each<[string, Task, DescribedRun | undefined, string | null]>([
  ['whose run is at an attempt', taskOf(1), run('running'), 'ada'],
  ['that somebody else works on', taskOf(1, { status: 'working', assignedTo: 'eve' }), undefined, 'eve'],
])('a task %s stays', async (_, task, described, agent) => {
  const { deps, did } = place(task, described);
  await expect(removeTask(deps, 1)).rejects.toMatchObject({ code: 'task-runs', failure: { agent } });
  expect(did).toEqual([]);
});

test.each<[Task, string]>([
  [taskOf(1, { status: 'complete' }), 'complete'],
  [taskOf(1, { archivedAt: MADE_AT }), 'archived'],
])('of one that is over nothing is removed', async (task, since) => {
  const { deps, did } = place(task);
  expect(await removeTask(deps, 1)).toEqual({ taskId: 1, did: 'nothing', since });
  expect(did).toEqual([]);
});

test('one that there is not is a failure', async () => {
  await expect(removeTask(place(undefined).deps, 1)).rejects.toMatchObject({ code: 'no-such-task' });
});
