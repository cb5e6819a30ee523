import { describe, expect, test } from 'vitest';
import { cameTo } from '../../../client/history/came-to.ts';
import { groupOf, historyOf } from '../../../client/history/groups.ts';
import type { CameTo } from '../../../contract/came-to.ts';
import type { GroupsAsked, PastRuns } from '../../../contract/history.ts';
import type { EndedRun } from '../../../contract/listings.ts';
import { attemptOf, UNTOLD } from '../../support/attempts.ts';
import { endedRunOf } from '../../support/ended-runs.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse('2026-11-26T10:00Z');
const failed = { end: 'returned', verdict: { kind: 'stalled', reason: 'it was silent' } } as const;

function pastOf(runs: EndedRun[], change: Partial<PastRuns> = {}): PastRuns {
  const sinceMs = NOW_MS - 48 * HOUR_MS;
  return {
    ...{ atMs: NOW_MS, sinceMs, untilMs: NOW_MS, knownSinceMs: sinceMs, keptForMs: null },
    ...{ runs, leftLine: 0, lookedAt: runs.length, more: 'no' },
    ...change,
  };
}
const told = (past: PastRuns, asked: Partial<GroupsAsked> = {}) =>
  historyOf(past, { by: 'day', timeZone: 'UTC', which: {}, recent: 0, ...asked });

test.each<[CameTo, Partial<EndedRun>]>([
  ['completed', {}],
  // The worker was lost, and the agent had completed the task before.
  ['completed', { verdict: { kind: 'worker-lost', reason: 'x' } }],
  ['failed', failed],
  ['failed', { ...failed, verdict: { kind: 'of another version' as never, reason: 'x' } }],
  ['failed', { how: 'terminated', end: null, verdict: null }],
  ['other', { end: 'not-done' }],
  ['other', { end: 'handed-off', verdict: { kind: 'cancelled', reason: 'x' } }],
  ['other', { end: 'gone', verdict: null }],
  ['unknown', { end: null, verdict: null, attempts: null }],
])('it is %s: %j', (came, change) => {
  expect(cameTo(endedRunOf(1, change))).toBe(came);
});

describe('of runs together', () => {
  test('what is not known is in no sum, and is counted', () => {
    const group = groupOf([
      endedRunOf(1, { attempts: [attemptOf({ sentAtMs: 5_000, seconds: 60, tokens: 100 })] }),
      endedRunOf(2, {
        ...failed,
        attempts: [
          attemptOf({ sentAtMs: 9_000, seconds: 30, tokens: 50, verdict: failed.verdict }),
          attemptOf({ sentAtMs: 90_000, seconds: null, tokens: null, verdict: failed.verdict }),
        ],
      }),
      endedRunOf(3, { end: 'returned', attempts: [attemptOf({ ...UNTOLD, claimed: false })] }),
      endedRunOf(4, { end: null, verdict: null, attempts: null }),
    ]);
    expect(group).toEqual({
      runs: 4,
      cameTo: { completed: 1, failed: 1, other: 1, unknown: 1 },
      verdicts: [
        { verdict: 'completed', runs: 2 },
        { verdict: 'stalled', runs: 1 },
        { verdict: null, runs: 1 },
      ],
      working: { of: 1, meanMs: 60_000, p50Ms: 60_000, p90Ms: 60_000, mostMs: 60_000 },
      waiting: { of: 2, meanMs: 7_000, p50Ms: 5_000, p90Ms: 9_000, mostMs: 9_000 },
      ...{ attempts: 4, attemptsFailed: 2, tokens: 150, unknownTokens: 1 },
    });
  });

  test('of none nothing is known, which is not 0', () => {
    expect(groupOf([])).toMatchObject({ runs: 0, working: null, waiting: null, tokens: null });
  });
});

describe('groups', () => {
  const at = (text: string) => ({ endedAtMs: Date.parse(text) });
  const runs = [
    endedRunOf(1, at('2026-11-26T09:00Z')),
    endedRunOf(2, { ...at('2026-11-26T00:30Z'), ...failed, agent: 'bob', pool: 'qa' }),
    endedRunOf(3, { ...at('2026-11-25T23:30Z'), attempts: [attemptOf({ recipe: 'tidy' })] }),
    endedRunOf(4, { ...at('2026-11-24T12:00Z'), agent: null, pool: null, attempts: null }),
  ];
  const past = pastOf(runs);
  const keys = (asked: Partial<GroupsAsked>, of = past) =>
    told(of, asked).groups.map(({ key, runs: count }) => [key, count]);

  test('days are those of the zone', () => {
    expect(keys({})).toEqual([
      ['2026-11-24', 1],
      ['2026-11-25', 1],
      ['2026-11-26', 2],
    ]);
    expect(keys({ timeZone: 'Europe/Berlin' })).toEqual([
      ['2026-11-24', 1],
      ['2026-11-25', 0],
      ['2026-11-26', 3],
    ]);
  });

  test('a day that is under way, or of which not all is known, is no whole one; of those before nothing is told', () => {
    const days = (known: string) =>
      told(pastOf(runs, { knownSinceMs: Date.parse(known) })).groups.map(({ key, during }) => [
        key,
        during?.isWhole,
      ]);
    expect(days('2026-11-24T00:00Z')).toEqual([
      ['2026-11-24', true],
      ['2026-11-25', true],
      ['2026-11-26', false],
    ]);
    expect(days('2026-11-25T04:00Z')).toEqual([
      ['2026-11-25', false],
      ['2026-11-26', false],
    ]);
  });

  test('by a name, those with the most runs first, and what has none is a group', () => {
    expect(keys({ by: 'agent' })).toEqual([
      ['ada', 2],
      ['bob', 1],
      [null, 1],
    ]);
    expect(keys({ by: 'pool' })).toEqual([
      ['dev', 2],
      ['qa', 1],
      [null, 1],
    ]);
    expect(keys({ by: 'recipe' })).toEqual([
      ['ada', 2],
      ['tidy', 1],
      [null, 1],
    ]);
    expect(keys({ by: 'verdict' })).toEqual([
      ['completed', 3],
      ['stalled', 1],
    ]);
  });

  test.each<[GroupsAsked['which'], number[]]>([
    [{ cameTo: 'failed' }, [2]],
    [{ verdict: 'stalled' }, [2]],
    [{ recipe: 'tidy' }, [3]],
    [{ recipe: 'tidy', cameTo: 'failed' }, []],
  ])('only such as %j', (which, ids) => {
    const { all, groups } = told(past, { which, by: 'agent', recent: 9 });
    expect(all.runs).toBe(ids.length);
    expect(groups.flatMap(({ recent }) => recent.map(({ taskId }) => taskId))).toEqual(ids);
  });

  test('of each the newest runs are told one by one', () => {
    expect(told(past, { by: 'agent', recent: 1 }).groups.map(({ recent }) => recent)).toMatchObject([
      [{ taskId: 1, cameTo: 'completed', verdict: 'completed', attempts: 1 }],
      [{ taskId: 2, cameTo: 'failed', verdict: 'stalled' }],
      [{ taskId: 4, attempts: null }],
    ]);
  });

  test('of too many groups the smallest are left out, and counted', () => {
    const many = Array.from({ length: 500 }, (_, n) =>
      endedRunOf(n, { ...at('2026-11-26T09:00Z'), agent: `a${n % 450}` }),
    );
    const { groups, groupsLeftOut } = told(pastOf(many), { by: 'agent' });
    expect([groups.length, groupsLeftOut, groups[0]?.runs]).toEqual([400, 50, 2]);
  });
});
