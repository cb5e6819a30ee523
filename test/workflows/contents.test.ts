import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as contents from '../../workflows/contents.ts';
import { WrongShape } from '../../workflows/shape.ts';
import { rankOfTask } from '../support/tasks.ts';

const { MOST_SLOTS: _, ...SHAPES } = contents;
const run = { workflowId: 'task-42', runId: '01a21620-1e76-715a-8ea2-673faa33c2ad' };
const reason = 'goose has no recipe';

const GOOD: [keyof typeof SHAPES, unknown][] = [
  ['SLOT_REQUEST', { ...run, rank: rankOfTask(42, { priority: -0.5 }), extra: true }],
  ['SLOT_RELEASE', { ...run, fence: null, verdict: null }],
  ['SLOT_RELEASE', { ...run, fence: 1_764_000_000_000, verdict: { kind: 'misconfigured', reason } }],
  ['GRANT', { ...run, fence: 0 }],
  ['PROCESSES_GONE', { ...run, fence: 1 }],
  [
    'SLOT_POLICY',
    {
      ...{ limit: 1_000, waitingPerAgent: 0, heartbeatTimeoutMs: 900_000 },
      ...{ coolDownMs: 0, coolDownMaxMs: 86_400_000, passIntervalMs: 86_400_000 },
    },
  ],
  ['TASK_SETTLED', { taskId: 42, state: 'withdrawn' }],
  ['TASK_SETTLED', { taskId: 42, state: 'ended', pool: { pool: 'dev', agent: 'ada' } }],
  ['AGENT_CHANGED', { agent: 'ada', health: { state: 'well' }, paused: false, limitByHand: null }],
  [
    'AGENT_CHANGED',
    {
      ...{ agent: 'ada', paused: true, limitByHand: 0 },
      health: { state: 'cooling-down', reason, untilMs: 1_764_000_000_000, times: 3, probing: true },
    },
  ],
  ['PASS', { once: true }],
  ['YES_OR_NO', false],
  ['TASK_ID_BY_HAND', 42],
  ['LIMIT_BY_HAND', 0],
  ['LIMIT_BY_HAND', 1_000],
];

describe('what we send', () => {
  test.each(GOOD)('%s %j', (name, content) => {
    expect(SHAPES[name](content)).toEqual(content);
    if (typeof content === 'object') expect(SHAPES[name]({ ...content, more: 'x' })).toEqual(content);
  });
});

test.each([
  ['TASK_ID_BY_HAND', '42', 42],
  ['TASK_ID_OR_NONE', undefined, undefined],
  ['LIMIT_BY_HAND', '7', 7],
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
  ['GRANT', { ...run, workflowId: 'scheduler', fence: 1 }, 'workflowId must be the workflow id of a task'],
  ['AGENT_CHANGED', { agent: '__proto__' }, 'agent must be the name of an agent'],
] as const)('%s %j is wrong', (name, content, problem) => {
  expect(() => SHAPES[name](content)).toThrow(WrongShape);
  expect(() => SHAPES[name](content)).toThrow(problem);
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
