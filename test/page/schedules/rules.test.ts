import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../../page/api/shapes.ts';
import { harmless } from '../../../page/parts/harmless.ts';
import { listed, readListing } from '../../../page/views/schedules/listing.ts';
import { linkToSchedule, placeOf } from '../../../page/views/schedules/place.ts';
import { groupsOf, readSince } from '../../../page/views/schedules/since.ts';
import { lookOf, type Short, summaryOf } from '../../../page/views/schedules/strip.ts';
import { sayOnBoth } from '../../../page/views/schedules/zones.ts';
import { processorMs } from '../../support/processor-time.ts';

const short = (end: string | null, more: Partial<Short> = {}): Short => ({
  ...{ planned: '2026-11-26T02:00:00Z', end, why: null, says: end, reason: null },
  ...{ times: 1, task_id: null },
  ...more,
});
const many = (count: number, end: string) => Array.from({ length: count }, () => short(end));
const left = (why: string, reason: string) => short('left-out', { why, reason });
const MISSED = left('not-fired', 'nobody was there to start it');
const SKIPPED = left('skipped', 'a person had it left out');

describe('what became of the last times', () => {
  test.each<[string, Short[] | null | undefined]>([
    ['The last times are being asked for …', undefined],
    ['What became of the last times is not known: nobody answers for it now.', null],
    ['Nothing has begun yet.', []],
    ['1 under way.', [short(null)]],
    ['1 of 1 well, the only one.', [short('done')]],
    ['30 of 30 well, the last too.', many(30, 'done')],
    [
      '29 of 30 well, the last failed: the model answered with nothing.',
      [short('failed', { reason: 'the model answered with nothing' }), ...many(29, 'done')],
    ],
    ['1 of 2 well, 1 under way, the last failed.', [short(null), short('failed'), short('done')]],
    ['1 of 2 well, the last was missed: nobody was there to start it.', [MISSED, short('done')]],
    [
      '1 of 2 well, the last was left out: a person had it left out; the one before that went well.',
      [SKIPPED, short('done')],
    ],
    ['0 of 1 well, the last was left out: a person had it left out.', [SKIPPED]],
    [
      '0 of 2 well, the last was left out: a person had it left out; the one before that cancelled: it was archived.',
      [SKIPPED, short('cancelled', { reason: 'it was archived' })],
    ],
    ['0 of 1 well, the last failed: evil <b>.', [short('failed', { reason: '\u202eevil\n<b>' })]],
  ])('%s', (says, occurrences) => expect(summaryOf(occurrences)).toBe(says));

  test('a reason of any length is cut', () => {
    expect(summaryOf([short('failed', { reason: 'x'.repeat(9_000) })]).length).toBeLessThan(300);
  });

  test.each([
    ['superseded', 'missed'],
    ['too-late', 'missed'],
    ['not-fired', 'missed'],
    ['paused', 'left-out'],
    ['overlap', 'left-out'],
  ])('left out, since %s: %s', (why, look) => expect(lookOf({ end: 'left-out', why })).toBe(look));
});

test.each([
  ['2026-11-27T02:00:00Z', 'Europe/Berlin', 'Europe/Berlin', 'Fri 2026-11-27 03:00 Europe/Berlin'],
  ['2026-11-27T02:00:00Z', 'Europe/Berlin', 'UTC', 'Fri 2026-11-27 03:00 Europe/Berlin (here 02:00)'],
  [
    '2026-11-27T02:00:00Z',
    'Asia/Kolkata',
    'America/New_York',
    'Fri 2026-11-27 07:30 Asia/Kolkata (here Thu 2026-11-26 21:00)',
  ],
  ['2026-11-27T02:00:05Z', 'No/Such', 'UTC', 'Fri 2026-11-27 02:00:05 UTC'],
  // The same clocks by another name.
  ['2026-07-01T02:00:00Z', 'Europe/Paris', 'Europe/Berlin', 'Wed 2026-07-01 04:00 Europe/Paris'],
])('%s on the clocks of %s, for who looks from %s: %s', (at, zone, viewers, says) =>
  expect(sayOnBoth(Date.parse(at), zone, viewers)).toBe(says),
);

function scheduleOf(name: string, change: Partial<Schedule> = {}): Schedule {
  return {
    ...{ name, state: 'active', when: 'every day', next_run_at: '2026-11-27T02:00:00Z', problems: [] },
    ...{ bad_in_a_row: 0, definition: { title: `Work of ${name}`, tags: ['a', 'b'] }, pause: null },
    ...change,
  } as Schedule;
}

describe('which schedules are listed', () => {
  const all = [
    scheduleOf('later', { next_run_at: '2026-11-28T02:00:00Z' }),
    scheduleOf('never', { next_run_at: null, state: 'finished' }),
    scheduleOf('sooner', { next_run_at: '2026-11-26T02:00:00Z', definition: { queue: 'QA' } }),
    scheduleOf('failed-last', { bad_in_a_row: 1 }),
    scheduleOf('broken', {
      problems: [{ problem: 'missed', says: '…' }],
      next_run_at: null,
      state: 'paused',
    }),
  ];
  test.each([
    ['', ['broken', 'failed-last', 'sooner', 'later', 'never']],
    ['order=name', ['broken', 'failed-last', 'later', 'never', 'sooner']],
    ['only=troubled', ['broken', 'failed-last']],
    ['only=paused', ['broken']],
    ['only=finished', ['never']],
    ['only=active', ['failed-last', 'sooner', 'later']],
    ['only=nonsense&order=size', ['broken', 'failed-last', 'sooner', 'later', 'never']],
    ['find=qa', ['sooner']],
    ['find=work+LATER', ['later']],
    ['find=nothing+of+that', []],
  ])('%s', (query, names) => {
    const shown = listed(all, readListing(new Map(new URLSearchParams(query))));
    expect(shown.map(({ name }) => name)).toEqual(names);
  });

  test('10,000 are sorted in a moment', () => {
    const lots = Array.from({ length: 10_000 }, (_, at) => scheduleOf(`s${at % 997}-${at}`));
    const spentMs = processorMs(() => listed(lots, readListing(new Map([['find', 'work of']]))));
    expect(spentMs).toBeLessThan(1_000);
  });
});

test.each([
  ['schedules', { is: 'list' }],
  ['schedules/new', { is: 'new' }],
  ['schedules/missed', { is: 'missed' }],
  ['schedules/nightly', { is: 'one', name: 'nightly' }],
  ['schedules/nightly/edit', { is: 'edit', name: 'nightly' }],
  ['schedules/new/show', { is: 'one', name: 'new' }],
  ['schedules/new/edit', { is: 'edit', name: 'new' }],
  ['schedules/nightly/what', { is: 'nowhere' }],
  ['schedules/nightly/edit/more', { is: 'nowhere' }],
])('%s', (path, place) => expect(placeOf(path.split('/'))).toEqual(place));

test('a schedule that is called as a part of the view has an address, too', () => {
  for (const name of ['new', 'missed', 'nightly', 'edit'])
    expect(placeOf(linkToSchedule(name).slice(2).split('/'))).toEqual({ is: 'one', name });
});

test.each([
  [undefined, { since: null, isWrong: false }],
  ['', { since: null, isWrong: false }],
  ['2026-11-26', { since: '2026-11-26', isWrong: false }],
  ['2026-11-26T02:00:00Z', { since: '2026-11-26T02:00:00Z', isWrong: false }],
  ['2026-13-26T02:00:00Z', { since: null, isWrong: true }],
  ['yesterday', { since: null, isWrong: true }],
])('missed since %s', (text, read) => expect(readSince(text)).toEqual(read));

test('what was missed, by schedule', () => {
  const missed = ['b@1', 'a@2', 'b@3'].map((key) => ({ key, schedule: key.slice(0, 1) }) as never);
  expect(groupsOf(missed).map(({ schedule, keys }) => [schedule, keys])).toEqual([
    ['b', ['b@1', 'b@3']],
    ['a', ['a@2']],
  ]);
});

test.each([
  ['a\nb\tc', 'a\nb\tc'],
  ['\u202eabc\u2066', 'abc'],
  ['\u001b[31mred\u0007', '\ufffd[31mred\ufffd'],
])('%j is shown as %j', (text, shown) => expect(harmless(text)).toBe(shown));
