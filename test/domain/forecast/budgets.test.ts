import { describe, expect, test } from 'vitest';
import { type Change, withChanges } from '../../../domain/forecast/change.ts';
import { difference } from '../../../domain/forecast/compare.ts';
import { type Course, Experience } from '../../../domain/forecast/experience.ts';
import { foresee } from '../../../domain/forecast/forecast.ts';
import type { ForecastInput } from '../../../domain/forecast/outset.ts';
import type { BudgetLine } from '../../../domain/plan/agent-line.ts';
import { type Asked, always, inputOf, MINUTE_MS, short } from '../../support/foresight.ts';
import { agentOf, atWork, NOW_MS, taskOf } from '../../support/tasks.ts';

// Each task takes 10 minutes, and a day of UTC is over in an hour from now.

const DAY_MS = 24 * 60 * MINUTE_MS;
const ENDS_MS = NOW_MS + 60 * MINUTE_MS;
const dev = { queue: 'dev' };
const ada = agentOf('ada', 1, 'dev');
const bob = agentOf('bob', 1, 'dev');
const idle = (count: number) => Array.from({ length: count }, (_, at) => taskOf(at + 1, dev));
const ofAda = (count: number) => idle(count).map((task) => ({ ...task, assignedTo: 'ada' }));

const days = [0, 1, 2, 3].map((at) => ({ day: `2026-01-0${at + 1}`, endsMs: ENDS_MS + at * DAY_MS }));
const zones = [{ timeZone: 'UTC', days }];

function budget(tokensPerDay: number, used = 0, reserved = 0): BudgetLine {
  const today = { day: '2026-01-01', endsMs: ENDS_MS, used, unknown: 0, unknownAttempts: 0 };
  return { tokensPerDay, timeZone: 'UTC', today: { ...today, reserved, unreserved: 0 } };
}

/** As one that took so many tokens. */
const taking = (tokens: number): Course[] => [
  { agent: 'somebody', recipe: null, legs: [{ heldMs: 10 * MINUTE_MS, restedMs: 0, tokens }] },
];

function foreseen(asked: Asked, input: Partial<ForecastInput> = {}): string[] {
  const { courses = always(10), ...rest } = asked;
  return foresee({ ...inputOf(rest), zones, ...input }, new Experience(courses)).tasks.map(short);
}

const own = (line: BudgetLine, tokensPerRun?: number) => ({
  ada: { budget: line, ...(tokensPerRun !== undefined && { tokensPerRun }) },
});
const both = (line: BudgetLine) => {
  const each = { poolBudget: line, tokensPerRun: 40 };
  return { ada: each, bob: each };
};
const [NEXT, AFTER] = [60, 60 + DAY_MS / MINUTE_MS];

describe('what does not fit today starts with the next day', () => {
  test.each<[string, Asked, string[]]>([
    [
      'where nothing is left',
      { agents: [ada], tasks: idle(2), budgets: own(budget(100, 100), 40) },
      [`1 ada ${NEXT}-${NEXT + 10}`, `2 ada ${NEXT + 10}-${NEXT + 20}`],
    ],
    [
      'each while anything is left, by what such runs took',
      { agents: [ada], tasks: idle(5), budgets: own(budget(100, 30), 40) },
      ['1 ada 0-10', '2 ada 10-20', `3 ada ${NEXT}-70`, '4 ada 70-80', '5 ada 80-90'],
    ],
    [
      'over several days',
      { agents: [ada], tasks: idle(4), budgets: own(budget(50, 50), 100) },
      [0, 1, 2, 3].map((at) => {
        const starts = NEXT + (at * DAY_MS) / MINUTE_MS;
        return `${at + 1} ada ${starts}-${starts + 10}`;
      }),
    ],
    [
      'by what the past task took that each is played as, where that is known',
      { agents: [ada], tasks: idle(3), budgets: own(budget(100)), courses: taking(60) },
      ['1 ada 0-10', '2 ada 10-20', `3 ada ${NEXT}-70`],
    ],
    [
      'what runs is reserved for',
      {
        ...{ agents: [ada], tasks: [...atWork('ada', 9).tasks, ...idle(1)] },
        ...{ openRuns: atWork('ada', 9).openRuns, running: { 9: 5 } },
        budgets: own(budget(100, 60, 40), 40),
      },
      [`1 ada ${NEXT}-70`, '9 ada -5-5'],
    ],
    [
      'another agent of the pool goes on',
      { agents: [ada, bob], tasks: idle(3), budgets: own(budget(100, 100), 40) },
      ['1 bob 0-10', '2 bob 10-20', '3 bob 20-30'],
    ],
    [
      'but not with what is for the first one',
      { agents: [ada, bob], tasks: ofAda(1), budgets: own(budget(100, 100), 40) },
      [`1 ada ${NEXT}-70`],
    ],
    [
      'a budget of the pool, whoever has them',
      { agents: [ada, bob], tasks: idle(4), budgets: both(budget(100, 30)) },
      ['1 ada 0-10', '2 bob 0-10', `3 ada ${NEXT}-70`, `4 bob ${NEXT}-70`],
    ],
    [
      'nothing is known of what a run takes',
      { agents: [ada], tasks: idle(2), budgets: own(budget(100, 99)) },
      ['1 ada 0-10', '2 ada 10-20'],
    ],
    [
      'a day that is over by now has all of it',
      { agents: [ada], tasks: idle(1), budgets: own({ ...budget(100, 100), ...over() }, 40) },
      ['1 ada 0-10'],
    ],
    [
      'nobody has told of the day yet',
      { agents: [ada], tasks: idle(3), budgets: own({ ...budget(50), today: null }, 40) },
      ['1 ada 0-10', '2 ada 10-20', `3 ada ${NEXT}-70`],
    ],
    [
      'a budget of nothing keeps them',
      { agents: [ada], tasks: idle(1), budgets: own(budget(0), 40) },
      ['1 kept'],
    ],
    [
      'a budget of nothing keeps them, whatever is known of lengths',
      { agents: [ada], tasks: idle(1), budgets: own(budget(0), 40), courses: [] },
      ['1 kept'],
    ],
    [
      'beside an agent that cools down, which comes first',
      {
        ...{ agents: [ada, bob], tasks: idle(1), budgets: own(budget(100, 100), 40) },
        health: {
          bob: { state: 'cooling-down', reason: 'quota', untilMs: NOW_MS + 5 * MINUTE_MS, times: 1 },
        },
      },
      ['1 bob 5-15'],
    ],
  ])('%s', (_what, asked, expected) => {
    expect(foreseen(asked)).toEqual(expected);
  });

  test('also where this host does not know the zone: after what was told days have 24 hours', () => {
    const asked = { agents: [ada], tasks: idle(2), budgets: own(budget(50, 50), 100) };
    expect(foreseen(asked, { zones: [] })).toEqual([`1 ada ${NEXT}-70`, `2 ada ${AFTER}-${AFTER + 10}`]);
  });

  test('and what runs, of which no end is known, does not make it look on for ever', () => {
    const { tasks, openRuns } = atWork('ada', 9);
    const asked = { agents: [agentOf('ada', 2, 'dev')], tasks: [...tasks, ...idle(1)], openRuns };
    const budgets = own(budget(100, 0, 100), 100);
    expect(foreseen({ ...asked, budgets, courses: [] })).toEqual(['1 ? ?-?', '9 ada 0-?']);
  });
});

/** Yesterday, of which the semaphore has told last. */
function over(): Pick<BudgetLine, 'today'> {
  const { today } = budget(100, 100);
  return { today: today && { ...today, endsMs: NOW_MS } };
}

/** In minutes, how the ends move. */
function moves(asked: Asked, ...changes: Change[]) {
  const input = { ...inputOf(asked), zones };
  const after = { ...input, plan: withChanges(input.plan, changes, zones) };
  const experience = new Experience(asked.courses ?? always(10));
  const found = difference(foresee(input, experience), foresee(after, experience), NOW_MS);
  const { starts, waits, keeps, frees, moved } = found;
  const by = Object.fromEntries(moved.map(({ taskId, byMs }) => [taskId, byMs / MINUTE_MS]));
  const lists = Object.entries({ starts, waits, keeps, frees }).filter(([, ids]) => ids.length > 0);
  return { ...Object.fromEntries(lists), by };
}

describe('what another budget does', () => {
  const two: Asked = { agents: [ada], tasks: idle(2), budgets: own(budget(100, 100), 40) };
  const of = (tokensPerDay: number | null): Change => ({ do: 'budget', agent: 'ada', tokensPerDay });
  const ofPool = (tokensPerDay: number | null): Change => {
    return { do: 'pool-budget', queue: 'dev', tokensPerDay };
  };
  test.each<[string, Asked, Change[], object]>([
    ['a larger one', two, [of(200)], { starts: [1], by: { 1: -60, 2: -60 } }],
    ['a larger one for one task', two, [of(101)], { starts: [1], by: { 1: -60, 2: -10 } }],
    ['none', two, [of(null)], { starts: [1], by: { 1: -60, 2: -60 } }],
    ['nothing', two, [of(0)], { keeps: [1, 2], by: {} }],
    [
      'one that is new begins with all of it',
      { agents: [ada], tasks: idle(3), courses: taking(60) },
      [of(100)],
      { by: { 3: 40 } },
    ],
    [
      'one of nothing that is new',
      { agents: [ada, bob], tasks: ofAda(1) },
      [of(0)],
      { waits: [1], keeps: [1], by: {} },
    ],
    [
      'one of a pool',
      { agents: [ada, bob], tasks: idle(2), budgets: both(budget(100, 100)) },
      [ofPool(150)],
      { starts: [1, 2], by: { 1: -60, 2: -60 } },
    ],
    [
      'a new agent has that of its pool',
      { agents: [ada, bob], tasks: idle(1), budgets: both(budget(100, 100)) },
      [{ do: 'add', agent: 'cy', queue: 'dev', slots: 5 }],
      { by: {} },
    ],
    [
      'a new one of a pool, with a new agent',
      { agents: [ada], tasks: idle(2) },
      [{ do: 'add', agent: 'cy', queue: 'dev', slots: 5 }, ofPool(0)],
      { waits: [1], keeps: [1, 2], by: {} },
    ],
  ])('%s', (_what, asked, changes, expected) => {
    expect(moves(asked, ...changes)).toEqual(expected);
  });

  test.each<[string, Asked, Change]>([
    ['of a day that is over by now', { ...two, budgets: own({ ...budget(100), ...over() }) }, of(0)],
    [
      'that a new agent has with its pool',
      { agents: [agentOf('ada', 0, 'dev'), bob], tasks: idle(1), budgets: both(budget(100, 100)) },
      { do: 'add', agent: 'aa', queue: 'dev', slots: 1 },
    ],
  ])('the planner tells of one %s', (_what, asked, change) => {
    const input = { ...inputOf(asked), zones };
    const plan = withChanges(input.plan, [change], zones);
    const [first] = foresee({ ...input, plan }, new Experience(always(10))).tasks;
    expect(first?.reason?.why).toMatch(/budget$/);
  });
});
