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
  ['budget ada 0', {}, [{ do: 'budget', agent: 'ada', tokensPerDay: 0 }]],
  ['budget ada none', {}, [{ do: 'budget', agent: 'ada', tokensPerDay: null }]],
  [
    'pool-budget dev 1000000000000 pause ada',
    {},
    [
      { do: 'pool-budget', queue: 'dev', tokensPerDay: 10 ** 12 },
      { do: 'pause', agent: 'ada' },
    ],
  ],
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
  ['budget ada', {}, 'budget takes a name and a number of tokens a day, or "none"'],
  ['budget ada 1.5', {}, '"1.5" is not a number of tokens from 0 to 1000000000000, nor "none"'],
  ['budget ada -1', {}, '"-1" is not a number of tokens'],
  ['budget ada 1000000000001', {}, '"1000000000001" is not a number of tokens'],
  ['budget', {}, 'budget which agent?'],
  ['pool-budget', {}, 'pool-budget of which queue?'],
  ['pool-budget dev', {}, 'pool-budget takes a name'],
  ['pool-budget ../x 1', {}, "the queue's name"],
  ['pool-budget dev 1', { queue: 'dev' }, '--queue and --limit are for `add A`'],
  ['add cy', {}, 'add needs the queue'],
  ['add cy', { queue: '../x' }, "the queue's name"],
  ['pause a/b', {}, "the agent's name"],
  ['pause ada', { queue: 'dev' }, '--queue and --limit are for `add A`'],
  ['limit ada 1', { limit: 2 }, '--queue and --limit are for `add A`'],
])('what-if %s with %j is wrong', (words, options, says) => {
  expect(() => changesOf(words.split(' '), options)).toThrow(says);
});
