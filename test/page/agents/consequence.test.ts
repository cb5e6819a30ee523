import { expect, test } from 'vitest';
import type { Agent } from '../../../page/api/shapes.ts';
import {
  sayConsequence,
  sayLimitConsequence,
  saySwitched,
  type Verb,
} from '../../../page/views/agents/consequence.ts';
import { keptFrom } from '../../../page/views/agents/kept-from.ts';

test.each<[verb: Verb, running: number[], off: string[], waiting: number | null, says: string]>([
  ['pause', [1, 2, 3], [], 12, '3 running tasks go on; 12 wait. Nothing more starts until it is resumed.'],
  ['pause', [1], [], 1, '1 running task goes on; 1 waits. Nothing more starts until it is resumed.'],
  [
    'pause',
    [],
    [],
    null,
    '0 running tasks go on; how many wait is not known. Nothing more starts until it is resumed.',
  ],
  [
    'drain',
    [1, 2],
    [],
    0,
    '2 running tasks go on to the end; 0 wait. Nothing more starts until it is resumed.',
  ],
  [
    'stop',
    [1, 2],
    [],
    3,
    '2 running tasks are stopped and put back in line; no attempt is used. 3 wait, and nothing starts until it is started again.',
  ],
  ['resume', [], [], 4, '4 wait and may start as slots are free.'],
  ['resume', [], [], 0, 'Nothing waits and may start as slots are free.'],
  [
    'start',
    [],
    ['the scheduler is paused'],
    1,
    '1 waits and may start as slots are free and all else is on. It stays off all the same: the scheduler is paused.',
  ],
])('%s with %j running, %j off, %j in line', (verb, running, off, waiting, says) => {
  expect(sayConsequence(verb, { running, still_off: off }, { waiting })).toBe(says);
});

test.each<[held: number, limit: number, waiting: number, after: number | null, says: string]>([
  [2, 2, 5, 4, '2 slots become 4. 2 running tasks go on; 2 of 5 in line can start at once.'],
  [2, 2, 1, 9, '2 slots become 9. 2 running tasks go on; 1 of 1 in line can start at once.'],
  [1, 1, 0, 2, '1 slot becomes 2. 1 running task goes on; nothing of 0 in line can start at once.'],
  [3, 3, 5, 1, '3 slots become 1. 3 running tasks go on; nothing more starts until fewer than 1 run.'],
  [3, 3, 5, 0, '3 slots become 0. 3 running tasks go on; nothing more starts while it has no slot.'],
  [0, 1, 5, 0, '1 slot becomes 0. 0 running tasks go on; nothing more starts while it has no slot.'],
  [0, 3, 5, null, 'It has 3 slots now, and as many as are configured then.'],
])('%j held of %j, %j in line, then %j', (held, limit, waiting, after, says) => {
  expect(sayLimitConsequence({ held, limit, waiting, kept: null }, after)).toBe(says);
});

test('what nobody has taken is not said to be done', () => {
  const told = { running: [], still_off: [], in_force: false, became: [] };
  expect(saySwitched(told, 'Ada paused')).toBe(
    'Ada paused: nobody has taken it yet; it counts when somebody does.',
  );
  const became = [{ task_id: 1, did: 'stopped', says: '' }];
  expect(saySwitched({ ...told, in_force: true, became }, 'Ada stopped')).toBe(
    'Ada stopped. 1 task stopped.',
  );
});

test('what had ended, or has not ended yet, was not stopped', () => {
  const dids = ['stopped', 'ended', 'still-running', 'still-running'];
  const became = dids.map((did, at) => ({ task_id: at, did, says: '' }));
  expect(saySwitched({ running: [], still_off: [], in_force: true, became }, 'Ada stopped')).toBe(
    'Ada stopped. 1 task stopped, 1 task has ended, 2 tasks have not ended yet.',
  );
});

test.each<[Verb, string]>([
  ['pause', '1 running task goes on; 12 wait in line of queue dev, which its other agents take.'],
  ['drain', '1 running task goes on to the end; 12 wait in line of queue dev, which its other agents take.'],
  [
    'stop',
    '1 running task is stopped and put back in line; no attempt is used. 12 wait in line of queue dev, which its other agents take.',
  ],
])('%s of one agent beside others of its pool', (verb, says) => {
  const line = { waiting: 12, othersOf: 'dev' };
  expect(sayConsequence(verb, { running: [1], still_off: [] }, line)).toBe(says);
});

test.each<[change: Partial<Agent>, now: { paused: boolean; stopped: boolean } | null, kept: string | null]>([
  [{}, null, null],
  [{}, { paused: true, stopped: false }, 'everything is paused'],
  [{}, { paused: true, stopped: true }, 'all agents are stopped'],
  [{ paused: true }, null, 'it is paused'],
  [{ stopped: true }, null, 'it is stopped'],
  [{ health: 'misconfigured' }, null, 'it cannot run'],
  [{ health: 'cooling-down' }, null, 'it cools down'],
])('an agent with %j, and all with %j', (change, now, kept) => {
  expect(keptFrom({ health: 'well', ...change } as Agent, now)).toBe(kept);
  const told = sayLimitConsequence({ held: 0, limit: 1, waiting: 5, kept }, 2);
  expect(told.endsWith('can start at once.')).toBe(kept === null);
});
