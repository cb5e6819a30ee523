import { ServiceError, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, RetryState } from '@temporalio/common';
import { expect, test } from 'vitest';
import { coded } from '../../client/errors.ts';
import type { Failure } from '../../contract/errors.ts';
import { TaskNotFound, TinyTaskError, type TinyTaskErrorKind } from '../../tinytask/errors.ts';
import { schedulerError } from '../../words/errors.ts';

const grpc = Object.assign(new Error('14 UNAVAILABLE: gone'), { code: 14, details: 'gone', metadata: {} });
const broken = ApplicationFailure.nonRetryable('it broke');

function failing(error: unknown): Promise<unknown> {
  return coded(() => Promise.reject(error))().catch((thrown: unknown) => thrown);
}

test.each<[string, unknown, Failure]>([
  ...(['unreachable', 'timeout', 'broken-reply', 'refused'] as TinyTaskErrorKind[]).map(
    (kind): [string, unknown, Failure] => [
      `TinyTask: ${kind}`,
      new TinyTaskError(kind, 'get_task', 'said so'),
      { code: `tinytask-${kind}`, tool: 'get_task', text: 'said so' },
    ],
  ),
  ['a task that is gone', new TaskNotFound('update_task', 7), { code: 'no-such-task', taskId: 7 }],
  [
    'Temporal, with its reason',
    new ServiceError('Failed to describe workflow', { cause: grpc }),
    { code: 'temporal-failed', text: 'Failed to describe workflow: gone' },
  ],
  ['gRPC itself', grpc, { code: 'temporal-failed', text: '14 UNAVAILABLE: gone' }],
  [
    'an update that was refused',
    new WorkflowUpdateFailedError('Workflow Update failed', broken),
    { code: 'temporal-failed', text: 'Workflow Update failed' },
  ],
  [
    'a workflow that failed',
    new WorkflowFailedError('Workflow failed', broken, RetryState.NON_RETRYABLE_FAILURE),
    { code: 'temporal-failed', text: 'Workflow failed' },
  ],
])('a call fails with a code: %s', async (_, error, failure) => {
  expect(await failing(error)).toMatchObject({
    name: 'SchedulerError',
    code: failure.code,
    failure,
    cause: error,
  });
});

test.each<[string, unknown]>([
  ['what has its code already', schedulerError({ code: 'no-such-task', taskId: 7 })],
  ['a defect', new TypeError('x is not a function')],
  ['what is no error', 'text'],
])('%s stays what it is', async (_, error) => {
  expect(await failing(error)).toBe(error);
});

test('a call that succeeds answers, with what it was given', async () => {
  expect(await coded(async (a: number, b: number) => a + b)(1, 2)).toBe(3);
});
