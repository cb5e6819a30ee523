import { describe, expect, test } from 'vitest';
import { type Change, withChanges } from '../../../domain/forecast/change.ts';
import { difference } from '../../../domain/forecast/compare.ts';
import { Experience } from '../../../domain/forecast/experience.ts';
import { foresee } from '../../../domain/forecast/forecast.ts';
import { type Asked, always, inputOf, MINUTE_MS } from '../../support/foresight.ts';
import { agentOf, atWork, NOW_MS, taskOf } from '../../support/tasks.ts';

const dev = { queue: 'dev' };
const ada = agentOf('ada', 1, 'dev');
const bob = agentOf('bob', 1, 'dev');
const idle = (...ids: number[]) => ids.map((id) => taskOf(id, dev));
const quota = { state: 'cooling-down', reason: 'quota', untilMs: NOW_MS + 5 * MINUTE_MS, times: 1 } as const;

/** In minutes, how the ends move. */
function differenceOf(asked: Asked, ...changes: Change[]) {
  const input = inputOf(asked);
  const plan = withChanges(input.plan, changes, input.zones);
  const [before, after] = [input, { ...input, plan }].map((each) =>
    foresee(each, new Experience(always(10))),
  );
  if (before === undefined || after === undefined) throw new Error('there are two');
  const { moved, ...lists } = difference(before, after, NOW_MS);
  const said = Object.entries(lists).filter(([, ids]) => ids.length > 0);
  return {
    ...Object.fromEntries(said),
    moved: Object.fromEntries(moved.map(({ taskId, byMs }) => [taskId, byMs / MINUTE_MS])),
  };
}

describe('what a change does', () => {
  const two: Asked = { agents: [ada, bob], tasks: idle(1, 2, 3) };
  test.each<[string, Asked, Change[], object]>([
    ['a pause', two, [{ do: 'pause', agent: 'bob' }], { waits: [2], moved: { 2: 10, 3: 10 } }],
    [
      'a pause of the only one',
      { agents: [ada], tasks: idle(1) },
      [{ do: 'pause', agent: 'ada' }],
      { waits: [1], keeps: [1], moved: {} },
    ],
    [
      'what is paused is paused',
      { ...two, pausedAgents: ['bob'] },
      [{ do: 'pause', agent: 'bob' }],
      { moved: {} },
    ],
    [
      'resume',
      { agents: [ada], pausedAgents: ['ada'], tasks: idle(1) },
      [{ do: 'resume', agent: 'ada' }],
      { starts: [1], frees: [1], moved: {} },
    ],
    [
      'resume tries an agent that cools down',
      { agents: [ada], health: { ada: quota }, tasks: idle(1) },
      [{ do: 'resume', agent: 'ada' }],
      { starts: [1], moved: { 1: -5 } },
    ],
    [
      'resume of an agent whose pool is paused',
      { agents: [ada], pausedPools: ['dev'], tasks: idle(1) },
      [{ do: 'resume', agent: 'ada' }],
      { moved: {} },
    ],
    ['more slots', two, [{ do: 'limit', agent: 'ada', slots: 2 }], { starts: [3], moved: { 3: -10 } }],
    ['no slots', two, [{ do: 'limit', agent: 'ada', slots: 0 }], { waits: [2], moved: { 2: 10, 3: 10 } }],
    [
      'one that is taken out finishes what it has, and what was for it alone is kept',
      { agents: [ada, bob], ...withOwn() },
      [{ do: 'remove', agent: 'ada' }],
      { waits: [], keeps: [2], moved: {} },
    ],
    [
      'a new one',
      two,
      [{ do: 'add', agent: 'cy', queue: 'dev', slots: 1 }],
      { starts: [3], moved: { 3: -10 } },
    ],
    [
      'a new one of a pool that is paused',
      { ...two, pausedPools: ['dev'] },
      [{ do: 'add', agent: 'cy', queue: 'dev', slots: 1 }],
      { moved: {} },
    ],
    [
      'a queue that nobody served',
      { agents: [ada], tasks: [taskOf(1, { queue: 'qa' })] },
      [{ do: 'add', agent: 'cy', queue: 'qa', slots: 2 }],
      { starts: [1], frees: [1], moved: {} },
    ],
    [
      'several, one after the other',
      two,
      [
        { do: 'pause', agent: 'ada' },
        { do: 'limit', agent: 'bob', slots: 3 },
      ],
      { starts: [3], moved: { 3: -10 } },
    ],
  ])('%s', (_what, asked, changes, expected) => {
    const found = differenceOf(asked, ...changes);
    expect(found).toMatchObject(
      Object.fromEntries(
        Object.entries(expected).filter(([, value]) => !Array.isArray(value) || value.length > 0),
      ),
    );
    expect(found.moved).toEqual((expected as { moved: object }).moved);
  });
});

/** Ada works on 1, and 2 is for her alone. */
function withOwn() {
  const { tasks, openRuns } = atWork('ada', 1);
  return { tasks: [...tasks, taskOf(2, { ...dev, assignedTo: 'ada' })], openRuns };
}

test('what it is asked about is left as it is', () => {
  const input = inputOf({ agents: [ada], tasks: idle(1) }).plan;
  const before = structuredClone(input);
  withChanges(
    input,
    [
      { do: 'pause', agent: 'ada' },
      { do: 'budget', agent: 'ada', tokensPerDay: 1 },
      { do: 'pool-budget', queue: 'dev', tokensPerDay: 1 },
      { do: 'remove', agent: 'ada' },
    ],
    [],
  );
  expect(input).toEqual(before);
});
