import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENOUGH, Experience } from '../../../domain/forecast/experience.ts';
import { foresee, spanOf } from '../../../domain/forecast/forecast.ts';
import { plan } from '../../../domain/plan/plan.ts';
import type { Reason } from '../../../domain/plan/reason.ts';
import { anyInput } from '../../support/any-plan.ts';
import {
  type Asked,
  always,
  courseOf,
  foresightOf,
  inputOf,
  MINUTE_MS,
  short,
  shortly,
} from '../../support/foresight.ts';
import { agentOf, atWork, lineRunOf, NOW_MS, runOf, taskOf } from '../../support/tasks.ts';

const dev = { queue: 'dev' };
const ada = agentOf('ada', 1, 'dev');
const bob = agentOf('bob', 1, 'dev');
const idle = (...ids: number[]) => ids.map((id) => taskOf(id, dev));
const unwell = (minutes: number) =>
  ({ state: 'cooling-down', reason: 'quota', untilMs: NOW_MS + minutes * MINUTE_MS, times: 1 }) as const;

describe('in the order of the planner and of the line', () => {
  test.each<[string, Asked, string[]]>([
    ['nothing is open', {}, []],
    ['a slot is free', { agents: [ada], tasks: idle(1) }, ['1 ada 0-10']],
    [
      'one after the other',
      { agents: [ada], tasks: idle(1, 2, 3) },
      ['1 ada 0-10', '2 ada 10-20', '3 ada 20-30'],
    ],
    [
      'the agent with most free slots gets the next, and then whoever is free first',
      { agents: [ada, agentOf('bob', 2, 'dev')], tasks: idle(1, 2, 3, 4) },
      ['1 bob 0-10', '2 ada 0-10', '3 bob 0-10', '4 bob 10-20'],
    ],
    [
      'priority and run-now',
      { agents: [ada], tasks: [...idle(1), taskOf(2, { ...dev, priority: 1 }), ...idle(3)], first: [3] },
      ['3 ada 0-10', '2 ada 10-20', '1 ada 20-30'],
    ],
    [
      'a task that one agent alone may have waits for it, and others pass',
      {
        agents: [ada, bob],
        tasks: [
          ...idle(1),
          taskOf(2, { ...dev, assignedTo: 'ada', priority: -1 }),
          taskOf(3, { ...dev, priority: -2 }),
        ],
      },
      ['1 ada 0-10', '2 ada 10-20', '3 bob 0-10'],
    ],
    [
      'one that others wait for goes first, and they start when it is over',
      { agents: [ada, bob], tasks: [...idle(1, 2), taskOf(3, { ...dev, blockedByTaskId: 2 })] },
      ['2 ada 0-10', '1 bob 0-10', '3 ada 10-20'],
    ],
    [
      'a blocker in another pool',
      {
        agents: [ada, agentOf('cy', 1, 'qa')],
        tasks: [taskOf(1, { ...dev, blockedByTaskId: 2 }), taskOf(2, { queue: 'qa' })],
      },
      ['2 cy 0-10', '1 ada 10-20'],
    ],
    [
      'a parent is over with the last of its subtasks, and what waits for it starts then',
      {
        agents: [ada],
        tasks: [
          taskOf(1, dev),
          taskOf(2, { ...dev, parentTaskId: 1 }),
          taskOf(3, { ...dev, parentTaskId: 1 }),
          taskOf(4, { ...dev, blockedByTaskId: 1 }),
        ],
      },
      ['1 with subtasks -20', '2 ada 0-10', '3 ada 10-20', '4 ada 20-30'],
    ],
    [
      'what runs goes on for as long as is left, and what is in line comes next',
      { agents: [ada], ...withLine(), running: { 1: 4 } },
      ['1 ada -4-6', '2 ada 6-16'],
    ],
    [
      'what has run for longer than each that is known is taken as if it had just begun',
      { agents: [ada], ...withLine(), running: { 1: 40 } },
      ['1 ada -40-10', '2 ada 10-20'],
    ],
    [
      'an agent that has more than its limit gets nothing, and keeps no slot of another',
      {
        ...{
          agents: [agentOf('ada', 0, 'dev'), agentOf('bob', 2, 'dev')],
          openRuns: atWork('ada', 1).openRuns,
        },
        ...{ tasks: [...atWork('ada', 1).tasks, ...idle(2, 3)], running: { 1: 0 } },
      },
      ['1 ada 0-10', '2 bob 0-10', '3 bob 0-10'],
    ],
    [
      'a back-off, and processes of a run that was ended',
      {
        agents: [ada, bob],
        tasks: idle(1, 2),
        openRuns: [runOf(1, 'ada', 'backing-off')],
        backsOff: { 1: 3 },
        dying: { 2: NOW_MS + 7 * MINUTE_MS },
      },
      ['1 ada 3-13', '2 bob 7-17'],
    ],
    [
      'an agent that cools down has one again when its time has come',
      { agents: [ada], health: { ada: unwell(5) }, tasks: idle(1, 2) },
      ['1 ada 5-15', '2 ada 15-25'],
    ],
    [
      'an agent that cannot run is not counted on, though it is tried again soon',
      { agents: [ada, bob], health: { ada: { ...unwell(1), state: 'misconfigured' } }, tasks: idle(1, 2) },
      ['1 bob 0-10', '2 bob 10-20'],
    ],
    [
      'attempts that failed and the rest between them count, and meanwhile another has the slot',
      { agents: [ada], tasks: idle(1, 2), courses: always(2, 3, 5) },
      ['1 ada 0-10', '2 ada 2-15'],
    ],
  ])('%s', (_what, asked, expected) => {
    expect(shortly(asked)).toEqual(expected);
  });
});

function withLine() {
  const { tasks, openRuns } = atWork('ada', 1);
  return { tasks: [...tasks, ...idle(2)], openRuns: [...openRuns, lineRunOf(2)] };
}

describe('a pool that is held', () => {
  const hold = { reason: 'quota', taken: 2, sinceMs: NOW_MS - MINUTE_MS, untilMs: NOW_MS + 5 * MINUTE_MS };
  test.each<[string, object, string[]]>([
    [
      'opens with its canary, and each that was taken is tried then',
      {},
      ['1 cy 5-15', '2 ada 5-15', '3 bob 5-15'],
    ],
    ['is taken to open now where a task tries', { trying: true }, ['1 cy 0-10', '2 ada 0-10', '3 bob 0-10']],
  ])('%s', (_what, more, expected) => {
    const { plan: asIs, ...input } = inputOf({
      agents: [ada, bob, agentOf('cy', 1, 'dev')],
      health: { ada: unwell(30), bob: unwell(30) },
      tasks: idle(1, 2, 3),
    });
    const agents = asIs.agents.map((line) => ({
      ...line,
      poolHold: { ...hold, ...more, ...(line.name !== 'cy' && { isTaken: true as const }) },
    }));
    const { tasks } = foresee({ ...input, plan: { ...asIs, agents } }, new Experience(always(10)));
    expect(tasks.map(short)).toEqual(expected);
  });
});

describe('what does not start by itself says so, with the reason of the planner', () => {
  test.each<[string, Asked, Reason['why'], [number, Reason['why']] | null]>([
    ['parked', { agents: [ada], tasks: idle(1), openRuns: [runOf(1, 'ada', 'parked')] }, 'parked', null],
    ['nobody serves it', { agents: [ada], tasks: [taskOf(1, { queue: 'qa' })] }, 'no-agent-for-queue', null],
    ['nobody has it', { agents: [ada], tasks: [taskOf(1)] }, 'unassigned', null],
    ['no such agent', { agents: [ada], tasks: [taskOf(1, { assignedTo: 'eve' })] }, 'unknown-agent', null],
    ['paused', { agents: [ada], pausedAgents: ['ada'], tasks: idle(1) }, 'agent-paused', null],
    ['the pool is paused', { agents: [ada, bob], pausedPools: ['dev'], tasks: idle(1) }, 'pool-paused', null],
    ['the scheduler is paused', { agents: [ada], paused: true, tasks: idle(1) }, 'scheduler-paused', null],
    ['no slots', { agents: [agentOf('ada', 0, 'dev')], tasks: idle(1) }, 'limit-zero', null],
    [
      'somebody else works on it',
      { agents: [ada], tasks: [taskOf(1, { ...dev, status: 'working', assignedTo: 'eve' })] },
      'working-elsewhere',
      null,
    ],
    [
      'it waits for one that is parked',
      {
        agents: [ada],
        tasks: [
          taskOf(1, { ...dev, blockedByTaskId: 2 }),
          taskOf(2, { ...dev, blockedByTaskId: 3 }),
          ...idle(3),
        ],
        openRuns: [runOf(3, 'ada', 'parked')],
      },
      'blocked',
      [3, 'parked'],
    ],
    [
      'its blocker is over, and its agent is paused',
      {
        agents: [ada, agentOf('cy', 1, 'qa')],
        pausedAgents: ['ada'],
        tasks: [taskOf(1, { ...dev, blockedByTaskId: 2 }), taskOf(2, { queue: 'qa' })],
      },
      'blocked',
      [1, 'agent-paused'],
    ],
    [
      'more agents are paused than are told of',
      {
        agents: ['a', 'b', 'c', 'd', 'e'].map((name) => agentOf(name, 1, 'dev')),
        pausedAgents: ['a', 'b', 'c', 'd', 'e'],
        tasks: idle(1),
      },
      'pool-unavailable',
      null,
    ],
  ])('%s', (_what, asked, why, by) => {
    const found = foresightOf(asked);
    const first = found.tasks.find(({ taskId }) => taskId === 1);
    expect(first).toMatchObject({ is: 'kept', reason: { why }, start: null, end: null });
    expect(first?.keptBy && [first.keptBy.taskId, first.keptBy.reason.why]).toEqual(by);
    expect(found.kept).toBe(found.tasks.filter(({ is }) => is === 'kept').length);
  });

  test('the rest of the backlog ends all the same', () => {
    const { end, ending, kept } = foresightOf({ agents: [ada], tasks: [...idle(1, 2), taskOf(3)] });
    expect([end?.p50Ms, ending, kept]).toEqual([NOW_MS + 20 * MINUTE_MS, 2, 1]);
  });
});

test('without a past it is known who starts now, and nothing of what comes after', () => {
  const found = foresightOf({ agents: [ada], tasks: idle(1, 2), courses: [] });
  expect(found.tasks.map(short)).toEqual(['1 ada 0-?', '2 ? ?-?']);
  expect(found).toMatchObject({ end: null, ending: 0, kept: 0, unknown: 2, restsOn: 0 });
  expect(found.tasks[0]?.basis).toEqual({ level: 'none', runs: 0 });
});

test('without a past, too, what waits for a kept one is kept, and so is the parent of one', () => {
  const found = foresightOf({
    ...{ agents: [ada], courses: [], openRuns: [runOf(1, 'ada', 'parked')] },
    tasks: [
      taskOf(1, { ...dev, parentTaskId: 4 }),
      taskOf(2, { ...dev, blockedByTaskId: 1 }),
      taskOf(3, { ...dev, blockedByTaskId: 2 }),
      taskOf(4, dev),
      taskOf(5, { ...dev, blockedByTaskId: 4 }),
      taskOf(6, { ...dev, blockedByTaskId: 99 }),
      taskOf(7, dev),
    ],
  });
  const kept = found.tasks.filter(({ is }) => is === 'kept').map(({ taskId }) => taskId);
  expect(kept.sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(found.tasks.find(({ taskId }) => taskId === 3)?.keptBy).toMatchObject({
    taskId: 1,
    reason: { why: 'parked' },
  });
});

describe('whose past counts', () => {
  const some = (agent: string, recipe: string, minutes: number, count = ENOUGH) =>
    Array.from({ length: count }, () => ({ ...courseOf(agent, minutes), recipe }));
  const past = [
    ...some('ada', 'ada', 10),
    ...some('ada', 'review', 20),
    ...some('bob', 'bob', 40, ENOUGH - 1),
  ];
  test.each<[string, string[], string, string, number]>([
    ['ada', [], '10', 'agent-and-recipe', ENOUGH],
    ['ada', ['recipe:review'], '20', 'agent-and-recipe', ENOUGH],
    ['ada', ['recipe:new'], '15', 'agent', 2 * ENOUGH],
    ['bob', [], '20', 'all', 3 * ENOUGH - 1],
    ['cy', [], '20', 'all', 3 * ENOUGH - 1],
  ])('%s with %j', (agent, tags, minutes, level, runs) => {
    const asked = { agents: [agentOf(agent, 1, 'dev')], tasks: [taskOf(1, { ...dev, tags })], courses: past };
    const [task] = foresightOf(asked).tasks;
    expect(task?.basis).toEqual({ level, runs });
    const middle = ((task?.end?.p50Ms ?? 0) - NOW_MS) / MINUTE_MS;
    // Half of the draws are shorter: of ten, five of 10 and five of 20.
    expect(minutes === '15' ? [10, 20] : [Number(minutes)]).toContain(middle);
  });
});

test('the tenth of the past that takes longest is in the second time', () => {
  const courses = Array.from({ length: 100 }, (_, at) => courseOf('ada', at + 1));
  const [task] = foresightOf({ agents: [ada], tasks: idle(1), courses }).tasks;
  const minutes = [task?.end?.p50Ms, task?.end?.p90Ms].map((ms) => ((ms ?? 0) - NOW_MS) / MINUTE_MS);
  expect(minutes).toEqual([51, 91]);
});

test('the same question has the same answer', () => {
  const courses = Array.from({ length: 20 }, (_, at) => courseOf('ada', at + 1, at % 3, 4));
  const asked = { agents: [ada, bob], tasks: idle(1, 2, 3, 4, 5, 6, 7), courses };
  expect(foresightOf(asked)).toEqual(foresightOf(asked));
});

test.each<[number[], [number, number | null] | null]>([
  [[], null],
  [[3], [3, 3]],
  [
    [4, 1, 2, 3],
    [2, 4],
  ],
  [
    [1, Number.POSITIVE_INFINITY],
    [1, null],
  ],
  [[1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], null],
])('of the draws %j', (draws, expected) => {
  const span = spanOf(draws);
  expect(span && [span.p50Ms, span.p90Ms]).toEqual(expected);
});

test('whatever is open: what the planner starts now starts now, and nothing is over before it starts', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const now = { ...input, lookAhead: 0 };
      const planned = plan(now);
      // What leaves a line where it may not stay is planned anew a moment later, and not now.
      fc.pre(planned.misplaced.length === 0);
      const resting = now.openRuns.filter(({ state }) => state === 'backing-off');
      const backsOff = Object.fromEntries(resting.map(({ taskId }) => [taskId, 1]));
      const { tasks } = foresee({ ...inputOf({ backsOff }), plan: now }, new Experience(always(10)));
      const starts = new Set(planned.starts.map(({ task }) => task.id));
      for (const { taskId, start, end, is } of tasks) {
        if (starts.has(taskId)) expect([taskId, start?.p50Ms]).toEqual([taskId, input.nowMs]);
        if (start !== null && end !== null) expect(end.p50Ms).toBeGreaterThanOrEqual(start.p50Ms);
        if (is === 'kept') expect(end).toBeNull();
      }
    }),
    { numRuns: 60 },
  );
});

/** Milliseconds of processor time for a task, when few are played as often as many are; the least of some rounds. */
function costOfEach(count: number): number {
  const agents = Array.from({ length: 200 }, (_, at) => agentOf(`a${at}`, 1, `q${at % 40}`));
  const tasks = Array.from({ length: count }, (_, at) =>
    taskOf(at + 1, {
      ...{ queue: `q${at % 40}`, priority: at % 7, blockedByTaskId: at % 3 === 2 ? at : null },
      assignedTo: at % 11 === 0 ? `a${at % 200}` : null,
    }),
  );
  const experience = new Experience(
    Array.from({ length: 400 }, (_, at) => courseOf(`a${at % 200}`, 1 + (at % 30))),
  );
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round += 1) {
    const before = process.cpuUsage();
    expect(foresee(inputOf({ agents, tasks }), experience, 3)).toMatchObject({ ending: count, kept: 0 });
    least = Math.min(least, process.cpuUsage(before).user / 1_000 / count);
  }
  return least;
}

test('a task of a long line costs no more than one of a short line', () => {
  const [few, many] = [costOfEach(1_000), costOfEach(8_000)];
  // About 1 as measured. What looks at the whole line for each end makes it 5 or more.
  expect(many / few, `${few} and ${many} ms`).toBeLessThan(2.5);
});
