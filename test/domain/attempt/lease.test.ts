import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  beatEveryMs,
  elapsedMs,
  graceLeftMs,
  holds,
  isPast,
  type LeasePolicy,
  leaseMs,
  leasePolicy,
} from '../../../domain/attempt/lease.ts';

const policies = fc
  .tuple(fc.integer({ min: 1, max: 600_000 }), fc.integer({ min: 1, max: 600_000 }))
  .map(([rest, graceMs]) => leasePolicy(graceMs + rest, graceMs));

describe('a lease', () => {
  test.each([
    // timeout, grace, configured heartbeat: lease, heartbeat
    [15_000, 5_000, 5_000, 9_000, 3_000],
    [180_000, 5_000, 60_000, 174_000, 58_000],
    [30_000, 5_000, 2_000, 24_000, 2_000],
    [1_000, 300, 5_000, 630, 210],
  ])('of %d ms with a grace of %d and heartbeats of %d: %d, %d', (timeoutMs, graceMs, every, lease, beat) => {
    const policy = leasePolicy(timeoutMs, graceMs);
    expect(leaseMs(policy)).toBe(lease);
    expect(beatEveryMs(policy, every)).toBe(beat);
  });

  test('is over early enough to stop goose before the server gives its task away', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(leaseMs(policy) + policy.graceMs).toBeLessThan(policy.timeoutMs);
        expect(leaseMs(policy)).toBeGreaterThan(0);
      }),
    );
  });

  test('does not hold before a heartbeat was acknowledged, nor when it is over', () => {
    const policy: LeasePolicy = { timeoutMs: 15_000, graceMs: 5_000, marginMs: 1_000 };
    expect(holds(policy, undefined)).toBe(false);
    expect(holds(policy, 0)).toBe(true);
    expect(holds(policy, 8_999)).toBe(true);
    expect(holds(policy, 9_000)).toBe(false);
  });
});

describe('the grace', () => {
  test.each([
    ['long before the deadline', 0, 5_000],
    ['at the deadline', 100_000, 5_000],
    ['a little after it', 102_000, 3_000],
    ['when another may run the task', 105_000, 0],
    ['long after it', 900_000, 0],
  ])('that is left %s', (_, nowMs, left) => {
    expect(graceLeftMs(5_000, 100_000, nowMs)).toBe(left);
  });
});

describe('time', () => {
  const at = (wallMs: number, monotonicMs: number) => ({ wallMs, monotonicMs });
  test.each([
    ['both clocks run', at(1_000, 10), at(1_500, 510), 500],
    ['the machine slept', at(1_000, 10), at(61_000, 20), 60_000],
    ['the wall clock was set back', at(1_000, 10), at(400, 510), 500],
  ])('elapsed when %s', (_, since, now, elapsed) => {
    expect(elapsedMs(since, now)).toBe(elapsed);
  });

  test.each([
    ['not yet', at(1_500, 510), false],
    ['by both clocks', at(2_000, 1_010), true],
    ['after a sleep', at(9_000, 20), true],
    ['though the wall clock was set back', at(0, 1_010), true],
    ['not yet, the wall clock set back', at(0, 900), false],
  ])('past the deadline: %s', (_, now, past) => {
    expect(isPast(2_000, at(1_000, 10), now)).toBe(past);
  });
});
