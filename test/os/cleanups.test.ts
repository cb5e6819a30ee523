import { expect, test } from 'vitest';
import { Cleanups } from '../../os/cleanups.ts';

test('what was opened last is closed first, once, and a failure keeps nothing open', async () => {
  const closed: number[] = [];
  const cleanups = new Cleanups();
  for (const number of [1, 2, 3]) {
    cleanups.add(async () => {
      closed.push(number);
      if (number > 1) throw new Error(`number ${number}`);
    });
  }
  await expect(cleanups.run()).rejects.toThrow('number 3');
  await cleanups.run();
  expect(closed).toEqual([3, 2, 1]);
});
