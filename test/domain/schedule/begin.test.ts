import { describe, expect, test } from 'vitest';
import { begin, isLateLast, MOST_OPEN, usedUpAtMs } from '../../../domain/schedule/begin.ts';
import type { Definition } from '../../../domain/schedule/definition.ts';
import { edit, finish, pause, resume, skip, stateOf } from '../../../domain/schedule/edit.ts';
import { addLine } from '../../../domain/schedule/history.ts';
import type { ScheduleCarried } from '../../../domain/schedule/kept.ts';
import {
  asks,
  at,
  beginAsked,
  ends,
  everyMinute,
  idOf,
  lines,
  schedule,
} from '../../support/kept-schedules.ts';

describe('who begins', () => {
  test.each<
    [what: string, kept: ScheduleCarried, change: Parameters<typeof asks>[2], answer: number | string]
  >([
    ['on its time', schedule(), {}, 1],
    ['late, and the newest', schedule(), { atMs: at(9) }, 1],
    ['late, and a newer one was due', schedule(), { atMs: at(9), newestDueMs: at(9) }, 'superseded'],
    ['a little late, and a newer one was due', schedule(), { atMs: at(5.4), newestDueMs: at(5.1) }, 1],
    ['late by its jitter', schedule({ jitterMs: 300_000 }), { atMs: at(9), newestDueMs: at(9) }, 1],
    ['later than it may', schedule(), { atMs: at(16) }, 'too-late'],
    ['by jitter no later than it may', schedule({ jitterMs: 300_000 }), { atMs: at(16) }, 1],
    ['at its end', schedule({ endMs: at(5) }), {}, 'finished'],
    ['a moment before its end', schedule({ endMs: at(5) + 1 }), {}, 1],
    ['none remains', schedule({ remaining: 0 }), {}, 'finished'],
    ['paused', schedule({}, true), {}, 'paused'],
    ['paused, by hand', schedule({}, true), { trigger: 'run-now' }, 1],
    ['finished, by hand', schedule({ remaining: 0 }), { trigger: 'missed' }, 1],
    ['a backfill of long ago', schedule(), { trigger: 'backfill', atMs: at(10_000) }, 1],
    ['before it was made', schedule(), { plannedMs: at(-3), atMs: at(0.2) }, 'too-late'],
  ])('%s', (_, kept, change, answer) => {
    expect(asks(kept, 5, change)).toBe(answer);
  });

  test('its pause, its skips and what it is are remembered', () => {
    const kept = schedule();
    expect(skip(kept, [at(1), at(2), at(3)], at(2))).toBe(at(2));
    expect([asks(kept, 1), asks(kept, 2), asks(kept, 3)]).toEqual([1, 'skipped', 2]);
    pause(kept, {}, at(3.5));
    expect(asks(kept, 3.4)).toBe('paused');
    expect(asks(kept, 4)).toBe('paused');
    resume(kept, at(5.5));
    // Its tick came during the pause, and a worker for it after that.
    expect([asks(kept, 5, { atMs: at(5.6) }), asks(kept, 6)]).toEqual(['paused', 3]);
  });

  test('no more than so many at once', () => {
    const kept = schedule({ overlap: 'allow' });
    const every = (n: number) => ({ workflowId: `occurrence-n-${n}`, plannedMs: at(1) + n * 10 });
    for (let n = 1; n <= MOST_OPEN; n++) expect(asks(kept, 1, every(n))).toBe(n);
    expect(asks(kept, 1, every(0))).toBe('overlap');
    expect(kept.history.at(0)?.ended).toMatchObject({ because: { with: 'occurrence-n-1' } });
  });
});

describe('asking twice', () => {
  test('gives the same number, also to the run that goes on from one that was reset', () => {
    const kept = schedule();
    expect([asks(kept, 1), asks(kept, 1), asks(kept, 1, { runId: 'reset' }), asks(kept, 2)]).toEqual([
      1, 1, 1, 2,
    ]);
    expect(kept.history.map(({ runId }) => runId)).toEqual(['reset', 'run-2']);
  });

  test('does not begin what is over, or was left out', () => {
    const kept = schedule();
    asks(kept, 1);
    ends(kept, 1, 'done');
    expect(asks(kept, 1)).toBe('duplicate');
    pause(kept, {}, at(1.5));
    expect(asks(kept, 2)).toBe('paused');
    resume(kept, at(2.1));
    expect(asks(kept, 2)).toBe('paused');
    expect(lines(kept)).toEqual(['1 done', '2 left-out paused']);
  });

  test('of one time, under another id, begins once', () => {
    const kept = schedule();
    asks(kept, 1, { workflowId: 'occurrence-n-x', trigger: 'backfill' });
    expect(asks(kept, 1)).toBe('duplicate');
    expect(asks(kept, 1, { workflowId: 'occurrence-n-now', trigger: 'run-now' })).toBe(2);
    expect(lines(kept)).toEqual(['1 open backfill', '1 open run-now']);
  });
});

test('a tick for a time that has been compared, and has no line any more, adds none', () => {
  const kept = schedule();
  kept.auditedMs = at(4);
  expect([asks(kept, 3), lines(kept)]).toEqual(['too-late', []]);
});

describe('one that was expected and asks when nothing more is due', () => {
  const late = (change: Partial<Definition> = {}) => {
    const kept = schedule(change);
    addLine(kept, { workflowId: idOf(at(1)), trigger: 'plan', plannedMs: at(1) });
    finish(kept);
    return kept;
  };
  const begins = (kept: ScheduleCarried, minute: number) => {
    const asked = beginAsked(minute, { atMs: at(minute + 1) });
    const answer = begin(kept, asked, { isLast: isLateLast(kept, asked) });
    return 'begun' in answer ? answer.begun.number : answer.not.why;
  };

  test('is the last one, and begins late; its schedule is over', () => {
    const kept = late();
    expect([begins(kept, 1), stateOf(kept.memo.schedule)]).toEqual([1, 'finished']);
    expect([begins(kept, 1), lines(kept)]).toEqual([1, ['1 open']]);
  });

  test.each<[string, ScheduleCarried, number]>([
    ['nobody expects', late(), 2],
    ['comes after the end', late({ endMs: at(1) }), 1],
    ['comes when nothing remains', late({ remaining: 0 }), 1],
  ])('does nothing where it %s', (_, kept, minute) => {
    expect(begins(kept, minute)).toBe('finished');
  });
});

describe('what remains', () => {
  test('counts what the plan began', () => {
    const kept = schedule({ remaining: 2 });
    asks(kept, 1, { trigger: 'run-now', workflowId: 'occurrence-n-now' });
    asks(kept, 1);
    asks(kept, 1);
    expect(kept.memo.schedule.definition.remaining).toBe(1);
    asks(kept, 2);
    expect(asks(kept, 3)).toBe('finished');
    // Whether the second one is let in is not known yet.
    expect([stateOf(kept.memo.schedule), usedUpAtMs(kept)]).toEqual(['active', at(2) + 100]);
    finish(kept);
    expect([stateOf(kept.memo.schedule), usedUpAtMs(kept)]).toEqual(['finished', undefined]);
  });

  test('is given back by one that was not let in, unless it was set anew', () => {
    const leftOut = { end: 'left-out', because: { why: 'overlap', with: 'x', sinceMs: 1 } } as const;
    const kept = schedule({ remaining: 1 });
    asks(kept, 1);
    finish(kept);
    ends(kept, 1, leftOut);
    expect([stateOf(kept.memo.schedule), asks(kept, 2)]).toEqual(['active', 2]);
    edit(kept, { definition: everyMinute({ remaining: 5 }), expects: 1 }, at(2.5));
    ends(kept, 2, leftOut);
    expect(kept.memo.schedule.definition.remaining).toBe(5);
  });

  test('is given back, too, by one that began before edits of something else, and by none before one of what remains', () => {
    const leftOut = { end: 'left-out', because: { why: 'overlap', with: 'x', sinceMs: 1 } } as const;
    const kept = schedule({ remaining: 4 });
    const { schedule: is } = kept.memo;
    const other = (priority: number) =>
      edit(kept, { definition: everyMinute({ priority }), expects: is.version, keepRemaining: true }, at(9));
    asks(kept, 1);
    asks(kept, 2);
    other(1);
    asks(kept, 3);
    other(2);
    expect(is.definition.remaining).toBe(1);
    ends(kept, 1, leftOut);
    ends(kept, 3, leftOut);
    expect(is.definition.remaining).toBe(3);
    edit(kept, { definition: everyMinute({ remaining: 7 }), expects: is.version }, at(9));
    other(3);
    ends(kept, 2, leftOut);
    expect(is.definition.remaining).toBe(7);
  });
});

test('an occurrence is told what it is to do, and when the one before it ended', () => {
  const kept = schedule();
  asks(kept, 1);
  ends(kept, 1, 'failed', 1.5);
  edit(kept, { definition: everyMinute({ work: { kind: 'task', title: 'new' } }), expects: 1 }, at(1.7));
  asks(kept, 2);
  expect(kept.history.map(({ version, number }) => [version, number])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(beginAsked(2).workflowId).toBe(idOf(at(2)));
  expect(kept.memo.now.last).toMatchObject({ endedMs: at(1.5), end: 'failed', reason: 'it broke' });
});
