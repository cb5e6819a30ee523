import { describe, expect, test } from 'vitest';
import { claim } from '../../../activities/attempt/claim.ts';
import type { TaskRef } from '../../../domain/task.ts';
import type { TinyTask } from '../../../tinytask/client.ts';
import type { TaskChange } from '../../../tinytask/task-arguments.ts';
import { callTinyTask } from '../../chaos/tinytask-calls.ts';
import { startHoldingProxy } from '../../support/holding-proxy.ts';
import { client, embeddedTinyTask } from '../../support/tinytask.ts';

interface Stand {
  endpoint: string;
  tinytask: TinyTask;
  task: TaskRef;
}

/** A task of nobody's, and then what these changes made of it. */
async function stand(...changes: TaskChange[]): Promise<Stand> {
  const { endpoint } = await embeddedTinyTask();
  const tinytask = client(endpoint);
  const { id, createdAt } = await tinytask.create({ title: 'a', createdBy: 'test', queue: 'dev' });
  for (const change of changes) await tinytask.update(id, change);
  return { endpoint, tinytask, task: { id, createdAt } };
}

const bobHasIt: TaskChange = { assignedTo: 'bob' };
const bobWorks: TaskChange[] = [bobHasIt, { status: 'working' }];
const adaWorks: TaskChange[] = [{ assignedTo: 'ada' }, { status: 'working' }];

describe('a claim for ada', () => {
  test.each<[string, TaskChange[], assignee: string | null]>([
    ['of a task that nobody has', [], null],
    ['of her own', [{ assignedTo: 'ada' }], 'ada'],
    ['of one that a claim of ours gave to bob', [bobHasIt], 'bob'],
  ])('%s sets it to working, and gives it as it is then', async (_, changes, assignee) => {
    const { tinytask, task } = await stand(...changes);
    const claimed = await claim(tinytask, { task: task, agent: 'ada', assignee: assignee });
    expect(claimed).toMatchObject({ task: { id: task.id, status: 'working', assignedTo: 'ada' } });
    expect(await tinytask.get(task.id)).toMatchObject({ status: 'working', assignedTo: 'ada' });
  });

  test.each<[string, (stand: Stand) => Promise<unknown>, reason: string]>([
    [
      'is complete',
      ({ tinytask, task }) => tinytask.update(task.id, { status: 'complete' }),
      'it is complete',
    ],
    [
      'was archived',
      ({ endpoint, task }) => callTinyTask(endpoint, 'archive_task', { id: task.id }),
      'it was archived',
    ],
    [
      'was deleted',
      ({ endpoint, task }) => callTinyTask(endpoint, 'delete_task', { id: task.id }),
      'it was deleted',
    ],
    ['is with bob', ({ tinytask, task }) => tinytask.update(task.id, bobHasIt), 'bob has it now'],
    [
      'is in the works by nobody whom we know',
      ({ tinytask, task }) => tinytask.update(task.id, { status: 'working' }),
      'somebody is working on it',
    ],
    [
      'is in the works by ada herself, from elsewhere',
      async ({ tinytask, task }) => {
        for (const change of adaWorks) await tinytask.update(task.id, change);
      },
      'somebody is working on it',
    ],
    [
      'is blocked by another one',
      async ({ tinytask, task }) => {
        const { id } = await tinytask.create({ title: 'first', createdBy: 'test' });
        await tinytask.update(task.id, { blockedByTaskId: id });
      },
      'task 2 blocks it now',
    ],
  ])('of a task that %s stands down, and writes nothing', async (_, make, reason) => {
    const it = await stand();
    await make(it);
    const before = await it.tinytask.get(it.task.id);
    expect(await claim(it.tinytask, { task: it.task, agent: 'ada', assignee: null })).toEqual({
      verdict: { kind: 'not-ours', reason: `not started: ${reason}` },
      claimed: false,
    });
    expect(await it.tinytask.get(it.task.id)).toEqual(before);
  });

  test('of another task under the same id stands down', async () => {
    const { tinytask, task } = await stand();
    const old = { ...task, createdAt: '2020-01-01T00:00:00Z' };
    expect(await claim(tinytask, { task: old, agent: 'ada', assignee: null })).toMatchObject({
      verdict: { reason: 'not started: it was deleted' },
    });
    expect((await tinytask.get(task.id))?.status).toBe('idle');
  });

  test('of a blocked task is made where blockers do not count', async () => {
    const { tinytask, task } = await stand();
    const { id } = await tinytask.create({ title: 'first', createdBy: 'test' });
    await tinytask.update(task.id, { blockedByTaskId: id });
    const claimed = await claim(tinytask, { task: task, agent: 'ada', assignee: null, mayBeBlocked: true });
    expect(claimed).toMatchObject({ task: { status: 'working' } });
  });
});

describe('what a run that was reset has left', () => {
  test.each<[string, TaskChange[], agentBefore: string | null, isTaken: boolean]>([
    ['is taken over: by ada herself', adaWorks, 'ada', true],
    ['is taken over: by bob, whose run it was', bobWorks, 'bob', true],
    ['is not: the run before was another agent’s', bobWorks, 'cy', false],
    ['is not: this run was not reset', bobWorks, null, false],
  ])('%s', async (_, changes, agentBefore, isTaken) => {
    const { tinytask, task } = await stand(...changes);
    const claimed = await claim(tinytask, {
      task: task,
      agent: 'ada',
      assignee: null,
      agentBefore: async () => agentBefore,
    });
    if (isTaken) expect(claimed).toMatchObject({ task: { status: 'working', assignedTo: 'ada' } });
    else expect(claimed).toMatchObject({ verdict: { kind: 'not-ours' }, claimed: false });
  });

  test('is not asked for where nobody has the task, or nothing is in the way', async () => {
    const never = async () => {
      throw new Error('it was asked');
    };
    for (const changes of [[], [{ assignedTo: 'ada' }], [{ status: 'working' } as const]]) {
      const { tinytask, task } = await stand(...changes);
      await expect(
        claim(tinytask, { task: task, agent: 'ada', assignee: null, agentBefore: never }),
      ).resolves.toBeDefined();
    }
  });
});

/** TinyTask has no compare-and-set, so what others did meanwhile is seen by the read after the write. */
describe('after the write', () => {
  test.each<[string, (stand: Stand) => Promise<unknown>, reason: string]>([
    [
      'somebody else has the task',
      ({ tinytask, task }) => tinytask.update(task.id, bobHasIt),
      'bob has it now',
    ],
    [
      'it is idle again',
      ({ tinytask, task }) => tinytask.update(task.id, { status: 'idle' }),
      'it was set back to idle',
    ],
    [
      'it is gone',
      ({ endpoint, task }) => callTinyTask(endpoint, 'delete_task', { id: task.id }),
      'it was deleted',
    ],
  ])('%s: it stands down, and says that it may have claimed', async (_, meanwhile, reason) => {
    const it = await stand();
    const proxy = await startHoldingProxy(it.endpoint);
    const written = proxy.holdAnswer('update_task');
    const claiming = claim(client(proxy.endpoint), { task: it.task, agent: 'ada', assignee: null });
    const letGo = await written;
    await meanwhile(it);
    letGo();
    expect(await claiming).toEqual({
      verdict: { kind: 'not-ours', reason: `not started: ${reason}` },
      claimed: true,
    });
    expect(proxy.passed).toEqual(['get_task', 'update_task', 'get_task']);
  });
});
