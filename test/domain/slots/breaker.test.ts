import { describe, expect, test } from 'vitest';
import { meaningOf } from '../../../domain/attempt/goose-messages.ts';
import type { VerdictKind } from '../../../domain/attempt/verdict.ts';
import type { KnownOfAgent } from '../../../domain/slots/agent-slots.ts';
import { type Hold, isSameTrouble, type Trouble } from '../../../domain/slots/breaker.ts';
import { foundClosed, modelAnswered, release, tryAgain } from '../../../domain/slots/give-back.ts';
import { grantDue, nextDueMs } from '../../../domain/slots/grant.ts';
import { configure, type Pool } from '../../../domain/slots/pool.ts';
import {
  ask,
  COOL_DOWN_MS,
  closed,
  fenceOf,
  granted,
  type Limits,
  ofTask,
  poolOf,
  poolPolicy,
  runOfTask,
  T,
  theAgent,
} from '../../support/pools.ts';
import { rankOfTask } from '../../support/tasks.ts';

const DOWN = 'the model at api.openai.com cannot be reached';
const MINUTE_MS = 60_000;
const FIVE = { ada: 1, bob: 1, cy: 1, dan: 1, eve: 2 };
const DUE_MS = T + COOL_DOWN_MS;

/** A pool that notices common troubles. */
function watched(limits: Limits = FIVE): Pool {
  return { ...poolOf(limits), breaker: { troubles: [] } };
}

let lastTask = 100;
/** A task of the agent ends in this way. */
function ends(pool: Pool, agent: string, kind: VerdictKind, { reason = DOWN, atMs = T } = {}): void {
  lastTask += 1;
  pool.holders.push({ ...runOfTask(lastTask), agent, fence: lastTask, sinceMs: T });
  release(pool, { ...runOfTask(lastTask), fence: lastTask, verdict: { kind, reason } }, atMs);
}

const holdOf = (pool: Pool): Hold | undefined => pool.breaker?.hold;

/** The same trouble has taken ada, bob and cy. */
function heldPool(kind: VerdictKind = 'model-unavailable', limits: Limits = FIVE): Pool {
  const pool = watched(limits);
  for (const agent of ['ada', 'bob', 'cy']) ends(pool, agent, kind);
  expect(holdOf(pool)).toBeDefined();
  return pool;
}

/** Tasks 1, 2 and 3 are in line for it, and 1 tries. */
function tried(pool: Pool, who = 'eve'): { pool: Pool; fence: number } {
  for (const id of [1, 2, 3]) ask(pool, id);
  expect(granted(pool, DUE_MS - 1)).toEqual([]);
  expect(granted(pool, DUE_MS)).toEqual([`1 ${who}`]);
  return { pool, fence: fenceOf(pool, 1) };
}

function canaryEnds(pool: Pool, fence: number, kind: VerdictKind, reason = DOWN): void {
  release(pool, { ...ofTask(1, fence), verdict: { kind, reason } }, DUE_MS);
}

describe('a pool is held when the same trouble takes three of its agents', () => {
  test('and says since when, why, who was taken, and when one task may try', () => {
    const pool = watched();
    ends(pool, 'cy', 'model-unavailable');
    ends(pool, 'ada', 'model-unavailable', { atMs: T + 1 });
    expect(holdOf(pool)).toBeUndefined();
    ends(pool, 'bob', 'model-unavailable', {
      atMs: T + 2,
      reason: 'the model answered 503 Service Unavailable',
    });
    expect(holdOf(pool)).toEqual({
      ...{ state: 'cooling-down', reason: 'the model answered 503 Service Unavailable', times: 1 },
      ...{ sinceMs: T + 2, untilMs: T + 2 + COOL_DOWN_MS, agents: ['ada', 'bob', 'cy'] },
    });
    ask(pool, 1);
    expect(granted(pool, T + 2)).toEqual([]);
    expect(nextDueMs(pool, T + 2)).toBe(T + 2 + COOL_DOWN_MS);
  });

  const thrice = (each: (name: string, n: number) => void) => {
    for (const [n, name] of ['ada', 'bob', 'cy'].entries()) each(name, n);
  };
  test.each<[string, (pool: Pool) => void, Limits?]>([
    [
      'two only',
      (pool) => {
        for (const name of ['ada', 'bob']) ends(pool, name, 'model-unavailable');
      },
      { ada: 1, bob: 1 },
    ],
    ['one of them thrice', (pool) => thrice(() => ends(pool, 'ada', 'model-unavailable'))],
    ['of the tasks', (pool) => thrice((name) => ends(pool, name, 'task-misconfigured'))],
    ['of TinyTask', (pool) => thrice((name) => ends(pool, name, 'tinytask-unavailable'))],
    ['failed runs', (pool) => thrice((name) => ends(pool, name, 'agent-failed'))],
    [
      'over more than a few minutes',
      (pool) => thrice((name, n) => ends(pool, name, 'model-unavailable', { atMs: T + 3 * n * MINUTE_MS })),
    ],
    [
      'of different kinds',
      (pool) => thrice((name, n) => ends(pool, name, n === 0 ? 'misconfigured' : 'model-unavailable')),
    ],
    [
      'one of which works again',
      (pool) => {
        ends(pool, 'ada', 'model-unavailable');
        ends(pool, 'ada', 'completed');
        for (const name of ['bob', 'cy']) ends(pool, name, 'model-unavailable');
      },
    ],
    [
      'one of which has left',
      (pool) => {
        ends(pool, 'ada', 'model-unavailable');
        configure(pool, poolPolicy({ bob: 1, cy: 1, dan: 1 }));
        for (const name of ['bob', 'cy']) ends(pool, name, 'model-unavailable');
      },
    ],
    [
      'probes that fail of agents that were taken long ago',
      (pool) => {
        for (const name of ['ada', 'bob', 'cy'])
          theAgent(pool, name).health = { state: 'cooling-down', reason: DOWN, untilMs: T, times: 1 };
        for (const name of ['ada', 'bob', 'cy']) ends(pool, name, 'model-unavailable', { atMs: T });
      },
    ],
  ])('not by the troubles: %s', (_, happen, limits) => {
    const pool = watched(limits);
    happen(pool);
    expect(holdOf(pool)).toBeUndefined();
  });

  test('not where the semaphore is of a version before', () => {
    const pool = poolOf(FIVE);
    for (const agent of ['ada', 'bob', 'cy']) ends(pool, agent, 'model-unavailable');
    expect(pool).not.toHaveProperty('breaker');
    ask(pool, 1);
    expect(granted(pool)).toEqual(['1 eve']);
  });
});

describe('whether two troubles are the same', () => {
  const of = (state: Trouble['state'], agent: string, reason: string): Trouble => ({
    state,
    agent,
    reason,
    atMs: T,
  });
  const down = (reason: string) => of('cooling-down', 'ada', reason);
  const wrong = (agent: string, reason: string) => of('misconfigured', agent, reason);
  test.each<[string, Trouble, Trouble, boolean]>([
    ['one host', down(DOWN), down(DOWN), true],
    ['another host', down(DOWN), down('the model at localhost:11434 cannot be reached'), false],
    ['one names no host', down(DOWN), down('the model answered 502 Bad Gateway'), true],
    ['what to mend is the same', wrong('ada', 'no key'), wrong('bob', 'no key'), true],
    ['what to mend is another', wrong('ada', 'no key'), wrong('bob', 'no goose'), false],
    [
      'the errors of the system name other files',
      wrong('ada', 'the disk is full: free space (ENOSPC, /x/1.json)'),
      wrong('bob', 'the disk is full: free space (ENOSPC, /x/2.json)'),
      true,
    ],
    ['a recipe of its own', wrong('ada', 'no /r/bob.yaml'), wrong('bob', 'no /r/bob.yaml'), false],
    [
      'a name within a word is none',
      wrong('ada', 'a bobbin is gone'),
      wrong('bob', 'a bobbin is gone'),
      true,
    ],
    ['of another state', down('no key'), wrong('bob', 'no key'), false],
  ])('%s', (_, a, b, same) => {
    expect(isSameTrouble(a, b)).toBe(same);
  });

  test('a host is told from another as goose names it', () => {
    const [a, b] = ['api.openai.com', '127.0.0.1:11434'].map((host) => {
      return down(meaningOf({ text: `Network error: Could not connect to ${host}` }).reason);
    }) as [Trouble, Trouble];
    expect([isSameTrouble(a, a), isSameTrouble(a, b)]).toEqual([true, false]);
  });
});

describe('one task tries for all of a held pool', () => {
  test('of a well agent first; nobody else is given anything meanwhile', () => {
    const { pool } = tried(heldPool());
    expect(holdOf(pool)?.canary).toEqual({ ...runOfTask(1), untilMs: DUE_MS + 600_000 });
    expect(granted(pool, DUE_MS + 599_999)).toEqual([]);
  });

  test('of one that was taken where no other is left, whatever its own cool-down is', () => {
    const pool = heldPool('model-unavailable', { ada: 1, bob: 1, cy: 1 });
    for (const name of ['ada', 'bob', 'cy'])
      Object.assign(theAgent(pool, name).health, { untilMs: DUE_MS + 9 });
    tried(pool, 'ada');
    expect(theAgent(pool, 'ada').probe).toEqual(runOfTask(1));
  });

  test('of the one that its task wants', () => {
    const pool = heldPool();
    ask(pool, 1, { wants: 'bob' });
    expect(granted(pool, DUE_MS)).toEqual(['1 bob']);
  });

  test('and its host says when the model has answered', () => {
    const pool = heldPool();
    ask(pool, 1);
    expect(grantDue(pool, DUE_MS)).toMatchObject([{ agent: 'eve', probe: true }]);
    expect(ask(pool, 1)).toMatchObject([{ agent: 'eve', probe: true }]);
  });

  test('a slot is kept for who is expected before', () => {
    const pool = heldPool();
    ask(pool, 2);
    pool.expected = [{ rank: rankOfTask(1), wants: null, untilMs: DUE_MS + 1 }];
    expect(granted(pool, DUE_MS)).toEqual([]);
    expect(granted(pool, DUE_MS + 1)).toEqual(['2 eve']);
  });

  test('of one with a trouble of its own when its time has come, where its task wants that one', () => {
    const pool = heldPool();
    const lateMs = DUE_MS + 9;
    theAgent(pool, 'eve').health = { state: 'misconfigured', reason: 'no recipe', untilMs: lateMs, times: 1 };
    ask(pool, 1, { wants: 'eve' });
    expect(granted(pool, DUE_MS)).toEqual([]);
    expect(nextDueMs(pool, DUE_MS)).toBe(lateMs);
    expect(granted(pool, lateMs)).toEqual(['1 eve']);
  });

  test('for longer than the longest cool-down, where that is short', () => {
    const { pool } = tried({ ...heldPool(), policy: { ...poolPolicy(FIVE), coolDownMaxMs: 1 } });
    expect(granted(pool, DUE_MS + 599_999)).toEqual([]);
  });

  test('none in a pause', () => {
    const pool = heldPool();
    ask(pool, 1);
    pool.paused = true;
    expect(granted(pool, DUE_MS)).toEqual([]);
  });
});

describe('when the canary', () => {
  test('is answered, all go on, and each agent that was taken is tried by itself', () => {
    const { pool, fence } = tried(heldPool());
    modelAnswered(pool, ofTask(1, fence), DUE_MS);
    expect(pool.breaker).toEqual({ troubles: [] });
    for (const id of [4, 5, 6, 7, 8]) ask(pool, id);
    expect(granted(pool, DUE_MS)).toEqual(['2 dan', '3 eve', '4 ada', '5 bob', '6 cy']);
    expect(theAgent(pool, 'ada').health).toMatchObject({ state: 'cooling-down', probing: true });
  });

  test('ends well, all go on', () => {
    const { pool, fence } = tried(heldPool());
    canaryEnds(pool, fence, 'completed');
    expect(holdOf(pool)).toBeUndefined();
    expect(granted(pool, DUE_MS)).toEqual(['2 eve', '3 dan']);
  });

  test('is answered where something was to be mended, all go on, too', () => {
    const pool = heldPool('misconfigured');
    for (const id of [1, 2]) ask(pool, id);
    expect(granted(pool, T + 59_999)).toEqual([]);
    expect(granted(pool, T + 60_000)).toEqual(['1 eve']);
    modelAnswered(pool, ofTask(1, fenceOf(pool, 1)), T + 60_000);
    expect(holdOf(pool)).toBeUndefined();
  });

  test('sees the same trouble, the next one waits twice as long', () => {
    const { pool, fence } = tried(heldPool());
    canaryEnds(pool, fence, 'model-unavailable');
    expect(holdOf(pool)).toMatchObject({ times: 2, untilMs: DUE_MS + 2 * COOL_DOWN_MS });
    expect(holdOf(pool)?.agents).toContain('eve');
    expect(holdOf(pool)).not.toHaveProperty('canary');
    expect(granted(pool, DUE_MS + 2 * COOL_DOWN_MS - 1)).toEqual([]);
    expect(granted(pool, DUE_MS + 2 * COOL_DOWN_MS)).toEqual(['2 dan']);
  });

  test('has failed often, the next one waits as long as an agent would', () => {
    const pool = heldPool();
    Object.assign(holdOf(pool) as Hold, { times: 20 });
    const { fence } = tried(pool);
    canaryEnds(pool, fence, 'model-unavailable');
    expect(holdOf(pool)?.untilMs).toBe(DUE_MS + 600_000);
  });

  test.each<[string, (pool: Pool, fence: number) => void, string]>([
    ['lost its worker', (pool, fence) => canaryEnds(pool, fence, 'worker-lost'), '2 eve'],
    ['had a task that is wrong', (pool, fence) => canaryEnds(pool, fence, 'task-misconfigured'), '2 eve'],
    [
      'gave its slot back',
      (pool, fence) => release(pool, { ...ofTask(1, fence), verdict: null }, DUE_MS),
      '2 eve',
    ],
    ['was ended from outside', (pool) => foundClosed(pool, closed(1, 0)), '2 eve'],
    [
      'shows a trouble of its agent alone',
      (pool, fence) => canaryEnds(pool, fence, 'misconfigured'),
      '2 dan',
    ],
  ])('%s, that shows nothing, and the next one tries', (_, end, next) => {
    const { pool, fence } = tried(heldPool());
    end(pool, fence);
    expect(holdOf(pool)).toMatchObject({ times: 1 });
    expect(granted(pool, DUE_MS)).toEqual([next]);
  });

  test('is not heard of for ten minutes, another one may try', () => {
    const { pool, fence } = tried(heldPool());
    const lateMs = DUE_MS + 600_000;
    expect(nextDueMs(pool, DUE_MS)).toBe(lateMs);
    expect(granted(pool, lateMs)).toEqual(['2 dan']);
    // The first one is no canary any more.
    modelAnswered(pool, ofTask(1, fence), lateMs);
    expect(holdOf(pool)).toBeDefined();
  });
});

describe('while a pool is held', () => {
  test('what else fails for the same reason is taken, and changes nothing else', () => {
    const pool = heldPool();
    ends(pool, 'dan', 'model-unavailable', { atMs: T + 9 });
    expect(holdOf(pool)).toMatchObject({ times: 1, untilMs: DUE_MS, agents: ['ada', 'bob', 'cy', 'dan'] });
  });

  test('a run of before that ends well is no proof, and reason enough to try at once', () => {
    const pool = heldPool();
    ends(pool, 'dan', 'timed-out');
    expect(holdOf(pool)?.untilMs).toBe(DUE_MS);
    ends(pool, 'dan', 'completed', { atMs: T + 5 });
    expect(holdOf(pool)?.untilMs).toBe(T + 5);
    ends(pool, 'ada', 'completed', { atMs: T + 7 });
    expect(holdOf(pool)?.untilMs).toBe(T + 5);
  });

  test('a person has it tried at once by resuming one that was taken', () => {
    const pool = heldPool();
    tryAgain(pool, ['dan'], T + 5);
    expect(holdOf(pool)?.untilMs).toBe(DUE_MS);
    tryAgain(pool, ['ada', 'dan'], T + 5);
    ask(pool, 1);
    ask(pool, 2);
    expect(granted(pool, T + 5)).toEqual(['1 eve']);
  });

  test('an agent that leaves is not told of any more; the last one to leave ends it', () => {
    const pool = heldPool();
    configure(pool, poolPolicy({ cy: 1, dan: 1 }));
    expect(holdOf(pool)?.agents).toEqual(['cy']);
    configure(pool, poolPolicy({ dan: 1 }));
    expect(holdOf(pool)).toBeUndefined();
    ask(pool, 1);
    expect(granted(pool)).toEqual(['1 dan']);
  });

  test('one that comes is held with the others', () => {
    const pool = heldPool();
    const fay: KnownOfAgent = {
      name: 'fay',
      limitByHand: null,
      paused: false,
      health: { state: 'well' },
      quiet: false,
    };
    configure(pool, poolPolicy({ ...FIVE, fay: 9 }), [fay]);
    ask(pool, 1);
    expect(granted(pool)).toEqual([]);
  });
});

test('a reason is kept as short as that of an agent', () => {
  const pool = watched();
  const reason = 'x'.repeat(900);
  for (const agent of ['ada', 'bob', 'cy']) ends(pool, agent, 'model-unavailable', { reason });
  expect(holdOf(pool)?.reason.length).toBe('x…'.length + 149);
});
