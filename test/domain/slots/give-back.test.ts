import { describe, expect, test } from 'vitest';
import { foundClosed, processesGone, release } from '../../../domain/slots/give-back.ts';
import { nextDueMs } from '../../../domain/slots/grant.ts';
import {
  ask,
  COOL_DOWN_MS,
  closed,
  fenceOf,
  giveBack,
  granted,
  HEARTBEAT_TIMEOUT_MS,
  held,
  isUntouched,
  ofTask,
  poolOf,
  runOfTask,
  T,
  theAgent,
  unwell,
  verdict,
} from '../../support/pools.ts';

const FREE_AT_MS = T + HEARTBEAT_TIMEOUT_MS;
const COOL_AT_MS = T + COOL_DOWN_MS;
const rebuilt = (id: number) => ({ ...runOfTask(id), agent: 'ada', fence: null, sinceMs: T });

describe('a release', () => {
  test('frees the slot for the best in line', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    ask(pool, 2);
    ask(pool, 3, { rank: { priority: 1 } });
    giveBack(pool, 1);
    expect(granted(pool)).toEqual(['3 ada']);
  });

  test('with an old fence changes nothing, whether the run waits or holds again', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    const old = { ...ofTask(1, fenceOf(pool, 1)), verdict: verdict('misconfigured') };
    giveBack(pool, 1);
    ask(pool, 1);
    expect(isUntouched(pool, () => release(pool, old, T))).toBe(true);
    expect(granted(pool)).toEqual(['1 ada']);
    expect(isUntouched(pool, () => release(pool, old, T))).toBe(true);
  });

  test.each<[string, ReturnType<typeof runOfTask>]>([
    ['that holds none', runOfTask(2)],
    ['that was reset', runOfTask(1, 'after-reset')],
  ])('of a run %s changes nothing', (_, run) => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    const wrong = { ...run, fence: fenceOf(pool, 1), verdict: verdict('misconfigured') };
    expect(isUntouched(pool, () => release(pool, wrong, T))).toBe(true);
  });

  test('without a fence: the run wants none any more, whether it waits or its grant is on its way', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    ask(pool, 2);
    for (const id of [1, 2]) release(pool, { ...runOfTask(id), fence: null, verdict: null }, T);
    expect(pool).toMatchObject({ waiters: [], holders: [] });
  });

  test('of a holder that a rebuild found is believed, whatever fence it names', () => {
    const pool = poolOf({ ada: 1 });
    pool.holders = [rebuilt(1)];
    release(pool, { ...ofTask(1, 12_345), verdict: null }, T);
    expect(pool.holders).toEqual([]);
  });

  test('tells of the agent whose slot it was, and of no other', () => {
    const pool = poolOf({ ada: 1, bob: 1 });
    held(pool, 1, 2);
    giveBack(pool, 1, 'model-unavailable');
    expect(theAgent(pool, 'ada').health).toEqual(unwell(COOL_AT_MS));
    expect(theAgent(pool, 'bob').health).toEqual({ state: 'well' });
  });
});

describe('a run that was found closed', () => {
  test('leaves a slot that dies until its processes are certainly gone', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    ask(pool, 2);
    const fence = fenceOf(pool, 1);
    foundClosed(pool, closed(1));
    expect(pool.dying).toEqual([{ ...ofTask(1, fence), agent: 'ada', freeAtMs: FREE_AT_MS }]);
    expect(nextDueMs(pool, T)).toBe(FREE_AT_MS);
    expect(granted(pool, FREE_AT_MS - 1)).toEqual([]);
    expect(granted(pool, FREE_AT_MS)).toEqual(['2 ada']);
    expect(pool.dying).toEqual([]);
  });

  test('for as long as its own heartbeat timeout, where that is not the configured one', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    foundClosed(pool, { ...closed(1), lingersMs: 90_000 });
    expect(pool.dying).toMatchObject([{ freeAtMs: T + 90_000 }]);
  });

  test('dies once, and its release frees nothing any more', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    const late = { ...ofTask(1, fenceOf(pool, 1)), verdict: null };
    foundClosed(pool, closed(1));
    expect(isUntouched(pool, () => foundClosed(pool, closed(1, T + 9_999)))).toBe(true);
    expect(isUntouched(pool, () => release(pool, late, T))).toBe(true);
  });

  test('and that was in line stays there, so that its grant fails and whoever goes on from it is told to ask', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    ask(pool, 2);
    foundClosed(pool, closed(2));
    expect(pool).toMatchObject({ waiters: [runOfTask(2)], dying: [], holders: [runOfTask(1)] });
  });
});

describe('the processes of a grant are gone', () => {
  test.each([true, false])('frees the slot, whether it is dying by then (%s) or held', (dying) => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    ask(pool, 2);
    const gone = ofTask(1, fenceOf(pool, 1));
    if (dying) foundClosed(pool, closed(1));
    processesGone(pool, gone);
    if (!dying) foundClosed(pool, closed(1));
    expect(granted(pool)).toEqual(['2 ada']);
  });

  test('keeps what the run was granted since, held or dying', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    const old = ofTask(1, fenceOf(pool, 1));
    giveBack(pool, 1);
    held(pool, 1);
    expect(isUntouched(pool, () => processesGone(pool, old))).toBe(true);
    foundClosed(pool, closed(1));
    expect(isUntouched(pool, () => processesGone(pool, old))).toBe(true);
  });

  test.each<[string, number, string]>([
    ['another task', 2, 'run-2'],
    ['another run of the task', 1, 'after-reset'],
  ])('keeps the slot of %s', (_, id, runId) => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    const gone = { ...runOfTask(id, runId), fence: fenceOf(pool, 1) };
    expect(isUntouched(pool, () => processesGone(pool, gone))).toBe(true);
  });

  test('keeps what a rebuild found, since nobody knows of which grant that is', () => {
    const pool = poolOf({ ada: 1 });
    pool.holders = [rebuilt(1)];
    expect(isUntouched(pool, () => processesGone(pool, ofTask(1, T)))).toBe(true);
    foundClosed(pool, closed(1));
    expect(isUntouched(pool, () => processesGone(pool, ofTask(1, T)))).toBe(true);
  });
});
