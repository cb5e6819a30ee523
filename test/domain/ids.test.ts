import { expect, test } from 'vitest';
import { attemptId, attemptLogName, gooseQueue, semaphoreId, taskWorkflowId } from '../../domain/ids.ts';

test('the ids that people type', () => {
  expect(taskWorkflowId(42)).toBe('task-42');
  expect(semaphoreId('ada')).toBe('agent-ada');
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
