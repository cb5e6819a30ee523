import { describe, expect, test } from 'vitest';
import { filtersOf, pathFor, rowsOf } from '../../../page/views/history/asked.ts';
import { legendOf, letterOf, type RecentRun, sayCell } from '../../../page/views/history/cell.ts';
import { isZone, momentOf, wallOf } from '../../../page/views/history/clock-of-zone.ts';
import { figuresOf, sayAt, stackedOf } from '../../../page/views/history/figures.ts';
import { type Pages, withHead, withPage } from '../../../page/views/history/pages.ts';
import { before, rangeOf, readWall, stepOf } from '../../../page/views/history/range.ts';
import { sayCompared, sayGaps, sayMany, saySeconds } from '../../../page/views/history/say.ts';
import { groupedAnswer, historyAnswerOf, runLineOf } from '../../support/history-answers.ts';

const HOUR_MS = 3_600_000;
const at = (text: string) => Date.parse(text);
const words = (query: string) => new Map(new URLSearchParams(query));

test.each<[string, string, string, string]>([
  ['Europe/Berlin', '2026-11-26T18:00', '2026-11-26T17:00Z', 'winter'],
  ['Europe/Berlin', '2026-07-26T18:00', '2026-07-26T16:00Z', 'summer'],
  ['Europe/Berlin', '2026-03-29T18:00', '2026-03-29T16:00Z', 'the day of a change'],
  ['Asia/Kolkata', '2026-11-26T18:00', '2026-11-26T12:30Z', 'half an hour'],
  ['America/New_York', '2026-11-01T00:00', '2026-11-01T04:00Z', 'before a change'],
])('clocks of %s show %s at %s (%s)', (zone, wall, moment) => {
  expect(readWall(wall, zone)).toBe(at(moment));
  const { hour, minute } = wallOf(zone, at(moment));
  expect([hour, minute]).toEqual(wall.slice(11).split(':').map(Number));
});

test('a time that the clocks leave out is one beside it, and what is no time is none', () => {
  const left = momentOf('Europe/Berlin', { year: 2026, month: 3, day: 29, hour: 2, minute: 30 });
  expect(Math.abs(left - at('2026-03-29T01:00Z'))).toBeLessThanOrEqual(HOUR_MS);
  for (const text of ['', 'x', '2026-13-01T00:00', '2026-01-01', '2026-01-01T25:00', undefined])
    expect(readWall(text, 'UTC')).toBeUndefined();
  expect([isZone('Europe/Berlin'), isZone('Mars/Base')]).toEqual([true, false]);
});

describe('which time', () => {
  const NOW = at('2026-11-26T02:07Z');
  test.each<[string, string, string | null, string]>([
    ['', '2026-11-25T02:05Z', null, 'in the last 24 h'],
    ['range=nonsense', '2026-11-25T02:05Z', null, 'in the last 24 h'],
    ['range=yesterday', '2026-11-24T23:00Z', null, 'since yesterday 0:00'],
    ['range=night', '2026-11-25T17:00Z', null, 'since yesterday 18:00'],
    ['range=7d', '2026-11-19T02:05Z', null, 'in the last 7 days'],
    ['range=custom&from=2026-11-20T08:00', '2026-11-20T07:00Z', null, 'since 2026-11-20 08:00'],
    [
      'range=custom&from=2026-11-20T08:00&to=2026-11-21T08:00',
      ...(['2026-11-20T07:00Z', '2026-11-21T07:00Z', 'from 2026-11-20 08:00 to 2026-11-21 08:00'] as const),
    ],
    // What cannot be, and what would be far too long, is the last 24 hours.
    ['range=custom&from=2026-11-21T08:00&to=2026-11-20T08:00', '2026-11-25T02:05Z', null, 'in the last 24 h'],
    ['range=custom&from=1971-01-01T00:00', '2026-11-25T02:05Z', null, 'in the last 24 h'],
    ['range=custom', '2026-11-25T02:05Z', null, 'in the last 24 h'],
  ])('%s', (query, since, until, says) => {
    const range = rangeOf(words(query), NOW, 'Europe/Berlin');
    expect(range).toMatchObject({ sinceMs: at(since), untilMs: until === null ? null : at(until), says });
  });

  test('the time before is as long', () => {
    const range = rangeOf(words(''), NOW, 'UTC');
    expect(before(range, NOW)).toEqual({ sinceMs: range.sinceMs - 24 * HOUR_MS, untilMs: range.sinceMs });
  });

  test('hours up to two days, then days', () => {
    const steps = ['', 'range=yesterday', 'range=7d'].map((query) =>
      stepOf(rangeOf(words(query), NOW, 'UTC'), NOW),
    );
    expect(steps).toEqual(['hour', 'hour', 'day']);
  });

  test('what is asked has the filters of the address, and nothing else of it', () => {
    const asked = words('agent=ada&came_to=failed&rows=pool&range=7d&pool=&evil=1');
    expect(filtersOf(asked)).toEqual({ agent: 'ada', came_to: 'failed' });
    expect([rowsOf(asked), rowsOf(words('rows=x'))]).toEqual(['pool', 'recipe']);
    expect(pathFor('/api/runs', { sinceMs: 0, untilMs: 1 }, asked, { limit: '5' })).toBe(
      '/api/runs?since=1970-01-01T00%3A00%3A00.000Z&until=1970-01-01T00%3A00%3A00.001Z&agent=ada&came_to=failed&limit=5',
    );
  });
});

describe('in words', () => {
  const DAY = { since: '2026-11-25T00:00:00.000Z', until: '2026-11-26T00:00:00.000Z' };
  const past = { since: '2026-11-24T00:00:00.000Z', until: '2026-11-25T00:00:00.000Z' };
  const of = (completed: number, failed: number, unknown = 0, when = DAY) =>
    historyAnswerOf({ ...when, known_since: when.since }, { completed, failed, other: 0, unknown });

  test.each<[Parameters<typeof sayCompared>, string]>([
    [
      [of(27, 4), of(39, 1, 0, past), 'in the last 24 h'],
      '31 runs ended in the last 24 h, 4 badly (13 %). In the 24 h before: 40, 1 badly (3 %).',
    ],
    [[of(1, 0), of(0, 0, 0, past), 'today'], '1 run ended today, none badly. In the 24 h before: none.'],
    [[of(0, 0), undefined, 'today'], 'No run ended today.'],
    [[of(999, 1), undefined, 'today'], '1000 runs ended today, 1 badly (under 1 %).'],
    [[of(1, 1, 8), undefined, 'today'], '10 runs ended today, 1 badly (50 %).'],
    [[of(0, 0, 3), undefined, 'today'], '3 runs ended today, how is not known.'],
    [
      [of(1, 0), { ...of(5, 0, 0, past), known_since: '2026-11-24T12:00:00.000Z' }, 'today'],
      '1 run ended today, none badly. What ended in the 24 h before is not known as a whole.',
    ],
  ])('%#', (compared, says) => {
    expect(sayCompared(...compared)).toBe(says);
  });

  test('what is not in the figures is said', () => {
    const say = (change: Partial<ReturnType<typeof of>>, unknown = 0) =>
      sayGaps({ ...of(1, 0, unknown), ...change }, () => 'T');
    const known_since = '2026-11-25T10:00:00.000Z';
    expect(say({})).toEqual([]);
    expect(say({ more: true, reads_on: true, looked_at: 50, known_since })).toEqual([
      '50 runs are read so far, back to T; the others follow.',
    ]);
    expect(say({ more: true, looked_at: 2_000, known_since })).toEqual([
      'Only the last 2000 runs are looked at: this is known from T on.',
    ]);
    expect(say({ kept_for_hours: 168, known_since })).toEqual([
      'Temporal keeps ended runs for 7 d: this is known from T on.',
    ]);
    expect(say({}, 2)).toEqual(['Of 2 it is not known how they ended.']);
  });

  test('numbers', () => {
    expect([null, 0, 812, 12_345, 999_949, 999_951, 4_100_000, 123_000_000].map(sayMany)).toEqual([
      '–',
      '0',
      '812',
      '12.3 k',
      '1000 k',
      '1.0 M',
      '4.1 M',
      '123 M',
    ]);
    expect([null, undefined, 0, 1.26, 75].map(saySeconds)).toEqual(['–', '–', '0 s', '1.3 s', '1 min']);
  });
});

describe('a cell', () => {
  const runOf = (change: Partial<RecentRun>): RecentRun => ({
    ...{
      task_id: 42,
      run_id: 'r',
      ended: DAY_AT,
      agent: 'ada',
      came_to: 'failed',
      verdict: 'looping',
      attempts: 2,
    },
    ...change,
  });
  const DAY_AT = '2026-11-25T00:00:00.000Z';
  test.each<[Partial<RecentRun>, string]>([
    [{}, 'L'],
    [{ verdict: 'stalled' }, 'S'],
    [{ verdict: null }, 'X'],
    [{ verdict: 'of another version' }, '!'],
    [{ came_to: 'completed', verdict: 'completed' }, ''],
    [{ came_to: 'other', verdict: 'completed' }, '–'],
    [{ came_to: 'unknown', verdict: null }, '?'],
  ])('%j is %s', (change, letter) => {
    expect(letterOf(runOf(change))).toBe(letter);
  });

  test('says all of it, and the legend has what is there', () => {
    expect(sayCell(runOf({}), '3 h ago')).toBe('Task 42, ada: looping, it went badly; 2 attempts; 3 h ago');
    expect(sayCell(runOf({ agent: null, verdict: null, attempts: null, came_to: 'unknown' }), 'now')).toBe(
      'Task 42, no agent: how it ended is not known; attempts not known; now',
    );
    expect(
      legendOf([runOf({}), runOf({ came_to: 'completed' }), runOf({})]).map(({ says, times }) => [
        says,
        times,
      ]),
    ).toEqual([
      ['looping', 2],
      ['its task is complete', 1],
    ]);
  });
});

describe('figures', () => {
  const groups = [
    groupedAnswer({ key: '2026-11-25', is_whole: true }),
    groupedAnswer({
      ...{ key: '2026-11-26', is_whole: false, runs: 3, tokens: 1_200, attempts_with_unknown_tokens: 1 },
      came_to: { completed: 2, failed: 1, other: 0, unknown: 0 },
      working_sec: { of: 3, mean: 60, p50: 59, p90: 61, most: 61 },
    }),
  ];
  const figures = figuresOf({ groups });

  test('have what is known; the rest is null, never 0', () => {
    expect(figures.map(({ columns }) => columns.map(({ values }) => values))).toEqual([
      [
        [0, 1],
        [0, 2],
        [0, 0],
        [0, 0],
      ],
      [
        [null, 59],
        [null, 61],
        [0, 3],
      ],
      [
        [null, null],
        [null, null],
        [0, 0],
      ],
      [
        [null, 1_200],
        [0, 1],
      ],
    ]);
    expect(figures[0]?.times.map(({ full }) => full)).toEqual(['Wed 25', 'Thu 26 (a part)']);
    expect(figuresOf({ groups: [groupedAnswer({ key: '2026-11-26T18:00+01:00' })] })[0]?.times[0]).toEqual({
      label: '18:00',
      full: 'Thu 26, 18:00',
    });
  });

  test('one place in words', () => {
    const [runs, working, , tokens] = figures;
    expect(runs && sayAt(runs, 1)).toBe('Thu 26 (a part) – badly: 1, complete: 2');
    expect(runs && sayAt(runs, 0)).toBe('Wed 25 – none');
    expect(working && sayAt(working, 1)).toContain('half at most: 59 s');
    expect(tokens && sayAt(tokens, 1)).toContain('attempts whose tokens are not known: 1');
  });

  test('bars stand on those before', () => {
    const column = (...values: (number | null)[]) => ({ label: '', ink: null, values });
    expect(stackedOf([column(1, 0), column(2, null), column(3, 4)])).toEqual([
      [1, 0],
      [3, null],
      [6, 4],
    ]);
  });
});

describe('pages of a list', () => {
  const runs = (...ids: number[]) => ids.map((id) => runLineOf({ task_id: id, run_id: `r${id}` }));
  const head = (next: string | null, ...ids: number[]) => ({
    runs: runs(...ids),
    more: next !== null,
    next_cursor: next,
  });
  const ids = ({ runs: all }: Pages) => all.map(({ task_id: id }) => id);

  test('are read on, and a new head comes before them', () => {
    const first = withHead(undefined, head('a', 9, 8));
    const second = withPage(first, head('b', 8, 7, 6));
    expect([ids(second), second.next]).toEqual([[9, 8, 7, 6], 'b']);
    const later = withHead(second, head('c', 10, 9));
    expect([ids(later), later.next]).toEqual([[10, 9, 8, 7, 6], 'b']);
  });

  test('are read anew where the head does not reach them', () => {
    const later = withHead({ runs: runs(9, 8, 7), next: 'b' }, head('c', 20, 19));
    expect([ids(later), later.next]).toEqual([[20, 19], 'c']);
  });
});
