import { describe, expect, test } from 'vitest';
import { type Compared, closeLost, compare, type Found, unknownOf } from '../../../domain/schedule/audit.ts';
import { pause, resume } from '../../../domain/schedule/edit.ts';
import { problemsOf } from '../../../domain/schedule/ended.ts';
import { addLine } from '../../../domain/schedule/history.ts';
import type { ScheduleCarried } from '../../../domain/schedule/kept.ts';
import { asks, at, ends, idOf, lines, minuteOf, schedule } from '../../support/kept-schedules.ts';

/** Compares at a minute what was due each minute since the last time; a minute later than that may still come. */
function compareAt(
  kept: ScheduleCarried,
  minute: number,
  change: Partial<Compared> & { there?: number[] } = {},
) {
  const { there = [], ...more } = change;
  const first = minuteOf(kept.auditedMs) + 1;
  const due = Array.from({ length: Math.floor(minute) - first + 1 }, (_, n) => at(first + n));
  const found = there.map((each): Found => ({ workflowId: idOf(at(each)), runId: 'tick', closedAtMs: null }));
  const { start, didNotFire } = compare(kept, {
    ...{ unknown: unknownOf(kept, due), more: 0, found, untilMs: at(minute - 1), nowMs: at(minute) },
    ...{ timed: kept.memo.schedule.definition, isFormer: false, idOf, toldMs: at(0) },
    ...more,
  });
  return { start: start === undefined ? null : minuteOf(start), didNotFire };
}

describe('what was due', () => {
  test('and has begun, is fine', () => {
    const kept = schedule();
    asks(kept, 1);
    asks(kept, 2);
    expect(compareAt(kept, 3)).toEqual({ start: null, didNotFire: false });
    expect([lines(kept), kept.auditedMs, problemsOf(kept)]).toEqual([['1 open', '2 open'], at(2), []]);
  });

  test('and never ticked: the newest is started, the others are recorded, and it is a problem until a later one begins', () => {
    const kept = schedule();
    asks(kept, 1);
    expect(compareAt(kept, 5)).toEqual({ start: 5, didNotFire: true });
    expect(lines(kept)).toEqual(['1 open', ...[2, 3, 4].map((minute) => `${minute} left-out superseded`)]);
    expect(problemsOf(kept)).toEqual([{ problem: 'did-not-fire', dueMs: at(5) }]);
    addLine(kept, { workflowId: idOf(at(5)), trigger: 'plan', plannedMs: at(5) });
    expect([asks(kept, 5), problemsOf(kept).length, asks(kept, 6), problemsOf(kept)]).toEqual([2, 1, 3, []]);
  });

  test('before the server was told of it, is started, and no fault of its', () => {
    const kept = schedule();
    expect(compareAt(kept, 2.5, { toldMs: at(1.1) })).toEqual({ start: 2, didNotFire: false });
    expect(problemsOf(kept)).toEqual([]);
  });

  test('and may come yet, is waited for, with its jitter', () => {
    const kept = schedule({ jitterMs: 240_000 });
    expect(compareAt(kept, 5, { untilMs: at(0) })).toEqual({ start: null, didNotFire: false });
    expect(compareAt(kept, 6, { untilMs: at(1) })).toEqual({ start: 2, didNotFire: true });
    expect(lines(kept)).toEqual(['1 left-out superseded']);
  });

  test('and is there, and nobody has carried it out, is awaited', () => {
    const kept = schedule();
    expect(compareAt(kept, 3, { there: [1, 2, 3] })).toEqual({ start: null, didNotFire: false });
    expect(lines(kept)).toEqual(['1 awaited', '2 awaited', '3 awaited']);
    expect([asks(kept, 1, { atMs: at(3), newestDueMs: at(3) }), asks(kept, 3)]).toEqual(['superseded', 1]);
    expect(lines(kept)).toEqual(['1 left-out superseded', '2 awaited', '3 open']);
  });

  test('longer ago than it may begin, is no fault of the server', () => {
    const kept = schedule();
    expect(compareAt(kept, 15, { there: [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] }).didNotFire).toBe(false);
    expect(lines(kept).slice(0, 5)).toEqual([
      ...[1, 2, 3, 4].map((minute) => `${minute} left-out too-late`),
      '5 awaited',
    ]);
    expect(problemsOf(kept)).toMatchObject([{ problem: 'missed', count: 4 }]);
  });

  test('and a newer one has begun, is superseded', () => {
    const kept = schedule();
    asks(kept, 4);
    expect(compareAt(kept, 5, { there: [5] })).toEqual({ start: null, didNotFire: true });
    expect(lines(kept).slice(0, 3)).toEqual([1, 2, 3].map((minute) => `${minute} left-out superseded`));
  });

  test('before an edit, is recorded, and not started', () => {
    const kept = schedule();
    expect(compareAt(kept, 3, { isFormer: true, untilMs: at(3) })).toEqual({
      start: null,
      didNotFire: false,
    });
    expect(lines(kept)).toEqual([1, 2, 3].map((minute) => `${minute} left-out not-fired`));
  });

  test('while it was paused, is no miss; what was left out by hand is none', () => {
    const kept = schedule();
    kept.memo.schedule.skips = [at(1), at(9)];
    pause(kept, {}, at(1.5));
    resume(kept, at(4.5));
    expect(compareAt(kept, 6)).toEqual({ start: 6, didNotFire: true });
    expect(lines(kept)).toEqual(['1 left-out skipped', '5 left-out superseded']);
    expect(kept.memo.schedule.skips).toEqual([at(9)]);
  });

  test('just before a pause, is not started any more', () => {
    const kept = schedule();
    pause(kept, {}, at(2.5));
    expect(compareAt(kept, 4)).toEqual({ start: null, didNotFire: false });
    expect(lines(kept)).toEqual(['1 left-out paused', '2 left-out paused']);
  });

  test.each([
    [100, 0, 100],
    [101, 0, 1],
    [50, 60, 1],
  ])('%i times of which nothing is known, and %i older ones, have %i lines', (count, more, expected) => {
    const kept = schedule({ catchUpMs: 10_000 });
    compareAt(kept, count + 1, { more, there: [count + 1] });
    expect(kept.history.length).toBe(expected + 1);
    expect(kept.history.reduce((sum, { times = 1 }) => sum + times, 0)).toBe(count + more + 1);
    expect(kept.history.at(-2)?.plannedMs).toBe(at(count));
    expect(kept.totals.reduce((sum, { leftOut }) => sum + leftOut, 0)).toBe(count + more);
  });
});

test('what is under way, and closed or unknown at the server, has failed', () => {
  const kept = schedule({ overlap: 'allow' });
  for (const minute of [1, 2, 3, 4]) asks(kept, minute);
  ends(kept, 4, 'done');
  const found: Found[] = [
    { workflowId: idOf(at(1)), runId: 'a', closedAtMs: null },
    { workflowId: idOf(at(2)), runId: 'b', closedAtMs: at(4), how: 'its workflow was terminated' },
    { workflowId: idOf(at(4)), runId: 'd', closedAtMs: at(5) },
  ];
  closeLost(
    kept,
    [1, 2, 3, 4].map((minute) => idOf(at(minute))),
    found,
    at(9),
  );
  expect(lines(kept)).toEqual(['1 open', '2 failed', '3 failed', '4 done']);
  expect(kept.history.map(({ endedMs }) => endedMs && minuteOf(endedMs))).toEqual([undefined, 4, 9, 5]);
  expect(kept.history[1]?.ended).toMatchObject({ reason: 'its workflow was terminated' });
});
