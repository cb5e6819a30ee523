import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { type PutOff, putOff } from '../../../activities/attempt/claim.ts';
import type { SchedulerMemo, SemaphoreMemo } from '../../../contract/memos.ts';
import { WELL } from '../../../domain/slots/health.ts';

/** A server that has these workflows, described by their memos, and has handled all signals. */
function clientOf(memos: Record<string, object>): Client {
  const getHandle = (id: string) => ({
    describe: async () => {
      const memo = memos[id];
      if (memo === undefined) throw new WorkflowNotFoundError('none', id, undefined);
      return { status: { name: 'RUNNING' }, memo, raw: {} };
    },
  });
  return { workflow: { getHandle } } as unknown as Client;
}

const scheduler: SchedulerMemo = { paused: false, enabled: true };
const policy = {
  agents: ['ada', 'bob'].map((name) => ({ name, limit: 1, gooseQueue: 'goose' })),
  ...{ heartbeatTimeoutMs: 1, coolDownMs: 1, coolDownMaxMs: 1, passIntervalMs: 1 },
};
const semaphore: SemaphoreMemo = {
  policy,
  ...{ paused: false, schedulerPaused: false, fencesFrom: 0, agents: [], complaints: [] },
};
const paused = (name: string) => ({
  agents: [{ name, limitByHand: null, paused: true, health: WELL, quiet: false }],
});
const FENCE = 100;

test.each<[string, Partial<SchedulerMemo> | null, Partial<SemaphoreMemo> | null, PutOff | undefined]>([
  ['nothing keeps it', {}, {}, undefined],
  ['the scheduler is paused', { paused: true }, {}, 'paused'],
  ['the scheduler is disabled', { enabled: false }, {}, 'paused'],
  ['no scheduler runs', null, {}, undefined],
  ['the semaphore knows of the pause first', {}, { schedulerPaused: true }, 'paused'],
  ['the pool is paused', {}, { paused: true }, 'paused'],
  ['its agent is paused', {}, paused('ada'), 'paused'],
  ['another agent is', {}, paused('bob'), undefined],
  ['the semaphore lost its state after the grant', {}, { fencesFrom: FENCE + 1 }, 'slot-lost'],
  ['the grant is of the semaphore that was started anew', {}, { fencesFrom: FENCE }, undefined],
  [
    'its agent is in another pool by now',
    {},
    { policy: { ...policy, agents: policy.agents.slice(1) } },
    'slot-lost',
  ],
  ['both: a pause ends by itself', {}, { paused: true, fencesFrom: FENCE + 1 }, 'paused'],
  ['no semaphore runs: nobody else can be given the slot before one does', {}, null, undefined],
])('the last look before a claim: %s', async (_, ofScheduler, ofSemaphore, expected) => {
  const client = clientOf({
    ...(ofScheduler && { scheduler: { ...scheduler, ...ofScheduler } }),
    ...(ofSemaphore && { 'pool-dev': { semaphore: { ...semaphore, ...ofSemaphore } } }),
  });
  expect(await putOff(client, { semaphore: 'pool-dev', agent: 'ada', fence: FENCE })).toBe(expected);
});

test('where the server does not tell, nothing is started', async () => {
  const getHandle = () => ({ describe: () => Promise.reject(new Error('unavailable')) });
  const silent = { workflow: { getHandle } } as unknown as Client;
  expect(await putOff(silent, { semaphore: 'pool-dev', agent: 'ada', fence: FENCE })).toBe('paused');
});
