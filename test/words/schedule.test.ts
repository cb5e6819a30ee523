import { describe, expect, test } from 'vitest';
import type { Definition } from '../../domain/schedule/definition.ts';
import { sayBounds, sayPause, sayPriority, sayState } from '../../words/schedule.ts';
import {
  sayBackfilled,
  sayDecided,
  sayDecidedAll,
  sayGoesOn,
  sayNotMadeUp,
  sayNowPaused,
  saySkipped,
  sayStarted,
  sayTakenOut,
} from '../../words/schedule-done.ts';

const atMs = Date.UTC(2026, 10, 26, 2);
const now = { count: 0, open: 0, badInARow: 0 };
const occurrence = 'occurrence-n-2026-11-26T02:00:00Z-now';

const definition: Definition = {
  ...{
    name: 'n',
    timing: { kind: 'every', everyMs: 900_000 },
    timeZone: 'UTC',
    priority: 0,
    overlap: 'skip',
  },
  ...{ work: { kind: 'task', title: 't' }, catchUpMs: 600_000, jitterMs: 0 },
};

test.each([
  ['active', undefined, 'active'],
  ['paused', undefined, 'paused'],
  ['finished', [{ problem: 'missed', count: 1, newestMs: 1 }], 'finished, in trouble'],
] as const)('state %s with %j', (state, problems, says) => {
  expect(sayState({ state, now: { ...now, ...(problems && { problems: [...problems] }) } })).toBe(says);
});

test.each([
  [{ atMs }, 'paused by hand, 2026-11-26 02:00:00 UTC'],
  [{ atMs, by: 'ada@box', note: 'disk' }, 'paused by ada@box, 2026-11-26 02:00:00 UTC: disk'],
  [
    { atMs, after: { badEnds: 3, reason: 'no model' } },
    'paused itself, 2026-11-26 02:00:00 UTC, after 3 bad ends in a row, the last one: no model',
  ],
  [
    { atMs, after: { badEnds: 1, reason: 'no model' } },
    'paused itself, 2026-11-26 02:00:00 UTC, after a bad end: no model',
  ],
])('pause %j', (pause, says) => {
  expect(sayPause(pause)).toBe(says);
});

test.each<[Partial<Definition>, string[]]>([
  [{}, []],
  [{ maxPerJob: 2 }, ['at most 2 at once with the job key n']],
  [{ maxPerJob: 1, jobKey: 'k' }, ['at most 1 at once with the job key k']],
  [{ maxGlobal: 3 }, ['only while fewer than 3 of all schedules are under way']],
  [{ jitterMs: 300_000 }, ['each begins up to 5 min later, by chance']],
  [{ remaining: 1 }, ['1 more time']],
  [{ pauseOnFailure: 1 }, ['it is paused after a bad end']],
  [{ pauseOnFailure: 3 }, ['it is paused after 3 bad ends in a row']],
])('bounds %j', (change, says) => {
  const all = sayBounds({ ...definition, ...change });
  const usual = sayBounds(definition);
  expect(all.filter((each) => !usual.includes(each))).toEqual(says);
  expect(usual).toEqual([
    'an occurrence is left out while an earlier one goes on (skip)',
    'one that was missed may begin up to 10 min later',
  ]);
});

test.each([
  [20, 'critical (20)'],
  [0, 'medium (0)'],
  [7, '7'],
])('priority %i', (priority, says) => expect(sayPriority(priority)).toBe(says));

const NOTHING = { task: null, verdict: null, attempts: 0, tokens: null, log: null, agent: null };

describe('what was done', () => {
  test.each([
    [
      sayNowPaused('n', true),
      'Schedule n is paused: nothing more of it begins; what is under way goes on. Undone by `tinyscheduler schedule resume n`.',
    ],
    [sayNowPaused('n', false), 'Schedule n is paused already.'],
    [sayGoesOn('n', '03:00'), 'Schedule n goes on: it is due next at 03:00.'],
    [sayGoesOn('n', undefined), 'Schedule n goes on: nothing of it is due any more.'],
    [sayNotMadeUp('n', 0).join(), ''],
    [
      sayNotMadeUp('n', 1).join(),
      '1 time was due while it was paused; that is not made up for. `tinyscheduler schedule backfill n --from … --to …` does.',
    ],
    [sayNotMadeUp('n', 1_500).join(), expect.stringContaining('1,500 times were due')],
    [sayTakenOut('n', 0), 'Schedule n is deleted, with its history; nothing of it was under way.'],
    [sayTakenOut('n', 1), 'Schedule n is deleted, with its history; 1 occurrence of it goes on to the end.'],
    [sayTakenOut('n', 2), expect.stringContaining('2 occurrences of it go on to the end.')],
    [saySkipped('n', { skipped: null }, ''), 'Schedule n has no time that could be left out.'],
    [saySkipped('n', { skipped: atMs }, '03:00'), 'Schedule n leaves out 03:00; the plan goes on after it.'],
    [sayBackfilled('n', { started: [], there: 0 }), 'Schedule n was not due then, so nothing was started.'],
    [sayBackfilled('n', { started: ['a'], there: 0 }), 'Schedule n: 1 occurrence started.'],
    [
      sayBackfilled('n', { started: ['a', 'b'], there: 1 }),
      'Schedule n: 2 occurrences started; 1 time has an occurrence already.',
    ],
    [
      sayBackfilled('n', { started: [], there: 2 }),
      'Schedule n: nothing was started; 2 times have an occurrence already.',
    ],
    [sayDecided('n', '03:00', occurrence), `Schedule n, 03:00: ${occurrence} has begun.`],
    [sayDecided('n', '03:00', null), 'Schedule n, 03:00: left at that.'],
    [sayDecidedAll(0, 0), 'Nothing was missed there that nobody has decided about.'],
    [sayDecidedAll(3, 1), '2 of 3 times decided; 1 failed.'],
  ])('%s', (says, expected) => expect(says).toEqual(expected));

  test.each([
    [{ taskId: 42 }, `Schedule n: ${occurrence} has begun: it is task 42.`],
    [
      { waits: { for: 'overlap' as const, with: ['occurrence-a'] } },
      `Schedule n: ${occurrence} has begun, and waits: the one before it is not over: occurrence-a.`,
    ],
    [
      { leftOut: { why: 'overlap' as const, with: 'occurrence-a', sinceMs: atMs } },
      'Schedule n: nothing was started: the one before it, since 2026-11-26 02:00:00 UTC, was not over: occurrence-a.',
    ],
    [
      { ended: { end: 'failed' as const, reason: 'TinyTask refused it', ...NOTHING } },
      `Schedule n: ${occurrence} has begun, and is over: failed: TinyTask refused it.`,
    ],
    [
      { taskId: 42, ended: { end: 'done' as const, ...NOTHING } },
      `Schedule n: ${occurrence} has begun as task 42, and is over: done.`,
    ],
    [{}, `Schedule n: ${occurrence} has begun; it has not got a task yet.`],
  ])('run-now: %j', (change, says) => {
    const started = { occurrence, taskId: null, waits: null, leftOut: null, ended: null, ...change };
    expect(sayStarted('n', started)).toContain(says);
  });
});
