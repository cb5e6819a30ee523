import { expect, test } from 'vitest';
import { eachTask } from '../../client/each-task.ts';
import type { TaskDone } from '../../contract/status.ts';
import { schedulerError } from '../../words/errors.ts';

test('one that fails keeps no other, each is done once, and the answers are in order', async () => {
  const told: TaskDone<string>[] = [];
  const done = await eachTask(
    [3, 1, 3, 2],
    async (taskId) => {
      if (taskId === 1) throw schedulerError({ code: 'no-such-task', taskId });
      return `did ${taskId}`;
    },
    (each) => told.push(each),
  );
  expect(done).toEqual([
    { taskId: 3, done: 'did 3' },
    { taskId: 1, failure: { code: 'no-such-task', taskId: 1 } },
    { taskId: 2, done: 'did 2' },
  ]);
  expect(told.map(({ taskId }) => taskId).sort()).toEqual([1, 2, 3]);
});

test('so many at a time', async () => {
  let [now, most] = [0, 0];
  const ids = Array.from({ length: 90 }, (_, at) => at + 1);
  await eachTask(ids, async () => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now -= 1;
  });
  expect(most).toBe(25);
});

test('a defect of ours is not one of the answers', async () => {
  await expect(eachTask([1], () => Promise.reject(new TypeError('oops')))).rejects.toThrow('oops');
});
