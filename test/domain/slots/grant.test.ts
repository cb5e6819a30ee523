import { describe, expect, test } from 'vitest';
import type { RunRules } from '../../../domain/run-rules.ts';
import { type AgentSlots, limitOf, setStopped } from '../../../domain/slots/agent-slots.ts';
import { foundClosed } from '../../../domain/slots/give-back.ts';
import { grantDue, hasPredecessor, nextDueMs } from '../../../domain/slots/grant.ts';
import { expectNoRuns, expectRuns, request } from '../../../domain/slots/line.ts';
import { beQuiet, configure, endQuiet, type Pool } from '../../../domain/slots/pool.ts';
import {
  ask,
  giveBack,
  granted,
  HEARTBEAT_TIMEOUT_MS,
  held,
  holding,
  inLine,
  type Limits,
  poolOf,
  poolPolicy,
  runOfTask,
  T,
  theAgent,
  unwell,
} from '../../support/pools.ts';
import { rankOfTask } from '../../support/tasks.ts';

type Known = Record<string, Partial<AgentSlots>>;
const BROKEN = unwell(T + 1);
const TO_PROBE = unwell(T);

describe('whose slot the first in line gets', () => {
  test.each<[name: string, Limits, Known, wants: string | null, got: string[]]>([
    ['the one that the task wants, though another has more', { ada: 1, bob: 9 }, {}, 'ada', ['1 ada']],
    ['nobody, where the one that it wants has none', { ada: 0, bob: 9 }, {}, 'ada', []],
    ['nobody, where the one that it wants is not there', { bob: 9 }, {}, 'ada', []],
    ['the one with most free slots', { ada: 1, bob: 3, cy: 2 }, {}, null, ['1 bob']],
    ['the first by name, where nothing else tells them apart', { cy: 1, bob: 1 }, {}, null, ['1 bob']],
    [
      'a well one before one that is to be probed',
      { ada: 1, bob: 9 },
      { bob: { health: TO_PROBE } },
      null,
      ['1 ada'],
    ],
    [
      'the one to be probed, where nobody is well',
      { ada: 9, bob: 9 },
      { ada: { health: BROKEN }, bob: { health: TO_PROBE } },
      null,
      ['1 bob'],
    ],
    [
      'the unwell one that it wants, when it is to be probed',
      { ada: 1, bob: 1 },
      { ada: { health: TO_PROBE } },
      'ada',
      ['1 ada'],
    ],
    [
      'nobody, while the one that it wants is unwell',
      { ada: 1, bob: 1 },
      { ada: { health: BROKEN } },
      'ada',
      [],
    ],
    ['not a paused one', { ada: 9, bob: 1 }, { ada: { paused: true } }, null, ['1 bob']],
    ['not a quiet one', { ada: 9, bob: 1 }, { ada: { quiet: true } }, null, ['1 bob']],
    ['one that has just been quiet', { ada: 9, bob: 1 }, { ada: { quiet: false } }, null, ['1 ada']],
    [
      'not one that is being probed',
      { ada: 9, bob: 1 },
      { ada: { health: TO_PROBE, probe: runOfTask(7) } },
      null,
      ['1 bob'],
    ],
    ['by hand, an agent may have more', { ada: 1, bob: 2 }, { ada: { limitByHand: 3 } }, null, ['1 ada']],
    ['or none', { ada: 1 }, { ada: { limitByHand: 0 } }, null, []],
    [
      'not one that the configuration does not know any more',
      { ada: 9, bob: 1 },
      { ada: { limit: null, limitByHand: 9 } },
      null,
      ['1 bob'],
    ],
  ])('%s', (_, limits, known, wants, got) => {
    const pool = poolOf(limits, known);
    ask(pool, 1, { wants });
    expect(granted(pool)).toEqual(got);
    expect(holding(pool)).toEqual(got);
    expect(inLine(pool)).toEqual(got.length === 0 ? [1] : []);
  });

  test('of two with as many free slots the one that has fewer runs', () => {
    const pool = poolOf({ ada: 2, bob: 1 });
    ask(pool, 1, { wants: 'ada' });
    granted(pool);
    ask(pool, 2);
    expect(granted(pool)).toEqual(['2 bob']);
  });

  test('slots that are dying are not free', () => {
    const pool = poolOf({ ada: 3, bob: 2 });
    pool.dying = [8, 9].map((id) => ({ ...runOfTask(id), agent: 'ada', fence: 1, freeAtMs: T + 1 }));
    ask(pool, 1);
    expect(granted(pool)).toEqual(['1 bob']);
  });

  test('it tells where the agent runs, and that it is a probe', () => {
    const pool = poolOf({ ada: 2 }, { ada: { health: TO_PROBE } });
    ask(pool, 1);
    expect(grantDue(pool, T)).toEqual([
      { ...runOfTask(1), fence: T, agent: 'ada', gooseQueue: 'goose-ada', probe: true },
    ]);
    expect(theAgent(pool, 'ada')).toMatchObject({ probe: runOfTask(1), health: { probing: true } });
  });

  test('it has the rules that the configuration has for its agent now, also for one that waited before', () => {
    const pool = poolOf({ ada: 1 });
    const under = (rules: RunRules) => ({
      ...poolPolicy({}),
      agents: [{ name: 'ada', limit: 2, gooseQueue: 'q', rules }],
    });
    ask(pool, 1);
    ask(pool, 2);
    configure(pool, under({ maxAttempts: 5 }));
    expect(grantDue(pool, T).map(({ rules }) => rules)).toEqual([{ maxAttempts: 5 }, { maxAttempts: 5 }]);
    configure(pool, under({ launchPrefix: ['nice'] }));
    const [again] = request(pool, { ...runOfTask(1), rank: rankOfTask(1), rankedAtMs: T, wants: null }, T);
    expect(again?.rules).toEqual({ launchPrefix: ['nice'] });
    configure(pool, poolPolicy({ ada: 3 }));
    ask(pool, 3);
    expect(grantDue(pool, T)).toEqual([expect.not.objectContaining({ rules: expect.anything() })]);
  });
});

describe('who gets the slots that are free', () => {
  test.each<[number, string[]]>([
    [0, []],
    [1, ['3 ada']],
    [2, ['3 ada', '1 ada']],
    [9, ['3 ada', '1 ada', '2 ada']],
  ])('%d slots go to the best ranked, and are not given twice', (limit, got) => {
    const pool = poolOf({ ada: limit });
    ask(pool, 1);
    ask(pool, 2);
    ask(pool, 3, { rank: { priority: 1 } });
    expect(granted(pool)).toEqual(got);
    expect(granted(pool)).toEqual([]);
  });

  test('the runs are spread over the pool', () => {
    const pool = poolOf({ ada: 1, bob: 3, cy: 2 });
    for (const id of [1, 2, 3, 4, 5, 6, 7]) ask(pool, id);
    expect(granted(pool)).toEqual(['1 bob', '2 cy', '3 bob', '4 ada', '5 cy', '6 bob']);
    expect(inLine(pool)).toEqual([7]);
  });

  test('who waits for one agent does not keep those behind from the others', () => {
    const pool = poolOf({ ada: 1, bob: 1 });
    held(pool, 1);
    ask(pool, 2, { wants: 'ada', rank: { first: true } });
    ask(pool, 3);
    expect(granted(pool)).toEqual(['3 bob']);
    giveBack(pool, 1);
    expect(granted(pool)).toEqual(['2 ada']);
  });

  test('an agent that is idle takes the next in line at once, whoever else is busy', () => {
    const pool = poolOf({ ada: 1, bob: 1 });
    held(pool, 1, 2);
    ask(pool, 3);
    expect(granted(pool)).toEqual([]);
    giveBack(pool, 2);
    expect(granted(pool)).toEqual(['3 bob']);
  });

  test.each<[name: string, state: Partial<Pool>, got: string[]]>([
    ['nobody while the pool is paused', { paused: true }, []],
    ['nobody while the scheduler is paused', { schedulerPaused: true }, []],
    ['nobody while both are', { paused: true, schedulerPaused: true }, []],
    ['else whoever is in line', {}, ['1 ada']],
  ])('%s', (_, state, got) => {
    const pool = { ...poolOf({ ada: 1 }), ...state };
    ask(pool, 1, { rank: { first: true } });
    expect(granted(pool)).toEqual(got);
  });

  test('one who lowers the limit below what is held lets it drain', () => {
    const pool = poolOf({ ada: 3 });
    held(pool, 1, 2, 3);
    ask(pool, 4);
    theAgent(pool, 'ada').limitByHand = 2;
    expect(limitOf(theAgent(pool, 'ada'))).toBe(2);
    giveBack(pool, 1);
    expect(granted(pool)).toEqual([]);
    giveBack(pool, 2);
    expect(granted(pool)).toEqual(['4 ada']);
  });

  test('an agent that has left gives nothing more', () => {
    const pool = poolOf({ ada: 2 });
    held(pool, 1);
    configure(pool, poolPolicy({}));
    ask(pool, 2);
    ask(pool, 3, { wants: 'ada' });
    expect(granted(pool)).toEqual([]);
  });

  test('each fence is larger than the one before, and than the time, so that it is over a lost state too', () => {
    const pool = poolOf({ ada: 3 });
    for (const id of [1, 2, 3]) ask(pool, id);
    expect(grantDue(pool, T).map(({ fence }) => fence)).toEqual([T, T + 1, T + 2]);
    const lost = poolOf({ ada: 3 });
    ask(lost, 4);
    expect(grantDue(lost, T + 5)).toMatchObject([{ fence: T + 5 }]);
  });
});

describe('an unwell agent', () => {
  test('gets one task when its time has come, whatever its slots and the line', () => {
    const pool = poolOf({ ada: 3 }, { ada: { health: BROKEN } });
    for (const id of [1, 2, 3]) ask(pool, id);
    expect(granted(pool, T)).toEqual([]);
    expect(granted(pool, T + 1)).toEqual(['1 ada']);
    expect(granted(pool, T + 1_000_000)).toEqual([]);
  });

  test('gets it beside the runs that it has from before', () => {
    const pool = poolOf({ ada: 2 });
    held(pool, 1);
    theAgent(pool, 'ada').health = TO_PROBE;
    ask(pool, 2);
    expect(granted(pool)).toEqual(['2 ada']);
  });

  test('gets none where these have all its slots', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    theAgent(pool, 'ada').health = TO_PROBE;
    ask(pool, 2);
    expect(granted(pool)).toEqual([]);
  });

  test('leaves the others of the pool the rest of the line', () => {
    const pool = poolOf({ ada: 3, bob: 2 }, { ada: { health: TO_PROBE } });
    for (const id of [1, 2, 3, 4]) ask(pool, id);
    expect(granted(pool)).toEqual(['1 bob', '2 bob', '3 ada']);
    expect(inLine(pool)).toEqual([4]);
  });
});

describe('a run whose predecessor may live', () => {
  const after = { ...runOfTask(1, 'after-reset'), rank: rankOfTask(1), rankedAtMs: T, wants: null };

  test('waits for its end, though slots are free; who is behind does not', () => {
    const pool = poolOf({ ada: 3 });
    held(pool, 1);
    request(pool, after, T);
    ask(pool, 2);
    expect(hasPredecessor(pool, after)).toBe(true);
    expect(granted(pool)).toEqual(['2 ada']);
    foundClosed(pool, { ...runOfTask(1), closedAtMs: T });
    expect(granted(pool, T + HEARTBEAT_TIMEOUT_MS - 1)).toEqual([]);
    expect(grantDue(pool, T + HEARTBEAT_TIMEOUT_MS)).toMatchObject([{ runId: 'after-reset' }]);
    expect(hasPredecessor(pool, after)).toBe(false);
  });

  test('of two in line only one is granted a slot', () => {
    const pool = poolOf({ ada: 3 });
    ask(pool, 1);
    request(pool, after, T);
    expect(granted(pool)).toEqual(['1 ada']);
    expect(pool.waiters).toMatchObject([{ runId: 'after-reset' }]);
  });
});

describe('when something is due by time alone', () => {
  const expected = (untilMs: number) => [{ rank: rankOfTask(9), wants: null, untilMs }];
  const dying = (freeAtMs: number) => [{ ...runOfTask(9), agent: 'ada', fence: 1, freeAtMs }];

  test.each<[string, Known, Partial<Pool>, waits: boolean, dueMs: number | undefined]>([
    ['nothing', {}, {}, true, undefined],
    [
      'the moment until which a slot is kept for a run that is expected',
      {},
      { expected: expected(T + 5) },
      true,
      T + 5,
    ],
    ['which nobody waits for', {}, { expected: expected(T + 5) }, false, undefined],
    ['the end of a dying slot', {}, { dying: dying(T + 7) }, false, T + 7],
    ['the first of several', {}, { expected: expected(T + 5), dying: dying(T + 7) }, true, T + 5],
    ['only what is to come', {}, { expected: expected(T), dying: dying(T) }, true, undefined],
    [
      'the end of a cool-down, of which the scheduler hears',
      { bob: { health: unwell(T + 3) } },
      {},
      false,
      T + 3,
    ],
    [
      'not while the probe is under way',
      { bob: { health: unwell(T + 3), probe: runOfTask(7) } },
      {},
      true,
      undefined,
    ],
  ])('%s', (_, known, state, waits, dueMs) => {
    const pool = { ...poolOf({ ada: 0, bob: 1 }, known), ...state };
    if (waits) ask(pool, 1);
    expect(nextDueMs(pool, T)).toBe(dueMs);
  });

  test('a quiet agent is given nothing until its quiet ends; the others are', () => {
    const pool = poolOf({ ada: 1, bob: 1 });
    beQuiet(pool, ['ada', 'stranger']);
    ask(pool, 1);
    ask(pool, 2);
    expect(granted(pool)).toEqual(['1 bob']);
    endQuiet(pool, ['bob']);
    expect(granted(pool)).toEqual([]);
    endQuiet(pool, ['ada']);
    expect(granted(pool)).toEqual(['2 ada']);
  });
});

describe('a run that is expected', () => {
  const soon = (id: number, priority: number, wants: string | null = null) => ({
    ...{ rank: rankOfTask(id, { priority }), wants },
  });

  test.each<[name: string, Parameters<typeof expectRuns>[1], got: string[]]>([
    ['has its slot kept, where it goes before who is in line', [soon(9, 1)], []],
    ['not where it goes after', [soon(9, -1)], ['1 ada']],
    ['not where it wants another agent', [soon(9, 1, 'bob')], ['1 ada']],
  ])('%s', (_, expected, got) => {
    const pool = poolOf({ ada: 1 });
    ask(pool, 1);
    expectRuns(pool, expected, T);
    expect(granted(pool)).toEqual(got);
  });

  test('has it kept until it asks, or for a second', () => {
    const pool = poolOf({ ada: 2 });
    ask(pool, 1);
    expectRuns(pool, [soon(8, 2), soon(9, 1)], T);
    expect(granted(pool, T + 999)).toEqual([]);
    ask(pool, 9, { rank: { priority: 1 } });
    expect(granted(pool, T + 999)).toEqual(['9 ada']);
    expect(granted(pool, T + 1_000)).toEqual(['1 ada']);
  });

  test('or until it is known not to come', () => {
    const pool = poolOf({ ada: 2 });
    ask(pool, 1);
    expectRuns(pool, [soon(8, 2), soon(9, 1)], T);
    expectNoRuns(pool, [9]);
    expect(granted(pool)).toEqual(['1 ada']);
    expect(pool.expected).toMatchObject([{ rank: { id: 8 } }]);
  });

  test('or for as long as is said', () => {
    const pool = poolOf({ ada: 1 });
    ask(pool, 1);
    expectRuns(pool, [soon(9, 1)], T, 10_000);
    expect(nextDueMs(pool, T + 1_000)).toBe(T + 10_000);
    expect(granted(pool, T + 9_999)).toEqual([]);
    expect(granted(pool, T + 10_000)).toEqual(['1 ada']);
  });
});

describe('what a person has stopped is given nothing until it is started again', () => {
  test.each<[string, Known, boolean, string[]]>([
    ['an agent', { ada: { stopped: true } }, false, ['1 bob']],
    ['the pool', {}, true, []],
  ])('%s', (_, known, isAll, got) => {
    const pool = poolOf({ ada: 2, bob: 1 }, known);
    setStopped(pool, isAll);
    ask(pool, 1);
    expect(granted(pool)).toEqual(got);
    // A pause is another thing.
    pool.paused = false;
    for (const agent of pool.agents) setStopped(agent, false);
    setStopped(pool, false);
    ask(pool, 2);
    expect(granted(pool).length).toBeGreaterThan(0);
  });

  test('and it is remembered when the agent leaves the configuration and returns', () => {
    const pool = poolOf({ ada: 1, bob: 1 }, { ada: { stopped: true } });
    configure(pool, poolPolicy({ bob: 1 }));
    configure(pool, poolPolicy({ ada: 1, bob: 1 }));
    expect(theAgent(pool, 'ada').stopped).toBe(true);
  });
});
