import { describe, expect, test } from 'vitest';
import { pause, resume, stateOf } from '../../../domain/schedule/edit.ts';
import { decide, ended, figuresOf, foundClosed, problemsOf } from '../../../domain/schedule/ended.ts';
import { addLeftOut } from '../../../domain/schedule/history.ts';
import { KEPT_DAYS, KEPT_OCCURRENCES } from '../../../domain/schedule/kept.ts';
import type { NotBegun } from '../../../domain/schedule/occurrence.ts';
import { asks, at, endOf, ends, idOf, lines, schedule } from '../../support/kept-schedules.ts';

function run(
  kept: ReturnType<typeof schedule>,
  from: number,
  ...how: ('done' | 'failed' | 'cancelled')[]
): void {
  how.forEach((end, n) => {
    asks(kept, from + n);
    ends(kept, from + n, end);
  });
}

describe('bad ends', () => {
  test('in a row are a problem, with the last reason, until one is good; a cancelled one is neither', () => {
    const kept = schedule();
    run(kept, 1, 'failed', 'cancelled', 'failed');
    expect([kept.memo.now.badInARow, problemsOf(kept)]).toEqual([2, []]);
    run(kept, 4, 'failed');
    expect(problemsOf(kept)).toEqual([{ problem: 'bad-ends', inARow: 3, reason: 'it broke' }]);
    run(kept, 5, 'done');
    expect([kept.memo.now.badInARow, kept.lastBad, problemsOf(kept)]).toEqual([0, undefined, []]);
  });

  test('pause it where that is wanted, and are counted anew after that', () => {
    const kept = schedule({ pauseOnFailure: 2 });
    run(kept, 1, 'failed');
    expect(stateOf(kept.memo.schedule)).toBe('active');
    run(kept, 2, 'failed');
    const after = { badEnds: 2, reason: 'it broke' };
    expect(kept.memo.schedule.pause).toEqual({ atMs: at(3), after });
    expect(pause(kept, { by: 'ada', note: 'I look' }, at(4))).toBe(true);
    expect(kept.memo.schedule.pause).toEqual({ atMs: at(3), by: 'ada', note: 'I look', after });
    expect(resume(kept, at(5))).toBe(true);
    run(kept, 6, 'failed');
    expect(stateOf(kept.memo.schedule)).toBe('active');
  });

  test('are also those whose workflow was ended without a word', () => {
    const kept = schedule();
    asks(kept, 1);
    foundClosed(kept, idOf(at(1)), at(1.5), 'its workflow was terminated');
    expect(kept.history[0]?.ended).toMatchObject({ end: 'failed', reason: 'its workflow was terminated' });
    ends(kept, 1, 'done');
    expect([lines(kept), kept.memo.now.badInARow]).toEqual([['1 failed'], 1]);
  });
});

describe('totals', () => {
  test('are of the day of the zone on which it ended, as far as its days are known', () => {
    const kept = schedule();
    // A zone that is 2 h behind.
    kept.days = [
      { day: '2026-11-25', endsMs: at(120) },
      { day: '2026-11-26', endsMs: at(120 + 24 * 60) },
    ];
    run(kept, 100, 'done');
    run(kept, 118, 'failed', 'cancelled');
    asks(kept, 200, { atMs: at(500) });
    const day = { cancelled: 0, leftOut: 0 };
    expect(kept.totals.map(({ ms, ...total }) => ({ ...total, minutes: Math.ceil(ms / 60_000) }))).toEqual([
      { day: '2026-11-25', ...day, done: 1, failed: 1, tokens: 14, minutes: 2 },
      { day: '2026-11-26', ...day, done: 0, failed: 0, cancelled: 1, leftOut: 1, tokens: 7, minutes: 1 },
    ]);
    ends(kept, 200, 'done');
    run(kept, 24 * 60 * 9, 'done');
    expect(kept.totals.at(-1)?.day).toBe('2026-12-05');
  });

  test('are kept for so many days', () => {
    const kept = schedule({ catchUpMs: 1 });
    for (let day = 0; day <= KEPT_DAYS; day++) run(kept, day * 1_440 + 1, 'done');
    expect([kept.totals.length, kept.totals[0]?.day]).toEqual([KEPT_DAYS, '2026-11-27']);
  });
});

test('the oldest lines that are over go, and what is under way stays', () => {
  const kept = schedule();
  asks(kept, 1);
  for (let minute = 2; minute < KEPT_OCCURRENCES + 20; minute++) run(kept, minute, 'done');
  expect(kept.history.length).toBe(KEPT_OCCURRENCES);
  expect(lines(kept).slice(0, 2)).toEqual(['1 open', '21 done']);
  // Its line is gone, so it is known by its time alone.
  kept.auditedMs = at(400);
  expect(asks(kept, 5, { atMs: at(8) })).toBe('too-late');
  expect(kept.history.length).toBe(KEPT_OCCURRENCES);
});

test('what is told twice, of an unknown one, or at length', () => {
  const kept = schedule();
  asks(kept, 1);
  ends(kept, 2, 'done');
  const waited = { for: 'overlap', with: ['a', 'b', 'c', 'd'] } as const;
  const told = { workflowId: idOf(at(1)), runId: 'other', endedMs: at(99), ended: endOf('done') };
  ended(kept, { ...told, waited: { ...waited, with: [...waited.with] }, recipeHash: null }, at(2));
  ends(kept, 1, 'failed');
  expect(kept.history).toMatchObject([
    {
      runId: 'other',
      endedMs: at(2),
      waited: { with: ['a', 'b', 'c'] },
      recipeHash: null,
      ended: { end: 'done' },
    },
  ]);
});

describe('times that were missed', () => {
  const missed = (because: NotBegun, minute: number, kept = schedule()) => {
    addLeftOut(
      kept,
      { workflowId: idOf(at(minute)), trigger: 'plan', plannedMs: at(minute) },
      because,
      at(50),
    );
    return kept;
  };

  test.each<[NotBegun, isProblem: boolean, isMissed: boolean]>([
    [{ why: 'too-late', catchUpMs: 1 }, true, true],
    [{ why: 'not-fired' }, true, true],
    [{ why: 'superseded', byMs: 1 }, false, true],
    [{ why: 'paused' }, false, false],
    [{ why: 'skipped' }, false, false],
    [{ why: 'finished' }, false, false],
  ])('%j', (because, isProblem, isMissed) => {
    const kept = missed(because, 5);
    const problem = { problem: 'missed', count: 1, newestMs: at(5) };
    expect(problemsOf(kept)).toEqual(isProblem ? [problem] : []);
    expect(decide(kept, at(6), 'skipped')).toBeUndefined();
    expect(decide(kept, at(5), 'run') !== undefined).toBe(isMissed);
    expect(decide(kept, at(5), 'skipped')).toBeUndefined();
    expect(problemsOf(kept)).toEqual([]);
  });

  test('are a problem until a later one was done', () => {
    const kept = missed({ why: 'not-fired' }, 5);
    missed({ why: 'not-fired' }, 6, kept);
    run(kept, 7, 'failed');
    expect(problemsOf(kept)).toMatchObject([{ count: 2, newestMs: at(6) }]);
    run(kept, 8, 'done');
    expect(problemsOf(kept)).toEqual([]);
  });
});

test('the figures of its memo', () => {
  const kept = schedule();
  expect(figuresOf(kept, [], at(0))).toEqual({ count: 0, open: 0, badInARow: 0 });
  run(kept, 1, 'failed');
  asks(kept, 2);
  kept.refused = 'no such zone';
  kept.memo.schedule.skips = [at(3)];
  expect(figuresOf(kept, [at(2), at(3), at(4)], at(2.5))).toEqual({
    ...{ count: 2, open: 1, badInARow: 1, nextMs: at(4) },
    last: { plannedMs: at(1), endedMs: at(2), end: 'failed', reason: 'it broke' },
    problems: [{ problem: 'not-kept', text: 'no such zone' }],
  });
  pause(kept, {}, at(2.6));
  expect(figuresOf(kept, [at(4)], at(2.5))).not.toHaveProperty('nextMs');
});
