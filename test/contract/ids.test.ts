import { expect, test } from 'vitest';
import { attemptId, attemptLogName, gooseQueue, taskWorkflowId } from '../../contract/ids.ts';
import { poolId, semaphoreName, semaphoreOf } from '../../domain/semaphore-id.ts';

test('the ids that people type', () => {
  expect(taskWorkflowId(42)).toBe('task-42');
  expect(poolId('dev')).toBe('pool-dev');
});

test.each<
  [name: string, queue: string | null | undefined, id: string, called: { queue: string } | { agent: string }]
>([
  ['ada', 'dev', 'pool-dev', { queue: 'dev' }],
  ['ada', undefined, 'agent-ada', { agent: 'ada' }],
  ['ada', null, 'agent-ada', { agent: 'ada' }],
  // Names that look like ids are names.
  ['ada', 'agent-x', 'pool-agent-x', { queue: 'agent-x' }],
  ['ada', 'pool-x', 'pool-pool-x', { queue: 'pool-x' }],
  ['pool-x', null, 'agent-pool-x', { agent: 'pool-x' }],
])('the semaphore of %s with the queue %s is %s', (name, queue, id, called) => {
  expect(semaphoreOf({ name, queue })).toBe(id);
  expect(semaphoreName(id)).toEqual(called);
});

test('goose runs of a host group have a task queue of their own', () => {
  expect(gooseQueue()).toBe('tinyscheduler-goose');
  expect(gooseQueue('gpu')).toBe('tinyscheduler-goose-gpu');
});

test('attempts and their logs have names that differ by run and by number', () => {
  const runs = ['0199aaaa-0000-7000-8000-000000000000', '0199bbbb-0000-7000-8000-000000000000'];
  const names = runs.flatMap((run) => [1, 2, 11].map((number) => attemptLogName(42, run, number)));
  const ids = runs.flatMap((run) => [1, 2, 11].map((number) => attemptId(run, number)));
  expect(new Set(names).size).toBe(6);
  expect(new Set(ids).size).toBe(6);
  expect(names[0]).toBe('task_42_attempt_1_0199aaaa.log');
});
