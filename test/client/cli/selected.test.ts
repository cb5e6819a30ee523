import { expect, test } from 'vitest';
import { type Context, UsageError } from '../../../client/cli/call/context.ts';
import type { CancelOptions, RetryOptions } from '../../../client/cli/call/selected.ts';
import * as typed from '../../../client/cli/program/typed.ts';
import { cancel, retry } from '../../../client/cli/tell/many-tasks.ts';
import { turn } from '../../../client/cli/tell/switches.ts';

// What cannot be meant is refused before anything is read or sent.
const NOWHERE = {} as Context;

async function refused(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

test.each<[number[], RetryOptions, RegExp]>([
  [[], {}, /^retry: name tasks, or give --all$/],
  [[], { reason: 'x' }, /name tasks, or give --all/],
  [[7], { all: true }, /give tasks, or --all/],
  [[7], { agent: 'ada' }, /give tasks, or --all/],
  [[7], { reason: 'x' }, /give tasks, or --all/],
])('retry %j %j', async (tasks, options, says) =>
  expect(await refused(() => retry(NOWHERE, tasks, options))).toMatch(says),
);

test.each<[number[], CancelOptions, RegExp]>([
  [[], {}, /^cancel: name tasks, or give --all, --queue or --agent$/],
  [[7], { all: true }, /give tasks, or one of/],
  [[7], { queue: 'dev' }, /give tasks, or one of/],
  [[], { all: true, agent: 'ada' }, /give tasks, or one of/],
  [[], { queue: 'dev', agent: 'ada' }, /give --agent or --queue, not both/],
])('cancel %j %j', async (tasks, options, says) =>
  expect(await refused(() => cancel(NOWHERE, tasks, options))).toMatch(says),
);

test.each(['pause', 'resume', 'stop-agents', 'start-agents'] as const)('%s of two things', async (verb) =>
  expect(await refused(() => turn(NOWHERE, verb, { queue: 'dev', agent: 'ada' }))).toBe(
    `${verb}: give --agent or --queue, not both`,
  ),
);

test.each(['many', '', '-1', '1.5', '1001', '10000'])('%j slots', async (text) =>
  expect(await refused(() => typed.slots(text))).toMatch(
    /is not a number of slots from 0 to 1000, nor "configured"/,
  ),
);

test('slots, and notes', async () => {
  expect(['0', '1000', 'configured'].map(typed.slots)).toEqual([0, 1_000, null]);
  expect(typed.note('why')).toBe('why');
  expect(await refused(() => typed.note(' '))).toMatch(/say why, or leave it out/);
});
