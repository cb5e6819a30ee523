import { expect, test } from 'vitest';
import { changesOf, type WhatIfOptions } from '../../../client/cli/program/changes.ts';
import type { Change } from '../../../domain/forecast/change.ts';

test.each<[string, WhatIfOptions, Change[]]>([
  ['pause ada', {}, [{ do: 'pause', agent: 'ada' }]],
  [
    'resume ada remove bob',
    {},
    [
      { do: 'resume', agent: 'ada' },
      { do: 'remove', agent: 'bob' },
    ],
  ],
  ['limit ada 0', {}, [{ do: 'limit', agent: 'ada', slots: 0 }]],
  ['add cy', { queue: 'dev' }, [{ do: 'add', agent: 'cy', queue: 'dev', slots: 1 }]],
  [
    'pause pause add cy',
    { queue: 'dev', limit: 3 },
    [
      { do: 'pause', agent: 'pause' },
      { do: 'add', agent: 'cy', queue: 'dev', slots: 3 },
    ],
  ],
])('what-if %s', (words, options, changes) => {
  expect(changesOf(words.split(' '), options)).toEqual(changes);
});

test.each<[string, WhatIfOptions, string]>([
  ['stop ada', {}, '"stop" is no change. Changes: pause A'],
  ['pause', {}, 'pause which agent?'],
  ['limit ada', {}, 'limit takes an agent and a number of slots'],
  ['limit ada 1001', {}, '"1001" is not a number of slots from 0 to 1000'],
  ['limit ada -1', {}, '"-1" is not a number of slots'],
  ['limit ada configured', {}, 'give a number of slots'],
  ['add cy', {}, 'add needs the queue'],
  ['add cy', { queue: '../x' }, "the queue's name"],
  ['pause a/b', {}, "the agent's name"],
  ['pause ada', { queue: 'dev' }, '--queue and --limit are for `add A`'],
  ['limit ada 1', { limit: 2 }, '--queue and --limit are for `add A`'],
])('what-if %s with %j is wrong', (words, options, says) => {
  expect(() => changesOf(words.split(' '), options)).toThrow(says);
});
