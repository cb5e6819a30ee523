import { describe, expect, test } from 'vitest';
import { budgetsDueMs, leftOf, rollDays, settleUnfound } from '../../../domain/slots/budget.ts';
import { foundClosed, processesGone, release } from '../../../domain/slots/give-back.ts';
import { nextDueMs } from '../../../domain/slots/grant.ts';
import { request } from '../../../domain/slots/line.ts';
import { configure, newPool, type Pool, type PoolPolicy } from '../../../domain/slots/pool.ts';
import { foundHolder } from '../../../domain/slots/rebuild.ts';
import type { DaySpent, Spent } from '../../../domain/slots/tokens.ts';
import {
  ask,
  closed,
  fenceOf,
  granted,
  inLine,
  poolPolicy,
  runOfTask,
  T,
  theAgent,
} from '../../support/pools.ts';
import { rankOfTask } from '../../support/tasks.ts';

const DAY_MS = 86_400_000;
const ENDS = T + 1_000;
const days = [0, 1, 2].map((at) => ({ day: `2026-11-2${6 + at}`, endsMs: ENDS + at * DAY_MS }));
const zones = [{ timeZone: 'UTC', days }];
const tokens = (tokensPerDay: number) => ({ tokensPerDay, timeZone: 'UTC' });

/** A pool of two agents with three slots each. */
function policyOf({ ada, pool }: { ada?: number; pool?: number }): PoolPolicy {
  const policy = poolPolicy({ ada: 3, bob: 3 });
  const agents = policy.agents.map((agent) =>
    agent.name === 'ada' && ada !== undefined ? { ...agent, budget: tokens(ada) } : agent,
  );
  return { ...policy, agents, zones, ...(pool !== undefined && { budget: tokens(pool) }) };
}

function poolWith(budgets: { ada?: number; pool?: number }): Pool {
  const pool = newPool(policyOf(budgets));
  rollDays(pool, T);
  return pool;
}

/** Ended attempts of an agent: so much is known of it, in a day that is over by now. */
function knows(pool: Pool, name: string, ...took: number[]): void {
  const agent = theAgent(pool, name);
  if (agent.tokens)
    agent.tokens.took = took.map((each, at) => ({
      recipe: at === 0 ? name : `r${at}`,
      runs: 1,
      tokens: each,
    }));
}

const took = (count: number | null, agent = 'ada'): Spent => ({ agent, tokens: count, recipe: agent });
const ends = (pool: Pool, id: number, spent?: Spent, nowMs = T) =>
  release(pool, { ...runOfTask(id), fence: fenceOf(pool, id), verdict: null, spent }, nowMs);
const starts = (pool: Pool, id: number, wants: string | null = 'ada', nowMs = T) => {
  ask(pool, id, { wants });
  return granted(pool, nowMs);
};
/** `used` and `unknown` (of so many attempts), and `reserved`. */
const of = ({ used, unknown, unknownAttempts, reserved }: DaySpent) =>
  `${used} ${unknown}(${unknownAttempts}) ${reserved}`;
const spentOf = (pool: Pool, name = 'ada') => of(theAgent(pool, name).tokens?.today as DaySpent);
const spentByPool = (pool: Pool) => of(pool.tokens?.today as DaySpent);

describe('a reservation', () => {
  test('is what such runs took: of the recipe, else of the agent, else of its pool, else nothing', () => {
    const pool = poolWith({ ada: 10_000, pool: 10_000 });
    expect(starts(pool, 1)).toEqual(['1 ada']);
    expect(theAgent(pool, 'ada').tokens?.today).toMatchObject({ reserved: 0, unreserved: 1 });
    knows(pool, 'bob', 100);
    starts(pool, 2);
    expect(spentOf(pool)).toBe('0 0(0) 100');
    knows(pool, 'ada', 40, 60);
    starts(pool, 3);
    expect(spentOf(pool)).toBe('0 0(0) 140');
    ends(pool, 3, 'nothing');
    request(pool, { ...runOfTask(4), rank: rankOfTask(4), rankedAtMs: T, wants: 'ada', recipe: 'r1' }, T);
    granted(pool);
    expect(spentOf(pool)).toBe('0 0(0) 160');
    ends(pool, 4, 'nothing');
    request(pool, { ...runOfTask(5), rank: rankOfTask(5), rankedAtMs: T, wants: 'ada', recipe: 'new' }, T);
    granted(pool);
    expect(spentOf(pool)).toBe('0 0(0) 150');
  });

  test('keeps more from starting than the budget has for', () => {
    const pool = poolWith({ ada: 100 });
    knows(pool, 'ada', 60);
    for (const id of [1, 2, 3]) ask(pool, id, { wants: 'ada' });
    expect(granted(pool)).toEqual(['1 ada', '2 ada']);
    expect(leftOf(theAgent(pool, 'ada'))).toBe(-20);
    ends(pool, 1, took(10));
    expect(spentOf(pool)).toBe('10 0(0) 60');
    expect(granted(pool)).toEqual(['3 ada']);
  });

  test('goes to the better-ranked run that is expected', () => {
    const pool = poolWith({ ada: 100 });
    knows(pool, 'ada', 100);
    pool.expected = [{ rank: rankOfTask(1), wants: 'ada', untilMs: T + 500 }];
    ask(pool, 2, { wants: 'ada' });
    expect(granted(pool)).toEqual([]);
    expect(granted(pool, T + 500)).toEqual(['2 ada']);
  });
});

describe('at the limit', () => {
  test('of an agent, another one of its pool goes on; what wants this one waits until the day is over', () => {
    const pool = poolWith({ ada: 100 });
    starts(pool, 1);
    ends(pool, 1, took(100));
    expect(starts(pool, 2)).toEqual([]);
    expect(starts(pool, 3, null)).toEqual(['3 bob']);
    expect(nextDueMs(pool, T)).toBe(ENDS);
    expect(granted(pool, ENDS - 1)).toEqual([]);
    expect(granted(pool, ENDS)).toEqual(['2 ada']);
    expect(theAgent(pool, 'ada').tokens).toMatchObject({
      today: { day: '2026-11-27', used: 0 },
      past: [{ day: '2026-11-26', used: 100 }],
    });
  });

  test('of a pool nothing of it starts, and what runs goes on', () => {
    const pool = poolWith({ pool: 100 });
    starts(pool, 1, null);
    starts(pool, 2, null);
    ends(pool, 1, took(150));
    expect(starts(pool, 3, null)).toEqual([]);
    expect(pool.holders).toHaveLength(1);
    expect(nextDueMs(pool, T)).toBe(ENDS);
  });

  test('it is known whether a new day alone leaves anything', () => {
    const pool = poolWith({ ada: 100 });
    knows(pool, 'ada', 60);
    starts(pool, 1);
    starts(pool, 2);
    const due = () => [budgetsDueMs(pool), budgetsDueMs(pool, { ifLeft: true })];
    expect(due()).toEqual([[ENDS], []]);
    ends(pool, 1, took(60));
    expect(due()).toEqual([[ENDS], [ENDS]]);
    ends(pool, 2, took(10));
    expect(due()).toEqual([[], []]);
  });

  test('a budget of 0 lets nothing start, a raised or removed one lets it at once', () => {
    const pool = poolWith({ ada: 0 });
    expect(starts(pool, 1)).toEqual([]);
    configure(pool, policyOf({ ada: 1 }));
    expect(granted(pool)).toEqual(['1 ada']);
    ends(pool, 1, took(5));
    expect(starts(pool, 2)).toEqual([]);
    configure(pool, policyOf({}));
    expect(granted(pool)).toEqual(['2 ada']);
    // What it took still counts when the budget comes back on the same day.
    configure(pool, policyOf({ ada: 5 }));
    expect(starts(pool, 3)).toEqual([]);
  });
});

/** How an attempt ends, and what then counts: used, unknown (attempts), reserved. 40 were reserved. */
const ENDINGS: [name: string, end: (pool: Pool, fence: number) => void, counts: string][] = [
  ['it is told', (pool) => ends(pool, 1, took(30)), '30 0(0) 0'],
  ['goose does not tell', (pool) => ends(pool, 1, took(null)), '0 40(1) 0'],
  ['no goose ran', (pool) => ends(pool, 1, 'nothing'), '0 0(0) 0'],
  ['its host is of a version that does not tell', (pool) => ends(pool, 1), '0 40(1) 0'],
  [
    'it is told twice',
    (pool, fence) => {
      for (const _ of [1, 2]) release(pool, { ...runOfTask(1), fence, verdict: null, spent: took(30) }, T);
    },
    '30 0(0) 0',
  ],
  [
    'it is told late, when its slot was taken for lost',
    (pool, fence) => {
      release(pool, { ...runOfTask(1), fence: null, verdict: null }, T);
      release(pool, { ...runOfTask(1), fence, verdict: null, spent: took(30) }, T);
    },
    '0 40(1) 0',
  ],
  [
    'its worker is lost, and its processes are gone',
    (pool, fence) => processesGone(pool, { ...runOfTask(1), fence }),
    '0 40(1) 0',
  ],
  [
    'its worker is lost, and both the guardian and the run say so',
    (pool, fence) => {
      processesGone(pool, { ...runOfTask(1), fence });
      release(pool, { ...runOfTask(1), fence, verdict: null, spent: took(null) }, T);
    },
    '0 40(1) 0',
  ],
  ['its run is terminated', (pool) => foundClosed(pool, closed(1)), '0 40(1) 0'],
  [
    'its run is reset, and the next one is given a slot when the old one can live no more',
    (pool) => {
      foundClosed(pool, closed(1));
      request(pool, { ...runOfTask(1, 'again'), rank: rankOfTask(1), rankedAtMs: T, wants: 'ada' }, T);
      granted(pool, T + 60_000_000);
    },
    '0 0(0) 40',
  ],
  [
    'its run leaves the line, and did not know of its slot',
    (pool) => release(pool, { ...runOfTask(1), fence: null, verdict: null, spent: 'nothing' }, T),
    '0 0(0) 0',
  ],
  [
    'the day is over before it ends: it counts in the day in which it ends',
    (pool) => ends(pool, 1, took(30), ENDS),
    '30 0(0) 0',
  ],
];

test.each(ENDINGS)('an attempt counts once: %s', (_, end, counts) => {
  const pool = poolWith({ ada: 1_000, pool: 1_000 });
  knows(pool, 'ada', 40);
  starts(pool, 1);
  expect(spentOf(pool)).toBe('0 0(0) 40');
  end(pool, fenceOf(pool, 1));
  expect([spentOf(pool), spentByPool(pool)]).toEqual([counts, counts]);
});

describe('a semaphore that lost its state', () => {
  /** One that was ended while these tasks of ada ran, with 40 reserved for each, and one that comes after it. */
  function restarted(...ids: number[]): { pool: Pool; fences: number[] } {
    const old = poolWith({ ada: 1_000, pool: 1_000 });
    knows(old, 'ada', 40);
    for (const id of ids) starts(old, id);
    const known = JSON.parse(JSON.stringify(old)) as Pool;
    const pool = newPool(policyOf({ ada: 1_000, pool: 1_000 }), false, known.agents);
    if (known.tokens) pool.tokens = known.tokens;
    rollDays(pool, T);
    return { pool, fences: ids.map((id) => fenceOf(old, id)) };
  }

  test('knows what was reserved, and is told of it by the fence of the grant before', () => {
    const { pool, fences } = restarted(1, 2);
    expect(spentOf(pool)).toBe('0 0(0) 80');
    release(pool, { ...runOfTask(1), fence: fences[0] ?? 0, verdict: null, spent: took(30) }, T);
    foundHolder(pool, { ...runOfTask(2), agent: 'ada', sinceMs: T });
    expect(spentOf(pool)).toBe('30 0(0) 40');
    release(pool, { ...runOfTask(2), fence: fences[1] ?? 0, verdict: null, spent: took(50) }, T);
    expect([spentOf(pool), spentByPool(pool)]).toEqual(['80 0(0) 0', '80 0(0) 0']);
  });

  test('counts what nobody told it of as unknown when all runs are found', () => {
    const { pool } = restarted(1, 2);
    foundHolder(pool, { ...runOfTask(2), agent: 'ada', sinceMs: T });
    settleUnfound(pool, ['ada', 'bob']);
    expect([spentOf(pool), spentByPool(pool)]).toEqual(['0 40(1) 40', '0 40(1) 40']);
  });

  test('reserves for a run that it finds and that was granted before there was a budget', () => {
    const pool = poolWith({ ada: 1_000 });
    knows(pool, 'ada', 40);
    foundHolder(pool, { ...runOfTask(7), agent: 'ada', sinceMs: T });
    expect(spentOf(pool)).toBe('0 0(0) 40');
    release(pool, { ...runOfTask(7), fence: 99, verdict: null, spent: took(50) }, T);
    expect(spentOf(pool)).toBe('50 0(0) 0');
  });

  test('counts an attempt of which the one before told nobody, when its run asks again', () => {
    const { pool } = restarted(1);
    foundHolder(pool, { ...runOfTask(1), agent: 'ada', sinceMs: T });
    ask(pool, 1, { wants: 'ada' });
    expect(spentOf(pool)).toBe('0 40(1) 40');
  });
});

test('a semaphore that was reset counts what was granted in the time that it does not know', () => {
  const pool = poolWith({ ada: 1_000, pool: 1_000 });
  knows(pool, 'ada', 40);
  const late = { ...runOfTask(1), fence: 12_345, verdict: null };
  for (const _ of [1, 2]) release(pool, { ...late, spent: took(30) }, T);
  expect([spentOf(pool), spentByPool(pool)]).toEqual(['30 0(0) 0', '30 0(0) 0']);
});

test('what runs with a slot of the pool from which its agent came is not of this budget', () => {
  const old = poolWith({ ada: 1_000, pool: 1_000 });
  knows(old, 'ada', 40);
  starts(old, 1);
  const known = structuredClone(theAgent(old, 'ada'));
  if (known.tokens) known.tokens.open = known.tokens.open.map((each) => ({ ...each, elsewhere: true }));
  const pool = newPool({ ...policyOf({ pool: 1_000 }), agents: [] });
  configure(pool, policyOf({ ada: 1_000, pool: 1_000 }), [known]);
  rollDays(pool, T);
  expect([spentOf(pool), spentByPool(pool)]).toEqual(['0 0(0) 40', '0 0(0) 0']);
  release(pool, { ...runOfTask(1), fence: fenceOf(old, 1), verdict: null, spent: took(30) }, T);
  expect([spentOf(pool), spentByPool(pool)]).toEqual(['30 0(0) 0', '0 0(0) 0']);
});

test('an agent that comes back finds what it has open here, and what it took elsewhere', () => {
  const pool = poolWith({ ada: 1_000, pool: 1_000 });
  knows(pool, 'ada', 40);
  starts(pool, 1);
  const fence = fenceOf(pool, 1);
  const known = structuredClone(theAgent(pool, 'ada'));
  if (known.tokens) {
    known.tokens.open = known.tokens.open.map((each) => ({ ...each, elsewhere: true }));
    known.tokens.today.used = 70;
  }
  const policy = policyOf({ ada: 1_000, pool: 1_000 });
  configure(pool, { ...policy, agents: policy.agents.filter(({ name }) => name !== 'ada') });
  configure(pool, policy, [known]);
  rollDays(pool, T);
  expect([spentOf(pool), spentByPool(pool)]).toEqual(['70 0(0) 40', '0 0(0) 40']);
  release(pool, { ...runOfTask(1), fence, verdict: null, spent: took(30) }, T);
  expect([spentOf(pool), spentByPool(pool)]).toEqual(['100 0(0) 0', '30 0(0) 0']);
});

test('another time zone counts from now on, and what was taken today still does', () => {
  const pool = poolWith({ ada: 100 });
  starts(pool, 1);
  ends(pool, 1, took(100));
  const policy = policyOf({ ada: 100 });
  const west = [{ day: '2026-11-25', endsMs: ENDS - 500 }, ...days];
  configure(pool, { ...policy, zones: [{ timeZone: 'UTC', days: west }] });
  expect(starts(pool, 2)).toEqual([]);
  expect(nextDueMs(pool, T)).toBe(ENDS - 500);
  expect(granted(pool, ENDS - 500)).toEqual(['2 ada']);
});

test('beyond the days that it was told a semaphore goes on by days of 24 hours', () => {
  const pool = poolWith({ ada: 100 });
  rollDays(pool, ENDS + 9 * DAY_MS);
  expect(theAgent(pool, 'ada').tokens?.today).toMatchObject({
    day: '2026-12-06',
    endsMs: ENDS + 10 * DAY_MS,
  });
});

test('without a budget nothing is kept, and one that was removed is forgotten with its day', () => {
  const pool = poolWith({});
  starts(pool, 1);
  ends(pool, 1, took(30));
  expect(JSON.stringify(pool)).not.toMatch(/tokens|reserved/);
  const had = poolWith({ ada: 100, pool: 100 });
  configure(had, policyOf({}));
  rollDays(had, ENDS - 1);
  expect(theAgent(had, 'ada').tokens).toBeDefined();
  rollDays(had, ENDS);
  expect([theAgent(had, 'ada').tokens, had.tokens]).toEqual([undefined, undefined]);
});

test('what is kept is bounded', () => {
  const pool = poolWith({ ada: 10 ** 9, pool: 10 ** 9 });
  for (let id = 1; id <= 200; id += 1) {
    const nowMs = T + id * DAY_MS;
    starts(pool, id, 'ada', nowMs);
    ends(pool, id, { agent: 'ada', tokens: 10, recipe: `r${id}` }, nowMs);
  }
  const { took: kept, settled, past, open } = theAgent(pool, 'ada').tokens ?? {};
  expect([kept?.length, settled?.length, past?.length, open?.length]).toEqual([8, 50, 3, 0]);
  expect(inLine(pool)).toEqual([]);
});
