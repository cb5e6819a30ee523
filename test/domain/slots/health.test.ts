import { describe, expect, test } from 'vitest';
import type { VerdictKind } from '../../../domain/attempt/verdict.ts';
import {
  type CoolDownPolicy,
  type Health,
  healthAfter,
  type Unwell,
  WELL,
} from '../../../domain/slots/health.ts';

const policy: CoolDownPolicy = { coolDownMs: 30_000, coolDownMaxMs: 600_000, passIntervalMs: 60_000 };
const T = 1_000_000;
const cooling = (times: number, untilMs = T): Unwell => ({
  state: 'cooling-down',
  reason: 'was',
  untilMs,
  times,
});
const broken = (times: number, untilMs = T): Unwell => ({
  state: 'misconfigured',
  reason: 'was',
  untilMs,
  times,
});
const then = (health: Health, kind: VerdictKind, nowMs = T) =>
  healthAfter(health, { kind, reason: 'now' }, policy, nowMs);

describe('model-unavailable', () => {
  test('cools the agent down for 30 s, doubling with each probe to 10 min', () => {
    const pauses: number[] = [];
    let health: Health = WELL;
    let nowMs = T;
    for (let probe = 1; probe <= 7; probe++) {
      health = then(health, 'model-unavailable', nowMs);
      if (health.state === 'well') throw new Error('not cooled down');
      pauses.push((health.untilMs - nowMs) / 1_000);
      nowMs = health.untilMs;
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 600, 600]);
    expect(health).toMatchObject({ state: 'cooling-down', reason: 'now', times: 7 });
  });

  test('of many runs at once is one outage, not many', () => {
    const first = then(WELL, 'model-unavailable');
    expect(then(first, 'model-unavailable', T + 29_999)).toEqual(first);
  });

  test('counts from one again after anything else was wrong', () => {
    expect(then(broken(4), 'model-unavailable')).toMatchObject({ times: 1, untilMs: T + 30_000 });
  });
});

test('misconfigured is looked at again on each pass, without doubling', () => {
  expect(then(WELL, 'misconfigured')).toEqual({
    state: 'misconfigured',
    reason: 'now',
    untilMs: T + 60_000,
    times: 1,
  });
  expect(then(broken(1), 'misconfigured')).toMatchObject({ untilMs: T + 60_000, times: 2 });
  expect(then(cooling(5), 'misconfigured')).toMatchObject({ state: 'misconfigured', times: 1 });
});

describe.each([WELL, cooling(3), broken(2)])('an agent that is $state', (before) => {
  test.each<VerdictKind>(['completed', 'agent-failed', 'not-verified', 'timed-out', 'stalled', 'looping'])(
    'is well after %s: its model and recipe worked',
    (kind) => expect(then(before, kind)).toEqual(WELL),
  );
  test.each<VerdictKind>([
    'worker-lost',
    'cancelled',
    'not-ours',
    'task-misconfigured',
    'not-runnable',
    'tinytask-unavailable',
  ])('is as it was after %s, which says nothing of it', (kind) => expect(then(before, kind)).toBe(before));
});
