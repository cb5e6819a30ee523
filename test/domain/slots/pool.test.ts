import { describe, expect, test } from 'vitest';
import { type KnownOfAgent, limitOf } from '../../../domain/slots/agent-slots.ts';
import { foundClosed } from '../../../domain/slots/give-back.ts';
import { configure, knownAgents, newPool } from '../../../domain/slots/pool.ts';
import {
  ask,
  giveBack,
  granted,
  HEARTBEAT_TIMEOUT_MS,
  held,
  type Limits,
  poolOf,
  poolPolicy,
  runOfTask,
  T,
  theAgent,
  unwell,
} from '../../support/pools.ts';

const names = (pool: { agents: { name: string }[] }) => pool.agents.map(({ name }) => name);

test('a new pool knows its agents by name, and nothing of them', () => {
  const pool = newPool(poolPolicy({ cy: 1, ada: 2 }), true);
  expect(names(pool)).toEqual(['ada', 'cy']);
  expect(pool).toMatchObject({ schedulerPaused: true, paused: false, fence: 0, fencesFrom: 0 });
  expect(knownAgents(pool)).toEqual([]);
  expect(JSON.parse(JSON.stringify(pool))).toEqual(pool);
});

describe('a limit by hand', () => {
  test.each<[name: string, before: Limits, now: Limits, limit: number]>([
    ['holds while the configured one does', { ada: 2 }, { ada: 2, bob: 1 }, 5],
    ['ends when the configured one changes', { ada: 2 }, { ada: 3 }, 3],
    ['also when that becomes none', { ada: 2 }, { ada: 0 }, 0],
    ['counts for nothing when the agent has left', { ada: 2 }, {}, 0],
  ])('%s', (_, before, now, limit) => {
    const pool = poolOf(before, { ada: { limitByHand: 5 } });
    configure(pool, poolPolicy(now));
    expect(limitOf(theAgent(pool, 'ada'))).toBe(limit);
  });

  test('is there again when the agent is', () => {
    const pool = poolOf({ ada: 2 }, { ada: { limitByHand: 5 } });
    configure(pool, poolPolicy({}));
    configure(pool, poolPolicy({ ada: 2 }));
    expect(limitOf(theAgent(pool, 'ada'))).toBe(5);
  });
});

describe('an agent that leaves', () => {
  test('is forgotten when nothing is to be known of it', () => {
    const pool = poolOf({ ada: 1, bob: 1 });
    configure(pool, poolPolicy({ bob: 1 }));
    expect(names(pool)).toEqual(['bob']);
  });

  test('comes back with the slots that are held', () => {
    const pool = poolOf({ ada: 2 });
    held(pool, 1, 2);
    configure(pool, poolPolicy({}));
    ask(pool, 3);
    expect(granted(pool)).toEqual([]);
    configure(pool, poolPolicy({ ada: 2 }));
    expect(granted(pool)).toEqual([]);
    giveBack(pool, 1);
    expect(granted(pool)).toEqual(['3 ada']);
  });

  test('comes back with the slots that are dying', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    foundClosed(pool, { ...runOfTask(1), closedAtMs: T });
    configure(pool, poolPolicy({}));
    configure(pool, poolPolicy({ ada: 1 }));
    ask(pool, 2);
    expect(granted(pool, T + HEARTBEAT_TIMEOUT_MS - 1)).toEqual([]);
    expect(granted(pool, T + HEARTBEAT_TIMEOUT_MS)).toEqual(['2 ada']);
  });

  test('gets its last verdict all the same', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    configure(pool, poolPolicy({}));
    giveBack(pool, 1, 'misconfigured');
    configure(pool, poolPolicy({ ada: 1 }));
    expect(theAgent(pool, 'ada').health).toMatchObject({ state: 'misconfigured' });
  });

  test.each<[string, Partial<KnownOfAgent>]>([
    ['paused', { paused: true }],
    ['unwell', { health: unwell(T + 9) }],
  ])('comes back %s', (_, known) => {
    const pool = poolOf({ ada: 1 }, { ada: known });
    configure(pool, poolPolicy({}));
    expect(knownAgents(pool)).toMatchObject([{ name: 'ada', ...known }]);
    configure(pool, poolPolicy({ ada: 1 }));
    expect(theAgent(pool, 'ada')).toMatchObject({ ...known, limit: 1 });
  });
});

describe('an agent that comes from another pool', () => {
  const known: KnownOfAgent[] = [
    { name: 'ada', limitByHand: 4, paused: true, health: unwell(T), quiet: false },
  ];

  test('brings nothing of the probe that it had there, else nobody would try it here', () => {
    const probing = { ...unwell(T), probing: true as const };
    const pool = poolOf({});
    configure(pool, poolPolicy({ ada: 2 }), [
      { name: 'ada', limitByHand: null, paused: false, health: probing, quiet: false },
    ]);
    expect(theAgent(pool, 'ada')).toMatchObject({ probe: null, health: unwell(T) });
    expect(theAgent(pool, 'ada').health).not.toHaveProperty('probing');
    ask(pool, 1);
    expect(granted(pool)).toEqual(['1 ada']);
  });

  test('and was here before: what is known of it there is newer', () => {
    const pool = poolOf({ ada: 2 }, { ada: { paused: true, limitByHand: 1, health: unwell(T) } });
    held(pool);
    configure(pool, poolPolicy({}));
    configure(pool, poolPolicy({ ada: 2 }), [
      { name: 'ada', limitByHand: 4, paused: false, health: { state: 'well' }, quiet: false },
    ]);
    expect(theAgent(pool, 'ada')).toMatchObject({ paused: false, health: { state: 'well' }, limitByHand: 4 });
  });

  test('and was probed here: its probe here goes on, where it is unwell still', () => {
    const pool = poolOf({ ada: 2 }, { ada: { health: unwell(T) } });
    held(pool, 1);
    configure(pool, poolPolicy({}));
    configure(pool, poolPolicy({ ada: 2 }), [
      { name: 'ada', limitByHand: null, paused: false, health: unwell(T), quiet: false },
    ]);
    expect(theAgent(pool, 'ada')).toMatchObject({ probe: runOfTask(1), health: { probing: true } });
  });

  test('brings what was known of it there', () => {
    const pool = poolOf({ bob: 1 });
    configure(pool, poolPolicy({ ada: 2, bob: 1 }), known);
    expect(theAgent(pool, 'ada')).toMatchObject({ ...known[0], limit: 2 });
  });

  test('that is here by now keeps what is known of it here', () => {
    const pool = poolOf({ ada: 2 });
    configure(pool, poolPolicy({ ada: 2 }), known);
    expect(knownAgents(pool)).toEqual([]);
  });
});

test('what is configured of an agent and of the pool counts from then on', () => {
  const pool = poolOf({ ada: 1 });
  const policy = { ...poolPolicy({ ada: 1 }), heartbeatTimeoutMs: 7 };
  const agents = [{ name: 'ada', limit: 1, gooseQueue: 'elsewhere' }];
  configure(pool, { ...policy, agents });
  held(pool, 1);
  expect(theAgent(pool, 'ada').gooseQueue).toBe('elsewhere');
  foundClosed(pool, { ...runOfTask(1), closedAtMs: T });
  expect(pool.dying).toMatchObject([{ freeAtMs: T + 7 }]);
});
