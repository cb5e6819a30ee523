import { describe, expect, test } from 'vitest';
import {
  edit,
  isPausedAt,
  newSchedule,
  pause,
  resume,
  skip,
  stateOf,
} from '../../../domain/schedule/edit.ts';
import { at, everyMinute, schedule } from '../../support/kept-schedules.ts';

const daily = everyMinute({ timing: { kind: 'cron', cron: '0 3 * * *' } });

test('a new one', () => {
  const made = newSchedule(
    { definition: daily, expects: null, paused: true, by: 'ada', note: 'later' },
    at(0),
  );
  expect(made.memo.schedule).toEqual({
    ...{ definition: daily, version: 1, createdMs: at(0), editedMs: at(0), by: 'ada' },
    pause: { atMs: at(0), by: 'ada', note: 'later' },
  });
});

describe('an edit', () => {
  test('is taken from who has seen what there is, and from nobody else', () => {
    const kept = schedule();
    expect(edit(kept, { definition: daily, expects: 2 }, at(1))).toBe(false);
    expect(edit(kept, { definition: daily, expects: 1, by: 'ada' }, at(1))).toBe(true);
    expect(edit(kept, { definition: everyMinute(), expects: 1, by: 'bob' }, at(1))).toBe(false);
    expect(kept.memo.schedule).toMatchObject({ definition: daily, version: 2, by: 'ada', editedMs: at(1) });
    edit(kept, { definition: daily, expects: 2 }, at(2));
    expect(kept.memo.schedule).not.toHaveProperty('by');
  });

  test('brings a finished one back, and keeps a pause', () => {
    const kept = schedule({ remaining: 0 }, true);
    expect(stateOf(kept.memo.schedule)).toBe('finished');
    edit(kept, { definition: everyMinute(), expects: 1 }, at(1));
    expect(stateOf(kept.memo.schedule)).toBe('paused');
    edit(kept, { definition: everyMinute({ remaining: 0 }), expects: 2 }, at(1));
    expect(stateOf(kept.memo.schedule)).toBe('finished');
  });

  test.each([
    ['of something else leaves what remains as it is by then', true, 1],
    ['of what remains sets it', false, 3],
  ])('%s', (_, keepRemaining, remains) => {
    const kept = schedule({ remaining: 3 });
    const read = { ...kept.memo.schedule.definition, priority: 5 };
    // Two begin meanwhile.
    kept.memo.schedule.definition.remaining = 1;
    edit(kept, { definition: read, expects: 1, keepRemaining }, at(1));
    expect(kept.memo.schedule.definition).toMatchObject({ priority: 5, remaining: remains });
  });

  test('that keeps what remains makes no end where there was none', () => {
    const kept = schedule();
    edit(kept, { definition: everyMinute({ priority: 5 }), expects: 1, keepRemaining: true }, at(1));
    expect(kept.memo.schedule.definition).toEqual(everyMinute({ priority: 5 }));
  });

  test('of the timing remembers the one before it; one of the title does not', () => {
    const kept = schedule();
    edit(kept, { definition: everyMinute({ priority: 5 }), expects: 1 }, at(1));
    expect(kept.before).toBeUndefined();
    edit(kept, { definition: daily, expects: 2 }, at(2));
    expect(kept.before).toMatchObject([{ untilMs: at(2), timed: { timing: { kind: 'every' } } }]);
    for (let n = 0; n < 30; n++)
      edit(kept, { definition: everyMinute({ catchUpMs: n }), expects: 3 + n }, at(3 + n));
    expect([kept.before?.length, kept.before?.[0]?.untilMs, kept.auditedMs]).toEqual([20, at(13), at(12)]);
  });
});

describe('a pause', () => {
  test('says whether there was one; a new note takes the place of the old one', () => {
    const kept = schedule();
    expect(pause(kept, { by: 'ada', note: 'one' }, at(1))).toBe(false);
    expect(pause(kept, { by: 'bob' }, at(2))).toBe(true);
    expect(kept.memo.schedule.pause).toEqual({ atMs: at(1), by: 'ada', note: 'one' });
    expect(pause(kept, { by: 'bob', note: 'two' }, at(2))).toBe(true);
    expect(kept.memo.schedule.pause).toEqual({ atMs: at(1), by: 'bob', note: 'two' });
    expect([resume(kept, at(3)), resume(kept, at(3))]).toEqual([true, false]);
  });

  test('is remembered', () => {
    const kept = schedule();
    pause(kept, {}, at(1));
    expect([0.5, 1, 1.5, 99].map((minute) => isPausedAt(kept, at(minute)))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    resume(kept, at(3));
    pause(kept, {}, at(5));
    expect([1, 1.5, 3, 3.5, 5, 6].map((minute) => isPausedAt(kept, at(minute)))).toEqual([
      ...[false, true, true, false, false, true],
    ]);
    // What was due before it has not been compared yet.
    expect(kept.auditedMs).toBe(at(0));
    kept.auditedMs = at(5);
    resume(kept, at(9));
    expect(kept.auditedMs).toBe(at(9));
  });
});

test.each<
  [skips: number[] | undefined, plannedMs: number | undefined, skipped: number | null, left: number[]]
>([
  [undefined, undefined, at(1), [at(1)]],
  [[at(1)], undefined, at(2), [at(1), at(2)]],
  [[at(1), at(2), at(3)], undefined, null, [at(1), at(2), at(3)]],
  [[at(3)], at(2), at(2), [at(2), at(3)]],
  [[at(2)], at(2), at(2), [at(2)]],
  [[at(1)], at(2.5), null, [at(1)]],
])('with %j left out, leaving out %j', (skips, plannedMs, skipped, left) => {
  const kept = schedule();
  if (skips) kept.memo.schedule.skips = skips;
  expect(skip(kept, [at(1), at(2), at(3)], plannedMs)).toBe(skipped);
  expect(kept.memo.schedule.skips).toEqual(left);
});
