import fc from 'fast-check';
import Long from 'long';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileTiming } from '../../domain/schedule/compile.ts';
import type { Timing } from '../../domain/schedule/definition.ts';
import { timesOf } from '../../domain/schedule/matching-times.ts';
import { type CalendarRanges, rangesOf, type ServerSpec } from '../../domain/schedule/server-spec.ts';
import { scheduleSpec } from '../../temporal/schedule-spec.ts';
import { startLimitedServer } from '../support/limited-server.ts';

let server: Awaited<ReturnType<typeof startLimitedServer>>;
beforeAll(async () => {
  server = await startLimitedServer({});
}, 1_800_000);
afterAll(() => server?.stop());

let made = 0;
const timestamp = (ms: number) => ({ seconds: Long.fromNumber(Math.floor(ms / 1_000)), nanos: 0 });

/** The times after one moment, up to another, that the server itself gives. */
async function serversTimes(spec: ServerSpec, fromMs: number, untilMs: number): Promise<number[]> {
  const scheduleId = `s${++made}`;
  const { client } = server;
  await client.schedule.create({
    scheduleId,
    spec: scheduleSpec(spec),
    action: { type: 'startWorkflow', workflowType: 'nobodys', taskQueue: 'nobodys', args: [] },
    state: { paused: true },
  });
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    ...{ namespace: 'default', scheduleId },
    ...{ startTime: timestamp(fromMs), endTime: timestamp(untilMs) },
  });
  return (startTime ?? []).map(({ seconds, nanos }) => Number(seconds) * 1_000 + (nanos ?? 0) / 1e6);
}

const iso = (times: number[]) => times.map((ms) => new Date(ms).toISOString());

async function compare(spec: ServerSpec, fromMs: number, untilMs: number): Promise<string[]> {
  const theirs = iso(await serversTimes(spec, fromMs, untilMs));
  const ours = iso(timesOf(spec, fromMs, { untilMs }));
  expect(ours).toEqual(theirs);
  return ours;
}

/** The stretches of a few days in which clocks are changed, in spring and in autumn. */
const CHANGES: Record<string, [string, string]> = {
  'Europe/Berlin': ['2027-03-28', '2027-10-31'],
  'America/New_York': ['2027-03-14', '2027-11-07'],
  'Australia/Lord_Howe': ['2027-10-03', '2027-04-04'],
  UTC: ['2027-03-28', '2027-10-31'],
  // Midnight does not exist on the spring day, and comes twice on the autumn day.
  'America/Havana': ['2027-03-14', '2027-11-07'],
};
const DAY_MS = 86_400_000;
const around = (day: string): [number, number] => [Date.parse(day) - DAY_MS, Date.parse(day) + 2 * DAY_MS];

const cron = (text: string): Timing => ({ kind: 'cron', cron: text });
const calendar = (text: string): Timing => ({ kind: 'calendar', calendar: text });
const TIMINGS: Timing[] = [
  ...['30 0 * * *', '30 1 * * *', '15 2 * * *', '30 2 * * *', '0,20,40 0-4 * * *', '7 */2 * * *'].map(cron),
  ...['0 12 * * sun', '*/30 * * * sun,mon', '45 * * * *'].map(cron),
  calendar('every sunday 00:30, 01:45, 02:45'),
  { kind: 'every', everyMs: 5_400_000, offsetMs: 60_000 },
];

describe.each(Object.entries(CHANGES))('in %s', (timeZone, days) => {
  test.each(days)('what is due when clocks are changed on %s is what the server says', async (day) => {
    const [from, until] = around(day);
    for (const timing of TIMINGS) await compare(compileTiming({ timing, timeZone }), from, until);
  });
});

// What is told in docs and to people of these days.
test.each<[string, string, string, string[]]>([
  ['30 2 * * *', 'Europe/Berlin', '2027-03-28', ['2027-03-27T01:30', '2027-03-29T00:30']],
  ['30 1 * * *', 'Europe/Berlin', '2027-10-31', ['2027-10-30T23:30', '2027-11-01T00:30']],
  ['30 2 * * *', 'Europe/Berlin', '2027-10-31', ['2027-10-30T00:30', '2027-10-31T01:30', '2027-11-01T01:30']],
  [
    '30 1 * * *',
    'America/New_York',
    '2027-11-07',
    ['2027-11-06T05:30', '2027-11-07T05:30', '2027-11-07T06:30', '2027-11-08T06:30'],
  ],
])('%s in %s around %s', async (text, timeZone, day, times) => {
  const found = await compare(compileTiming({ timing: cron(text), timeZone }), ...around(day));
  expect(found.map((time) => time.slice(0, 16)).slice(0, times.length)).toEqual(times);
});

test('an hourly one misses no hour, although the server would in the zone itself', async () => {
  const [from, until] = around('2027-10-31');
  const spec = compileTiming({ timing: cron('*/20 * * * *'), timeZone: 'Europe/Berlin' });
  expect(await compare(spec, from, until)).toHaveLength(3 * 24 * 3);
  const inZone = await compare({ ...spec, timeZone: 'Europe/Berlin' }, from, until);
  expect(inZone).toHaveLength(3 * 24 * 3 - 6);
});

describe('days that the server does not know by name', () => {
  test.each<[string, string, string]>([
    ['last day of the month 18:00', '2027-01-01', '2028-12-31'],
    ['last weekday of the month 09:00', '2027-01-01', '2028-12-31'],
    ['first weekday of the month 09:00', '2027-01-01', '2028-12-31'],
    ['last friday of the month 09:00', '2027-01-01', '2028-12-31'],
    ['third friday of march, june 12:30', '2027-01-01', '2032-12-31'],
    ['29 february 12:00', '2027-01-01', '2101-12-31'],
    ['last day of february 12:00', '2090-01-01', '2101-12-31'],
    ['day 31 of the month 12:00', '2099-06-01', '2101-12-31'],
  ])('%s', async (text, from, until) => {
    const spec = compileTiming({ timing: calendar(text), timeZone: 'Europe/Berlin' });
    expect(await compare(spec, Date.parse(from), Date.parse(until))).not.toEqual([]);
  });
});

test('start and end count as a definition has them, and once is once', async () => {
  const [from, until] = around('2027-10-31');
  const startMs = Date.parse('2027-10-31T05:00:00.500Z');
  const endMs = Date.parse('2027-10-31T08:00:00Z');
  const bounded = compileTiming({ timing: cron('0 * * * *'), timeZone: 'UTC', startMs, endMs });
  const hours = ['2027-10-31T06:00:00.000Z', '2027-10-31T07:00:00.000Z'];
  expect(await compare(bounded, from, until)).toEqual(hours);
  const once = { kind: 'at', at: '2027-11-07 01:30:05' } as const;
  const at = compileTiming({ timing: once, timeZone: 'America/New_York' });
  expect(await compare(at, ...around('2027-11-07'))).toEqual(['2027-11-07T05:30:05.000Z']);
});

test('the times that the server tells have its jitter in them', async () => {
  const spec = compileTiming({ timing: cron('0 * * * *'), timeZone: 'UTC', jitterMs: 600_000 });
  const [from, until] = around('2027-10-31');
  const theirs = await serversTimes(spec, from, until);
  const ours = timesOf(spec, from, { untilMs: until });
  const late = theirs.map((ms, place) => ms - (ours[place] ?? 0));
  expect(late.every((ms) => ms >= 0 && ms <= 600_000)).toBe(true);
  expect(late.some((ms) => ms > 0)).toBe(true);
});

const within = (min: number, max: number) => fc.integer({ min, max });
const some = (min: number, max: number, most: number) =>
  fc.uniqueArray(within(min, max), { minLength: 1, maxLength: most }).map(rangesOf);
const ranges: fc.Arbitrary<CalendarRanges> = fc.record({
  second: fc.oneof(
    { weight: 4, arbitrary: fc.constant(rangesOf([0])) },
    { weight: 1, arbitrary: some(0, 59, 2) },
  ),
  minute: some(0, 59, 4),
  hour: some(0, 4, 4),
  dayOfMonth: fc.constant([{ from: 1, to: 31, step: 1 }]),
  month: fc.constant([{ from: 1, to: 12, step: 1 }]),
  year: fc.constantFrom([], rangesOf([2027])),
  dayOfWeek: some(0, 6, 7),
});

test('whatever the calendars are, the times are those of the server', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        place: fc.constantFrom(...Object.entries(CHANGES)),
        calendars: fc.array(ranges, { minLength: 1, maxLength: 2 }),
        skip: fc.array(ranges, { maxLength: 1 }),
        autumn: fc.boolean(),
        hours: within(0, 30),
      }),
      async ({ place: [timeZone, days], calendars, skip, autumn, hours }) => {
        const [from, until] = around(days[autumn ? 1 : 0] ?? '');
        const spec = { timeZone, calendars, skip, intervals: [], jitterMs: 0 };
        await compare(spec, from + hours * 3_600_000, until);
      },
    ),
    { numRuns: 100, seed: 20_271_031 },
  );
});
