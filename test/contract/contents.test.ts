import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as contents from '../../contract/contents.ts';
import { WrongShape } from '../../contract/shape.ts';
import { rankOfTask } from '../support/tasks.ts';

const { MOST_SLOTS: _, ...SHAPES } = contents;
const run = { workflowId: 'task-42', runId: '01a21620-1e76-715a-8ea2-673faa33c2ad' };
const reason = 'goose has no recipe';

const rank = rankOfTask(42, { priority: -0.5 });
const verdict = { kind: 'misconfigured', reason };
const wellAgent = { name: 'ada', health: { state: 'well' }, paused: false, limitByHand: null, quiet: false };
const unwellAgent = {
  ...{ name: 'ada', paused: true, limitByHand: 0, quiet: true },
  health: { state: 'cooling-down', reason, untilMs: 1_764_000_000_000, times: 3, probing: true },
};
const policy = {
  agents: [{ name: 'ada', limit: 1_000, gooseQueue: 'tinyscheduler-goose-big' }],
  ...{ heartbeatTimeoutMs: 900_000, coolDownMs: 0, coolDownMaxMs: 86_400_000, passIntervalMs: 86_400_000 },
};

const rules = {
  ...{ maxRuntimeMs: 604_800_000, stallMs: 0, maxAttempts: 100, maxTokens: 1_000_000_000 },
  ...{ env: ['OPENAI_API_KEY'], launchPrefix: ['nice', '-n', '10'] },
  ...{ completion: 'agent', verify: { command: ['npm', 'test'], maxRuntimeSec: 43_200 } },
};
const ruled = { ...policy.agents[0], rules };
const hold = {
  ...{
    state: 'cooling-down',
    reason,
    sinceMs: 1,
    untilMs: 1_764_000_000_000,
    times: 1,
    agents: ['ada', 'bob'],
  },
};
const canary = { ...run, untilMs: 1_764_000_000_000 };

const GOOD: [keyof typeof SHAPES, unknown][] = [
  ['SLOT_REQUEST', { ...run, rank, rankedAtMs: 1_764_000_000_000, wants: null }],
  ['SLOT_REQUEST', { ...run, rank, rankedAtMs: 0, wants: 'ada' }],
  ['SLOT_RELEASE', { ...run, fence: null, verdict: null }],
  ['SLOT_RELEASE', { ...run, fence: 1_764_000_000_000, verdict }],
  ['GRANT', { ...run, fence: 0, agent: 'ada', gooseQueue: 'tinyscheduler-goose', probe: true }],
  ['GRANT', { ...run, fence: 0, agent: 'ada', gooseQueue: 'tinyscheduler-goose', probe: true, rules }],
  ['GRANT', { ...run, fence: 0, agent: 'ada', gooseQueue: 'q', probe: true, rules: { stallMs: 0 } }],
  ['OF_GRANT', { ...run, fence: 1 }],
  [
    'ORDER',
    {
      ranks: [rank, rankOfTask(7, { first: true, dependents: 3 })],
      expected: [
        { rank, wants: null },
        { rank, wants: 'ada' },
      ],
      atMs: 1_764_000_000_000,
    },
  ],
  ['ORDER', { ranks: [], expected: [], atMs: 0 }],
  ['CONFIGURATION', { policy, moved: [wellAgent, unwellAgent] }],
  ['CONFIGURATION', { policy: { ...policy, agents: [] }, moved: [] }],
  ['CONFIGURATION', { policy: { ...policy, agents: [ruled] }, moved: [] }],
  ['AGENTS', ['ada', 'bob']],
  ['AGENTS', []],
  ['AGENT_OR_NONE', 'dev-1'],
  ['AGENT_OR_NONE', undefined],
  ['RUN_CHANGED', { taskId: 42, state: 'active', agent: null }],
  ['RUN_CHANGED', { taskId: 42, state: 'ended', agent: 'ada', pool: { pool: 'dev', agent: 'ada' } }],
  ['POOL_CHANGED', { semaphore: 'pool-dev', paused: true, agents: [unwellAgent, wellAgent] }],
  ['POOL_CHANGED', { semaphore: 'pool-dev', paused: false, agents: [unwellAgent], hold }],
  ['POOL_CHANGED', { semaphore: 'pool-dev', paused: false, agents: [], hold: { ...hold, canary } }],
  ['POOL_CHANGED', { semaphore: 'agent-ada', paused: false, agents: [], orderLost: true }],
  ['PASS', { once: true }],
  ['YES_OR_NO', false],
  ['TASK_ID_BY_HAND', 42],
  ['LIMIT_BY_HAND', 0],
  ['LIMIT_BY_HAND', 1_000],
];

describe('what we send', () => {
  test.each(GOOD)('%s %j', (name, content) => {
    expect(SHAPES[name](content)).toEqual(content);
    if (typeof content === 'object' && !Array.isArray(content))
      expect(SHAPES[name]({ ...content, more: 'x' })).toEqual(content);
  });
});

test.each([
  ['TASK_ID_BY_HAND', '42', 42],
  ['TASK_ID_OR_NONE', undefined, undefined],
  ['LIMIT_BY_HAND', '7', 7],
  ['AGENT_OR_NONE', undefined, undefined],
  ['AGENT_OR_NONE', null, undefined],
  ['LIMIT_BY_HAND', null, null],
  ['LIMIT_BY_HAND', 'configured', null],
] as const)('what people type: %s %j', (name, typed, meant) => {
  expect(SHAPES[name](typed)).toBe(meant);
});

test.each([
  ['LIMIT_BY_HAND', '5000', 'must be a whole number of slots from 0 to 1000'],
  ['LIMIT_BY_HAND', 1.5, 'must be a whole number of slots from 0 to 1000'],
  ['LIMIT_BY_HAND', '', 'must be a whole number of slots from 0 to 1000'],
  ['LIMIT_BY_HAND', [3], 'must be a whole number of slots from 0 to 1000'],
  ['TASK_ID_OR_NONE', 'x', 'must be the number of a task'],
  ['TASK_ID_OR_NONE', null, 'must be the number of a task'],
  ['SLOT_RELEASE', { ...run, fence: 1, verdict: {} }, /^verdict kind must be one of completed, /],
  ['SLOT_REQUEST', [], 'must be an object'],
  ['SLOT_REQUEST', { ...run, rank: rankOfTask(42), rankedAtMs: 1 }, 'wants must be the name of an agent'],
  ['GRANT', { ...run, workflowId: 'scheduler', fence: 1 }, 'workflowId must be the workflow id of a task'],
  ['SLOT_REQUEST', { ...run, rank, rankedAtMs: 0, wants: 'a b' }, 'wants must be the name of an agent'],
  ['SLOT_REQUEST', { ...run, rank, rankedAtMs: 0 }, 'wants must be the name of an agent'],
  [
    'SLOT_REQUEST',
    { ...run, rank, rankedAtMs: Number.NaN, wants: null },
    /^rankedAtMs must be a number from 0 /,
  ],
  ['GRANT', { ...run, fence: 1, agent: null }, 'agent must be the name of an agent'],
  ['ORDER', { ranks: { 0: rank }, expected: [], atMs: 0 }, 'ranks must be a list of at most 10000'],
  ['ORDER', { ranks: [{ ...rank, id: 0 }], expected: [], atMs: 0 }, 'ranks id must be a number from 1 to '],
  ['CONFIGURATION', { policy, moved: [{ ...wellAgent, health: 'well' }] }, 'moved health must be an object'],
  ['CONFIGURATION', { policy: { ...policy, agents: null }, moved: [] }, 'policy agents must be a list'],
  ...(
    [
      [{ maxRuntimeMs: '1h' }, 'maxRuntimeMs must be a number from 0 to'],
      [{ stallMs: -1 }, 'stallMs must be a number from 0'],
      [{ maxAttempts: 0 }, 'maxAttempts must be a number from 1 to 100'],
      [{ maxTokens: 0.5 }, 'maxTokens must be a whole number'],
      [{ env: 'K' }, 'env must be a list of at most 64'],
      [{ env: ['x'.repeat(129)] }, 'env must be a text of at most 128 characters'],
      [{ launchPrefix: [5] }, 'launchPrefix must be a text of at most 4000 characters'],
      [{ completion: 'never' }, 'completion must be one of'],
      [{ verify: { command: 'make', maxRuntimeSec: 5 } }, 'verify command must be a list of at most 64'],
      [{ verify: { command: ['make'], maxRuntimeSec: 0 } }, 'verify maxRuntimeSec must be a number from 1'],
    ] as const
  ).map(
    ([wrong, says]) =>
      [
        'CONFIGURATION',
        { policy: { ...policy, agents: [{ ...ruled, rules: wrong }] }, moved: [] },
        `policy agents rules ${says}`,
      ] as const,
  ),
  ['AGENTS', ['ada', '__proto__'], 'must be the name of an agent'],
  ['AGENTS', Array(10_001).fill('ada'), 'must be a list of at most 10000'],
  ['AGENT_OR_NONE', '__proto__', 'must be the name of an agent'],
  [
    'POOL_CHANGED',
    { semaphore: 'pool-dev', paused: false, agents: [{ ...wellAgent, paused: 1 }] },
    'agents paused must be true or false',
  ],
  [
    'POOL_CHANGED',
    { semaphore: 'pool-dev', paused: false, agents: [], hold: { ...hold, times: -1 } },
    'hold times must be a number from 0',
  ],
  ['POOL_CHANGED', { semaphore: 'scheduler' }, 'semaphore must be the workflow id of a semaphore'],
  [
    'POOL_CHANGED',
    { semaphore: `pool-${'q'.repeat(256)}` },
    'semaphore must be the workflow id of a semaphore',
  ],
  [
    'RUN_CHANGED',
    { taskId: 42, state: 'withdrawn' },
    'state must be one of active, backing-off, parked, ended',
  ],
] as const)('%s %j is wrong', (name, content, problem) => {
  expect(() => SHAPES[name](content)).toThrow(WrongShape);
  expect(() => SHAPES[name](content)).toThrow(problem);
});

const taken = { agent: 'ada', tokens: 12, recipe: 'ada' };
test.each([
  ['nothing', 'nothing'],
  [taken, taken],
  [
    { ...taken, tokens: null, recipe: null },
    { ...taken, tokens: null, recipe: null },
  ],
  // A slot is given back whatever comes with that.
  [{ ...taken, tokens: -1 }, undefined],
  [{ ...taken, tokens: 10 ** 13 }, undefined],
  [{ ...taken, agent: '' }, undefined],
  [{ ...taken, recipe: 'r'.repeat(900) }, undefined],
  [12, undefined],
  [undefined, undefined],
])('what an attempt took, %j, is taken for %j', (given, meant) => {
  expect(contents.SLOT_RELEASE({ ...run, fence: 1, verdict: null, spent: given }).spent).toEqual(meant);
});

test('a day that is none is wrong', () => {
  const zones = [{ timeZone: 'UTC', days: [{ day: '2026-13-40', endsMs: 1 }] }];
  expect(() => contents.CONFIGURATION({ policy: { ...policy, zones }, moved: [] })).toThrow('must be a day');
});

test('a reason of any length is cut', () => {
  const verdict = { kind: 'misconfigured', reason: 'r'.repeat(900_000) };
  const { verdict: kept } = contents.SLOT_RELEASE({ ...run, fence: 1, verdict });
  expect(kept?.reason.length).toBeLessThan(600);
});

test.each(Object.entries(SHAPES))('%s takes or refuses whatever comes, and never fails', (_name, shape) => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (content) => {
      try {
        shape(content);
      } catch (error) {
        expect(error).toBeInstanceOf(WrongShape);
      }
    }),
  );
});
