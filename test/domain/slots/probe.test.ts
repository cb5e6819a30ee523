import { describe, expect, test } from 'vitest';
import { foundClosed, modelAnswered, processesGone, tryAgain } from '../../../domain/slots/give-back.ts';
import type { Pool } from '../../../domain/slots/pool.ts';
import {
  ask,
  COOL_DOWN_MS,
  closed,
  fenceOf,
  giveBack,
  granted,
  held,
  holding,
  inLine,
  isUntouched,
  type Limits,
  ofTask,
  poolOf,
  runOfTask,
  T,
  theAgent,
  unwell,
} from '../../support/pools.ts';

const COOL_AT_MS = T + COOL_DOWN_MS;

/** Task 1 probes ada, and 2, 3 are in line. */
function probed(state: 'cooling-down' | 'misconfigured' = 'cooling-down', limits: Limits = { ada: 3 }) {
  const pool = poolOf(limits, { ada: { health: unwell(T, state) } });
  for (const id of [1, 2, 3]) ask(pool, id);
  expect(granted(pool)).toEqual(['1 ada']);
  return { pool, fence: fenceOf(pool, 1) };
}

describe('a probe', () => {
  test('that worked lets all go on', () => {
    const { pool } = probed();
    giveBack(pool, 1, 'completed');
    expect(theAgent(pool, 'ada')).toMatchObject({ health: { state: 'well' }, probe: null });
    expect(granted(pool)).toEqual(['2 ada', '3 ada']);
  });

  test('that did not work lets the agent cool down for longer, and then the next one probes', () => {
    const { pool } = probed();
    giveBack(pool, 1, 'model-unavailable');
    const againAtMs = T + 2 * COOL_DOWN_MS;
    expect(theAgent(pool, 'ada').health).toEqual({ ...unwell(againAtMs), times: 2 });
    expect(granted(pool, againAtMs - 1)).toEqual([]);
    expect(granted(pool, againAtMs)).toEqual(['2 ada']);
  });

  test.each<[string, (pool: Pool) => void]>([
    ['lost its worker', (pool) => giveBack(pool, 1, 'worker-lost')],
    ['gave its slot back', (pool) => giveBack(pool, 1)],
    ['was terminated', (pool) => foundClosed(pool, closed(1))],
  ])('that %s shows nothing: the next one probes', (_, end) => {
    const { pool } = probed();
    end(pool);
    expect(theAgent(pool, 'ada').health).toEqual(unwell(T));
    expect(granted(pool)).toEqual(['2 ada']);
  });

  test('whose processes are gone shows nothing: the next one probes', () => {
    const { pool, fence } = probed();
    processesGone(pool, ofTask(1, fence));
    expect(theAgent(pool, 'ada')).toMatchObject({
      probe: null,
      health: { state: 'cooling-down', untilMs: T },
    });
    expect(granted(pool)).toEqual(['2 ada']);
  });

  /** Task 9 was started before ada was unwell, and ends while 1 probes. */
  function withOneFromBefore(): Pool {
    const pool = poolOf({ ada: 3 });
    held(pool, 9);
    theAgent(pool, 'ada').health = unwell(T);
    ask(pool, 1);
    ask(pool, 2);
    expect(granted(pool)).toEqual(['1 ada']);
    return pool;
  }

  test('goes on when a run from before ends badly', () => {
    const pool = withOneFromBefore();
    giveBack(pool, 9, 'model-unavailable');
    expect(theAgent(pool, 'ada')).toMatchObject({ probe: runOfTask(1), health: { times: 2, probing: true } });
    expect(granted(pool, T + 1_000_000)).toEqual([]);
  });

  test('is a run like any other when one from before shows that the agent is well', () => {
    const pool = withOneFromBefore();
    giveBack(pool, 9, 'completed');
    expect(theAgent(pool, 'ada')).toMatchObject({ probe: null, health: { state: 'well' } });
    expect(granted(pool)).toEqual(['2 ada']);
  });
});

describe('the model of a run has answered', () => {
  test('a probe: its agent is well at once, and the probe goes on', () => {
    const { pool, fence } = probed();
    modelAnswered(pool, ofTask(1, fence), T);
    expect(theAgent(pool, 'ada')).toMatchObject({ health: { state: 'well' }, probe: null });
    expect(holding(pool)).toEqual(['1 ada']);
    expect(granted(pool)).toEqual(['2 ada', '3 ada']);
  });

  test.each<[string, (fence: number) => ReturnType<typeof ofTask>]>([
    ['of an older grant', (fence) => ofTask(1, fence - 1)],
    ['that is only in line', (fence) => ofTask(2, fence)],
    ['that was reset', (fence) => ({ ...runOfTask(1, 'after-reset'), fence })],
  ])('one %s: it shows nothing', (_, run) => {
    const { pool, fence } = probed();
    expect(isUntouched(pool, () => modelAnswered(pool, run(fence), T))).toBe(true);
  });

  test('one from before that is no probe: it shows nothing', () => {
    const pool = poolOf({ ada: 2 });
    held(pool, 9);
    theAgent(pool, 'ada').health = unwell(T);
    ask(pool, 1);
    granted(pool);
    expect(isUntouched(pool, () => modelAnswered(pool, ofTask(9, fenceOf(pool, 9)), T))).toBe(true);
  });

  test('a probe of an agent whose recipe was wrong: only its end shows whether it is mended', () => {
    const { pool, fence } = probed('misconfigured');
    expect(isUntouched(pool, () => modelAnswered(pool, ofTask(1, fence), T))).toBe(true);
  });
});

describe('to be tried again', () => {
  const health = unwell(COOL_AT_MS);

  test('an unwell agent is probed now, by one run; the others are not', () => {
    const pool = poolOf({ ada: 2, bob: 2 }, { ada: { health }, bob: { health } });
    for (const id of [1, 2]) ask(pool, id);
    tryAgain(pool, ['ada', 'stranger'], T);
    expect(granted(pool)).toEqual(['1 ada']);
    expect(inLine(pool)).toEqual([2]);
  });

  test('one whose time has come, or that is well, is left as it is', () => {
    const pool = poolOf({ ada: 1, bob: 1 }, { ada: { health: unwell(T - 5) } });
    expect(isUntouched(pool, () => tryAgain(pool, ['ada', 'bob'], T))).toBe(true);
  });
});
