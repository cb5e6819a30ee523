import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { expect, test, vi } from 'vitest';
import { type CancelDeps, cancelTask } from '../../client/cancel.ts';
import type { Task } from '../../domain/task.ts';
import { clientOf, type DescribedRun } from '../support/described-runs.ts';
import { MADE_AT, taskOf } from '../support/tasks.ts';

const memo = { createdAt: MADE_AT, semaphore: 'pool-dev', wants: null };
const run = (phase: DescribedRun['phase'], closedAtMs: number | null = null): DescribedRun => {
  return { taskId: 1, agent: 'ada', phase, closedAtMs, memo };
};

/** `after`: the run when it was asked to end. */
function place(
  before: DescribedRun | undefined,
  after = before,
  task: Task | undefined = taskOf(1),
): CancelDeps {
  let asked = false;
  const seen = clientOf(() => [asked ? after : before].filter((each) => each !== undefined));
  const cancel = async () => {
    asked = true;
    if (after?.closedAtMs !== null) throw new WorkflowNotFoundError('completed', 'task-1', undefined);
  };
  const getHandle = (id: string) => ({ ...seen.workflow.getHandle(id), cancel });
  return {
    client: { workflow: { getHandle } } as unknown as Client,
    tinytask: { get: async () => task && { ...task, comments: [], links: [] } },
    config: { killGraceMs: -15_000 },
  };
}

const whose = { queue: 'dev' };
test.each<[string, CancelDeps, object]>([
  [
    'its goose',
    place(run('running'), run('parked')),
    { did: 'cancelled', was: 'running', agent: 'ada', whose },
  ],
  ['its place in line', place(run('waiting'), run('parked')), { did: 'cancelled', was: 'waiting', whose }],
  ['its back-off', place(run('backing-off'), run('parked')), { did: 'cancelled', was: 'backing-off', whose }],
  ['nothing, since it is parked', place(run('parked')), { did: 'nothing', since: 'parked' }],
  [
    'nothing, since its run ended in between',
    place(run('running'), run('running', 5), taskOf(1, { status: 'complete' })),
    { did: 'nothing', since: 'over', task: 'complete' },
  ],
])('cancel ends %s', async (_, deps, expected) => {
  expect(await cancelTask(deps, 1)).toMatchObject({ taskId: 1, ...expected });
});

test.each<[string, CancelDeps, object]>([
  ['there is no run', place(undefined), { code: 'nothing-to-cancel', failure: { status: 'idle' } }],
  ['there is none any more', place(run('running', 5)), { code: 'nothing-to-cancel' }],
  [
    'nobody carries it out',
    place(run('running')),
    { code: 'not-cancelled-yet', failure: { phase: 'running', agent: 'ada' } },
  ],
])('cancel fails with a code where %s', async (_, deps, expected) => {
  await expect(cancelTask(deps, 1)).rejects.toMatchObject(expected);
});

test('of a task that is not there, there is nothing to cancel', async () => {
  const deps = { ...place(undefined), tinytask: { get: async () => undefined } };
  await expect(cancelTask(deps, 1)).rejects.toMatchObject({ code: 'no-such-task', failure: { taskId: 1 } });
});

test('nobody waits longer where the clock is set back', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const deps = place(run('running'));
    let looks = 0;
    const seen = clientOf(() => {
      looks += 1;
      // The first one was before it was asked to end.
      if (looks === 2) vi.setSystemTime(Date.now() - 3_600_000);
      return [run('running')];
    });
    const getHandle = (id: string) => ({ ...seen.workflow.getHandle(id), cancel: async () => undefined });
    const client = { workflow: { getHandle } } as unknown as Client;
    await expect(cancelTask({ ...deps, client, config: { killGraceMs: -14_500 } }, 1)).rejects.toMatchObject({
      code: 'not-cancelled-yet',
    });
    expect(looks).toBeGreaterThan(2);
  } finally {
    vi.useRealTimers();
  }
}, 20_000);
