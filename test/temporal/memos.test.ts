import { describe, expect, test } from 'vitest';
import type { SemaphoreMemo } from '../../contract/memos.ts';
import { type KnownOfAgent, unknownAgent } from '../../domain/slots/agent-slots.ts';
import { switchedTo, type Unhandled } from '../../temporal/described.ts';
import { asItWillBe, schedulerMemoOf } from '../../temporal/memos.ts';

const pause = (...contents: unknown[]): Unhandled => ({ name: 'pause', contents, atMs: 5 });
const resume = (...contents: unknown[]): Unhandled => ({ name: 'resume', contents, atMs: 5 });
const known = (name: string, paused: boolean): KnownOfAgent => {
  return {
    name,
    limitByHand: 3,
    paused,
    quiet: false,
    health: { state: 'misconfigured', reason: 'r', untilMs: 1, times: 1 },
  };
};

function memoOf(change: Partial<SemaphoreMemo> = {}): SemaphoreMemo {
  const policy = {
    agents: ['ada', 'bob'].map((name) => ({ name, limit: 1, gooseQueue: 'q' })),
    ...{ heartbeatTimeoutMs: 1, coolDownMs: 1, coolDownMaxMs: 1, passIntervalMs: 1 },
  };
  return {
    ...{ policy, paused: false, schedulerPaused: false, fencesFrom: 0, agents: [], complaints: [] },
    ...change,
  };
}

/** Whether the pool is paused, and which of its agents by themselves. */
function paused({ paused: pool, agents }: SemaphoreMemo): { pool: boolean; agents: string[] } {
  return { pool, agents: agents.filter((agent) => agent.paused).map(({ name }) => name) };
}

describe('a semaphore with signals that nobody has handled', () => {
  const POOL = 'pool-dev';
  const OWN = 'agent-ada';
  test.each<[string, string, Partial<SemaphoreMemo>, Unhandled[], boolean, string[]]>([
    ['nothing', POOL, { paused: true, agents: [known('ada', true)] }, [], true, ['ada']],
    ['a pause of the pool', POOL, {}, [pause()], true, []],
    ['a pause of the pool, by hand with nothing in it', POOL, {}, [pause(undefined)], true, []],
    ['a pause of an agent', POOL, {}, [pause('ada')], false, ['ada']],
    [
      'a resume of the pool',
      POOL,
      { paused: true, agents: [known('ada', true)] },
      [resume()],
      false,
      ['ada'],
    ],
    ['a resume of an agent', POOL, { paused: true, agents: [known('ada', true)] }, [resume('ada')], true, []],
    ['both, the last one counts', POOL, {}, [pause('ada'), resume('ada')], false, []],
    [
      'both, the other way round',
      POOL,
      { agents: [known('ada', true)] },
      [resume('ada'), pause('ada')],
      false,
      ['ada'],
    ],
    ['of the pool the last one counts', POOL, { paused: true }, [resume(), pause(), resume()], false, []],
    [
      'of pool and agent each its own',
      POOL,
      {},
      [pause('ada'), pause(), resume('bob'), resume()],
      false,
      ['ada'],
    ],
    [
      'of one agent and not of the other',
      POOL,
      { agents: [known('bob', true)] },
      [pause('ada')],
      false,
      ['bob', 'ada'],
    ],
    [
      'something else',
      POOL,
      { paused: true, agents: [known('ada', true)] },
      [{ name: 'set-limit', contents: [2, 'ada'], atMs: 5 }],
      true,
      ['ada'],
    ],
    ['a name that is none', POOL, {}, [pause(7), pause({ name: 'ada' })], false, []],
    [
      'to its own semaphore, something else',
      OWN,
      { agents: [known('ada', true)] },
      [{ name: 'look-at-holders', contents: [], atMs: 5 }],
      false,
      ['ada'],
    ],
    ['to its own semaphore, an agent without its name', OWN, {}, [pause()], false, ['ada']],
    ['and with it', OWN, {}, [pause('ada')], false, ['ada']],
    ['paused with its name, and resumed without', OWN, {}, [pause('ada'), resume()], false, []],
    ['paused without its name, and resumed with it', OWN, {}, [pause(), resume('ada')], false, []],
    [
      'resumed with its name, and paused without',
      OWN,
      { agents: [known('ada', true)] },
      [resume('ada'), pause()],
      false,
      ['ada'],
    ],
  ])('%s', (_, semaphore, memo, unhandled, pool, agents) => {
    expect(paused(asItWillBe(memoOf(memo), semaphore, unhandled))).toEqual({ pool, agents });
  });

  test('keeps all else that is known, and is well where nothing is', () => {
    const memo = memoOf({ fencesFrom: 7, agents: [known('ada', false)] });
    expect(asItWillBe(memo, POOL, [pause('ada'), pause('bob')])).toEqual({
      ...memo,
      agents: [{ ...known('ada', true) }, { ...unknownAgent('bob'), paused: true }],
    });
    expect(memo.agents).toEqual([known('ada', false)]);
  });
});

test.each<[string, Unhandled[], string | undefined, boolean | undefined]>([
  ['nothing waits', [], undefined, undefined],
  ['the last of two', [pause(), resume()], undefined, false],
  ['of what is about all', [pause(), resume('ada')], undefined, true],
  ['of what is about one', [pause(), resume('ada')], 'ada', false],
  ['about nobody can say whom', [pause(null)], undefined, undefined],
])('which of two opposite signals counts: %s', (_, unhandled, about, on) => {
  expect(switchedTo(unhandled, { name: 'pause' }, { name: 'resume' }, about)).toBe(on);
});

test('of the scheduler, pauses and switches each count by themselves', () => {
  const description = { memo: { paused: true, enabled: true } };
  const unhandled = [{ name: 'disable', contents: [] }, resume()];
  expect(
    schedulerMemoOf({ description, unhandled } as unknown as Parameters<typeof schedulerMemoOf>[0]),
  ).toEqual({
    paused: false,
    enabled: false,
  });
});

test('what people did while nobody was there counts with their notes, each switch by itself', () => {
  const said = (name: string, contents: unknown[]): Unhandled => ({ name, contents, atMs: 5 });
  const note = { by: 'ann', note: 'fire' };
  const unhandled = [said('stop-agents', [note]), said('pause', []), said('resume', ['text'])];
  const description = { memo: { paused: true, enabled: true } };
  expect(
    schedulerMemoOf({ description, unhandled } as unknown as Parameters<typeof schedulerMemoOf>[0]),
  ).toEqual({
    ...{ paused: false, enabled: true, stopped: true },
    deeds: [
      { did: 'stop-agents', ...note, atMs: 5 },
      { did: 'resume', note: 'text', atMs: 5 },
    ],
  });
  const pool = asItWillBe(memoOf(), 'pool-dev', [
    said('stop-agents', ['ada', note]),
    said('pause', [null, note]),
    said('stop-agents', [null]),
    said('start-agents', []),
  ]);
  expect(pool).toMatchObject({ paused: true, agents: [{ name: 'ada', paused: false, stopped: true }] });
  expect(pool.stopped).toBeUndefined();
  expect(pool.deeds).toEqual([
    { did: 'stop-agents', agent: 'ada', ...note, atMs: 5 },
    { did: 'pause', ...note, atMs: 5 },
  ]);
});
