import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { settleActivities } from '../../../activities/settle/settle.ts';
import { loadConfig } from '../../../config/load.ts';
import type { SettleInput } from '../../../contract/activities.ts';
import type { AttemptResult } from '../../../contract/run.ts';
import { NO_PAST } from '../../../domain/attempt/follow.ts';
import { client, embeddedTinyTask } from '../../support/tinytask.ts';

const pool = { pool: 'dev', agent: 'ada' };

/** A task that is `working` with ada, or with nobody; what settling it tells the scheduler is kept in `told`. */
async function stand(assignedTo: string | null) {
  const tinytask = client((await embeddedTinyTask()).endpoint);
  const created = await tinytask.create({ title: 'a', createdBy: 'test', queue: 'dev' });
  if (assignedTo !== null) await tinytask.update(created.id, { status: 'working', assignedTo });
  const told: unknown[] = [];
  const signal = async (_name: string, message: unknown) => void told.push(message);
  const server = {
    withDeadline: (_untilMs: number, ask: () => Promise<void>) => ask(),
    workflow: { getHandle: () => ({ signal }) },
  } as unknown as Client;
  const { config } = loadConfig({ env: {}, cwd: '/' });
  const { settle } = settleActivities({ client: server, tinytask, config, tell: () => {} });
  const input = (result: Partial<AttemptResult>): SettleInput => ({
    task: { id: created.id, createdAt: created.createdAt },
    agent: 'ada',
    number: 1,
    runId: 'run',
    ended: { taskId: created.id, state: 'ended', agent: 'ada', pool },
    decided: { past: NO_PAST, follow: { next: 'end' } },
    policy: { maxAttempts: 3, backOffMs: 1, backOffMaxMs: 1, maxWorkerLosses: 5, maxRunsInARow: 20 },
    result: {
      verdict: { kind: 'model-unavailable', reason: 'the model answered 500' },
      ...{ claimed: true, log: null, host: 'box', seconds: 1, turns: 1, tokens: null },
      ...result,
    },
  });
  return { tinytask, told, settle, input, id: created.id };
}

test('done twice it finds what it has written, and says and counts the same', async () => {
  const { tinytask, settle, input, id } = await stand('ada');
  const first = await settle(input({}));
  const second = await settle(input({}));
  expect(first).toMatchObject({ outcome: { task: 'returned' }, past: { unfinished: 0 } });
  expect(second).toEqual(first);
  expect((await tinytask.get(id))?.status).toBe('idle');
  expect(await tinytask.comments(id)).toHaveLength(1);
});

test('a claim that arrived makes the assignment ours', async () => {
  const { told, settle, input } = await stand('ada');
  await settle(input({}));
  expect(told).toMatchObject([{ state: 'ended', pool }]);
});

test('a lost worker that did not claim leaves an assignment to whoever makes one', async () => {
  const { told, settle, input } = await stand(null);
  const settled = await settle(input({}));
  expect(settled).toMatchObject({ outcome: { task: 'untouched' }, schedulerTold: true });
  expect(told).toEqual([{ taskId: expect.any(Number), state: 'ended', agent: 'ada' }]);
});
