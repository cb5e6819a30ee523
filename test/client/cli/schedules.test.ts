import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { changedLines } from '../../../client/cli/show/schedules/changed.ts';
import { historyText } from '../../../client/cli/show/schedules/history.ts';
import { listText, type Reader } from '../../../client/cli/show/schedules/list.ts';
import { missedText } from '../../../client/cli/show/schedules/missed.ts';
import { nextText } from '../../../client/cli/show/schedules/next.ts';
import { showText } from '../../../client/cli/show/schedules/show.ts';
import { away, bothTimes } from '../../../client/cli/show/schedules/times.ts';
import {
  fieldsGiven,
  type GivenOptions,
  readDefinition,
} from '../../../client/cli/tell/schedules/given-fields.ts';
import { momentIn } from '../../../client/cli/tell/schedules/times.ts';
import { jsonText } from '../../../client/json/json-text.ts';
import { historyJson } from '../../../client/json/schedules/history.ts';
import { listJson } from '../../../client/json/schedules/list.ts';
import { missedJson, missedKey } from '../../../client/json/schedules/missed.ts';
import { showJson } from '../../../client/json/schedules/show.ts';
import { startedJson } from '../../../client/json/schedules/started.ts';
import { scheduleLine } from '../../../client/schedules/schedule-line.ts';
import type { Surroundings } from '../../../client/schedules/surroundings.ts';
import type { OccurrenceEnd, WaitsFor } from '../../../contract/occurrence.ts';
import type { HistoryLine, ScheduleMemo, ScheduleShown, SeenOccurrence } from '../../../contract/schedule.ts';
import type { Definition, Work } from '../../../domain/schedule/definition.ts';
import { expectHarmless, expectHarmlessJson, HOSTILE } from '../../support/hostile-texts.ts';

const NOW_MS = Date.UTC(2026, 10, 26, 12);
const HOUR_MS = 3_600_000;
const BERLIN = 'Europe/Berlin';
const reader: Reader = { nowMs: NOW_MS, ownZone: 'UTC', across: undefined };

const definition: Definition = {
  ...{ name: 'nightly', timing: { kind: 'cron', cron: '0 3 * * *' }, timeZone: BERLIN, priority: 10 },
  ...{ work: { kind: 'task', title: 'Clean up', queue: 'dev' }, overlap: 'skip', catchUpMs: 600_000 },
  jitterMs: 0,
};

function memoOf(
  change: Partial<ScheduleMemo['schedule']> = {},
  now: Partial<ScheduleMemo['now']> = {},
): ScheduleMemo {
  const made = { createdMs: NOW_MS - 48 * HOUR_MS, editedMs: NOW_MS - HOUR_MS, version: 3, by: 'ada@box' };
  return { schedule: { definition, ...made, ...change }, now: { count: 4, open: 1, badInARow: 0, ...now } };
}
const lineOf = (...memo: Parameters<typeof memoOf>) => scheduleLine(memoOf(...memo), NOW_MS, 10);
const [NEXT = 0] = lineOf().nextMs;

describe('times', () => {
  test.each([
    [NEXT, BERLIN, 'Fri 2026-11-27 03:00 +01:00 (here 02:00)'],
    [NEXT, 'UTC', 'Fri 2026-11-27 02:00 UTC'],
    [Date.UTC(2026, 10, 26, 23, 30), BERLIN, 'Fri 2026-11-27 00:30 +01:00 (here Thu 2026-11-26 23:30)'],
    [
      Date.UTC(2026, 6, 1, 2, 0, 5),
      'America/New_York',
      'Tue 2026-06-30 22:00:05 -04:00 (here Wed 2026-07-01 02:00:05)',
    ],
    // Of a newer version, or another host: better than nothing.
    [NEXT, 'Mars/Olympus', 'Fri 2026-11-27 02:00 UTC'],
  ])('%i in %s', (ms, zone, both) => expect(bothTimes(ms, zone, 'UTC')).toBe(both));

  test.each([
    [5_000, 'in 5 s'],
    [-5_000, '5 s ago'],
    [47 * HOUR_MS, 'in 47 h 0 min'],
    [49 * HOUR_MS, 'in 2 days'],
    [-240 * HOUR_MS, '10 days ago'],
  ])('%i ms away', (byMs, says) => expect(away(NOW_MS + byMs, NOW_MS)).toBe(says));

  test.each([
    ['2026-11-26 03:00', NEXT - 24 * HOUR_MS],
    ['2026-11-26T03:00', NEXT - 24 * HOUR_MS],
    ['2026-11-26T02:00:00Z', NEXT - 24 * HOUR_MS],
    ['2026-11-26', Date.UTC(2026, 10, 25, 23)],
  ])('%s as it is typed', (text, ms) => expect(momentIn(text, BERLIN, '--from')).toBe(ms));

  test.each(['yesterday', '2026-02-30', '2026-03-29 02:30', ''])('%j is refused', (text) => {
    expect(() => momentIn(text, BERLIN, '--from')).toThrow(/^--from: /);
  });
});

describe('the list', () => {
  const last = { plannedMs: NEXT - 24 * HOUR_MS, endedMs: NOW_MS - 2 * HOUR_MS, end: 'failed' as const };
  test.each([
    ['as it is', lineOf(), ['active', 'Fri 2026-11-27 03:00 +01:00 (here 02:00), in 14 h 0 min', '-', '1']],
    [
      'after an end',
      lineOf({}, { last, open: 0 }),
      ['active', expect.any(String), 'failed 2 h 0 min ago', '0'],
    ],
    [
      'paused',
      lineOf({ pause: { atMs: 1 } }),
      ['paused', 'not at Fri 2026-11-27 03:00 +01:00 (here 02:00)', '-', '1'],
    ],
    [
      'left out',
      lineOf({ skips: [NEXT] }),
      ['active', 'Fri 2026-11-27 03:00 +01:00 (here 02:00), left out', '-', '1'],
    ],
    ['finished', lineOf({ finished: true }), ['finished', '-', '-', '1']],
    [
      'in trouble',
      lineOf({}, { problems: [{ problem: 'bad-ends', inARow: 3, reason: 'x' }] }),
      ['active, in trouble', expect.any(String), '-', '1'],
    ],
  ])('%s', (_, line, cells) => {
    const [, row = ''] = listText({ schedules: [line], cursor: null }, reader).split('\n');
    expect(row.split(/ {2,}/).slice(0, 5)).toEqual(['nightly', ...cells]);
  });

  test('none, and more', () => {
    expect(listText({ schedules: [], cursor: null }, reader)).toMatch(
      /^There is no schedule\. .*schedule create/,
    );
    expect(listText({ schedules: [lineOf()], cursor: 'abc' }, reader)).toMatch(
      /schedule list --after abc` goes on/,
    );
  });

  test('as JSON', () => {
    const json = listJson({ schedules: [lineOf({ skips: [NEXT] }, { last })], cursor: 'abc' });
    expect(json).toMatchObject({
      cursor: 'abc',
      schedules: [
        {
          ...{ name: 'nightly', state: 'active', version: 3, by: 'ada@box', pause: null, count: 4, open: 1 },
          definition: {
            cron: '0 3 * * *',
            timezone: BERLIN,
            title: 'Clean up',
            queue: 'dev',
            priority: 'high',
          },
          left_out: ['2026-11-27T02:00:00.000Z'],
          last: { end: 'failed', task_id: null },
        },
      ],
    });
  });
});

test('the next times: what is left out, how many remain, nothing, and a timing that cannot be read here', () => {
  const lines = nextText(lineOf({ skips: [NEXT] }), 3, reader).split('\n');
  expect(lines).toEqual([
    'It is due next:',
    '  Fri 2026-11-27 03:00 +01:00 Europe/Berlin (02:00 UTC), left out',
    '  Sat 2026-11-28 03:00 +01:00 Europe/Berlin (02:00 UTC), in 38 h 0 min',
    '  Sun 2026-11-29 03:00 +01:00 Europe/Berlin (02:00 UTC), in 2 days',
  ]);
  expect(
    nextText(lineOf({ definition: { ...definition, remaining: 2 } }), 10, reader).split('\n'),
  ).toHaveLength(3);
  const last = lineOf({ definition: { ...definition, remaining: 1 }, skips: [NEXT] });
  expect(nextText(last, 10, reader).split('\n')).toEqual([
    'It is due next:',
    '  Fri 2026-11-27 03:00 +01:00 Europe/Berlin (02:00 UTC), left out',
    '  Sat 2026-11-28 03:00 +01:00 Europe/Berlin (02:00 UTC), in 38 h 0 min',
  ]);
  expect(nextText(lineOf({ pause: { atMs: 1 } }), 1, reader)).toMatch(
    /^It would be due next, but it is paused:\n/,
  );
  expect(nextText(lineOf({ finished: true }), 10, reader)).toBe('Nothing of it is due any more.');
  const over = { ...definition, endMs: NOW_MS - 1 };
  expect(nextText(lineOf({ definition: over }), 10, reader)).toBe('Nothing of it is due any more.');
  const newer = { ...definition, timeZone: 'Mars/Olympus' };
  expect(nextText(lineOf({ definition: newer }), 10, reader)).toMatch(
    /^When it is due cannot be told here: /,
  );
});

test('both changes of the clocks are named', () => {
  const spring = { ...reader, nowMs: Date.UTC(2027, 2, 26, 12) };
  const at = { ...definition, timing: { kind: 'cron', cron: '30 2 * * *' } as const };
  const line = scheduleLine(memoOf({ definition: at }), spring.nowMs, 10);
  const text = nextText(line, 4, spring);
  expect(text).toMatch(/2027-03-27 02:30 \+01:00/);
  expect(text).toMatch(/2027-03-28 02:30 does not exist: .* \(spring\)/);
  const autumn = { ...reader, nowMs: Date.UTC(2027, 9, 29, 12) };
  expect(nextText(scheduleLine(memoOf({ definition: at }), autumn.nowMs, 10), 4, autumn)).toMatch(/twice/);
});

const done: OccurrenceEnd = {
  ...{ end: 'done', task: { id: 42, createdAt: 'x' }, verdict: 'completed', attempts: 2, tokens: 12_345 },
  ...{ log: 'task_42.log', agent: 'vaela' },
};
const historyLine = (change: Partial<SeenOccurrence> = {}): HistoryLine => ({
  ...{ schedule: 'nightly', workflowId: 'occurrence-nightly-2026-11-26T02:00:00Z', trigger: 'plan' },
  ...{ plannedMs: NEXT - 24 * HOUR_MS, number: 4, version: 3, timeZone: BERLIN, jitterMs: 0 },
  ...change,
});
const startedMs = NEXT - 24 * HOUR_MS + 400;

describe('the history', () => {
  test.each<[Partial<SeenOccurrence>, string[]]>([
    [
      { startedMs, endedMs: startedMs + 90_000, ended: done },
      ['in time', 'by plan', '42', '1 min', '2', '12,345', 'task_42.log', 'done'],
    ],
    [
      { startedMs, endedMs: startedMs + 90_000, ended: { ...done, links: ['https://git/7', '/srv/r.md'] } },
      ['in time', 'by plan', '42', '1 min', '2', '12,345', 'task_42.log', 'done; https://git/7 /srv/r.md'],
    ],
    [
      {
        startedMs,
        endedMs: startedMs + 5_000,
        ended: { ...done, end: 'failed', reason: 'no model', tokens: null },
      },
      ['in time', 'by plan', '42', '5 s', '2', '?', 'task_42.log', 'failed: no model'],
    ],
    [
      { startedMs, enteredMs: startedMs + 60_000, waited: { for: 'overlap', with: ['o'] } },
      [
        '1 min later',
        'by plan',
        '-',
        '10 h 0 min',
        '-',
        '-',
        '-',
        'under way (waited 1 min, since the one before it is not over: o)',
      ],
    ],
    [
      { startedMs, underWay: { taskId: null, waits: { for: 'overlap', with: ['o'] } } },
      [
        'in time',
        'by plan',
        '-',
        '10 h 0 min',
        '-',
        '-',
        '-',
        'waits, since the one before it is not over: o',
      ],
    ],
    [
      { startedMs, underWay: { taskId: 7, waits: null } },
      ['in time', 'by plan', '7', '10 h 0 min', '-', '-', '-', 'under way'],
    ],
    [
      { startedMs, endedMs: startedMs, ended: { end: 'left-out', because: { why: 'paused' } } },
      ['-', 'by plan', '-', '-', '-', '-', '-', 'left out, since the schedule was paused'],
    ],
    [
      { ended: { end: 'left-out', because: { why: 'not-fired' } }, endedMs: startedMs, decided: 'run' },
      [
        '-',
        'by plan',
        '-',
        '-',
        '-',
        '-',
        '-',
        'left out, since nobody was there to start it; it was run by hand later',
      ],
    ],
    [
      {
        trigger: 'run-now',
        startedMs,
        ended: { ...done, end: 'cancelled', log: null, task: null },
        endedMs: startedMs,
      },
      ['in time', 'by hand', '-', '0 s', '2', '12,345', '-', 'cancelled'],
    ],
  ])('%j', (change, cells) => {
    const [, row = ''] = historyText([historyLine(change)], reader, { named: true }).split('\n');
    expect(row.split(/ {2,}/)).toEqual(['Thu 2026-11-26 03:00 +01:00 (here 02:00)', ...cells]);
  });

  test('one that its schedule moves by chance is late by that, and not since nobody was there', () => {
    const line = historyLine({ startedMs: startedMs + 60_000 });
    const late = (jitterMs: number) => historyText([{ ...line, jitterMs }], reader, { named: true });
    expect(late(0)).toMatch(/under way \(nobody was there to start it for 1 min\)$/);
    expect(late(300_000)).toMatch(/under way \(moved by 1 min, by chance\)$/);
    expect(historyJson([{ ...line, jitterMs: 300_000 }])).toMatchObject({
      occurrences: [{ why_late: 'moved by 1 min, by chance' }],
    });
  });

  test('of several schedules, of many times, and of nothing', () => {
    const how = { named: false };
    const [head, row] = historyText([historyLine({ times: 7 })], reader, how).split('\n');
    expect(head).toMatch(/^SCHEDULE +PLANNED/);
    expect(row).toMatch(/^nightly +7 times up to Thu 2026-11-26 03:00/);
    expect(historyText([], reader, how)).toBe('Nothing like that has happened, as far as is kept.');
  });

  test('as JSON', () => {
    const late = startedMs + 60_000;
    expect(historyJson([historyLine({ startedMs: late, endedMs: late + 2_500, ended: done })])).toEqual({
      occurrences: [
        {
          ...{ schedule: 'nightly', workflow_id: 'occurrence-nightly-2026-11-26T02:00:00Z', run_id: null },
          ...{ trigger: 'plan', planned: '2026-11-26T02:00:00.000Z', times: 1, number: 4, version: 3 },
          ...{ recipe_hash: null, started: '2026-11-26T02:01:00.400Z', entered: null },
          ...{
            ended: '2026-11-26T02:01:02.900Z',
            late_seconds: 60.4,
            end: 'done',
            waits: null,
            left_out: null,
          },
          why_late: 'nobody was there to start it for 1 min',
          ...{ task_id: 42, agent: 'vaela', verdict: 'completed', reason: null, attempts: 2, tokens: 12_345 },
          ...{ log: 'task_42.log', links: null, decided: null, seconds: 2.5 },
        },
      ],
    });
  });
});

test('what was missed: its key is what --run takes', () => {
  const plannedMs = NEXT - 24 * HOUR_MS;
  const line = {
    ...{ schedule: 'nightly', timeZone: BERLIN, plannedMs },
    times: 3,
    because: { why: 'too-late', catchUpMs: 600_000 },
  } as const;
  const [, row = ''] = missedText([line], reader).split('\n');
  expect(row.split(/ {2,}/)).toEqual([
    ...['nightly', '3 times up to Thu 2026-11-26 03:00 +01:00 (here 02:00)', 'nightly@2026-11-26T02:00:00Z'],
    'it was missed by more than the catch-up window of 10 min',
  ]);
  expect(momentIn(missedKey('nightly', plannedMs).slice('nightly@'.length), BERLIN, '--run')).toBe(plannedMs);
  expect(missedJson([line])).toMatchObject({
    missed: [{ why: 'too-late', key: 'nightly@2026-11-26T02:00:00Z' }],
  });
  expect(missedText([], reader)).toBe('Nothing was missed that nobody has decided about.');
});

test.each([
  [{ cron: '0 3 * * *' }, { cron: '0 4 * * *' }, ['  cron: 0 3 * * * → 0 4 * * *']],
  [{ end: 'x' }, {}, ['  end: x → (none)']],
  [{ tags: ['a'] }, { tags: ['a', 'b'] }, ['  tags: a → a, b']],
  [{ cron: 'a', title: 't' }, { every: '5m', title: 't' }, ['  cron: a → (none)', '  every: (none) → 5m']],
  [{ max_per_job: '1' }, { max_per_job: '2' }, ['  max per job: 1 → 2']],
  [{ title: 't' }, { title: 't' }, []],
])('what an edit changed: %j to %j', (before, after, lines) => {
  expect(changedLines(before, after)).toEqual(lines);
});

describe('what is given', () => {
  const dir = mkdtempSync(join(tmpdir(), 'given-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const file = (name: string, text: string | Buffer) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const around: Surroundings = {
    ...{ nowMs: NOW_MS, timeZone: BERLIN, loopIntervalMs: 60_000, agents: ['ada'], queues: ['dev'] },
    recipe: async () => undefined,
    program: async () => undefined,
  };
  const read = (options: GivenOptions) =>
    readDefinition('create', { ...fieldsGiven(options), name: 'n' }, around);
  const least = { cron: '0 3 * * *', title: 't', queue: 'dev' };

  test.each<[GivenOptions, Partial<Definition>]>([
    [least, { timeZone: BERLIN, overlap: 'skip', priority: 0 }],
    [{ ...least, pauseOnFailure: true }, { pauseOnFailure: 3 }],
    [
      { ...least, start: '2026-12-01', end: '2027-01-01 12:00' },
      { startMs: Date.UTC(2026, 10, 30, 23), endMs: Date.UTC(2027, 0, 1, 11) },
    ],
    [
      { ...least, pauseOnFailure: '5', maxPerJob: '2', maxGlobal: '4', jobKey: 'k' },
      { pauseOnFailure: 5, maxPerJob: 2, maxGlobal: 4, jobKey: 'k' },
    ],
    [{ ...least, tag: ['a', 'b'] }, { work: { kind: 'task', title: 't', queue: 'dev', tags: ['a', 'b'] } }],
    [
      { ...least, descriptionFile: file('good.md', 'line 1\nline 2\n') },
      {
        work: {
          kind: 'task',
          title: 't',
          queue: 'dev',
          description: expect.stringMatching(/^line 1\nline 2/),
        },
      },
    ],
    [
      { every: '1h', command: 'clean.sh', arg: ['--all', ''] },
      { work: { kind: 'command', command: 'clean.sh', args: ['--all', ''] } },
    ],
  ])('%j', async (options, part) => expect((await read(options)).definition).toMatchObject(part));

  test.each<[GivenOptions, RegExp]>([
    [
      { ...least, description: 'x', descriptionFile: 'y' },
      /^give --description or --description-file, not both$/,
    ],
    [{ ...least, descriptionFile: join(dir, 'none') }, /^--description-file: .*none" cannot be read: ENOENT/],
    [{ ...least, descriptionFile: dir }, /cannot be read: EISDIR/],
    [{ ...least, descriptionFile: file('large', Buffer.alloc(200_001, 'x')) }, /has 200001 bytes, too many$/],
    [{ ...least, descriptionFile: file('bytes', Buffer.from([0xff, 0xfe])) }, /is no text in UTF-8$/],
  ])('%j is refused', async (options, says) => {
    await expect(async () => read(options)).rejects.toThrow(says);
  });

  test('all problems at once, each by the name of its option', async () => {
    const bad = {
      cron: '0 3 * * *',
      every: '1h',
      priority: 'hihg',
      maxPerJob: '0',
      arg: ['x'],
      overlap: 'skipp',
    };
    const error = await read(bad).catch((thrown: Error) => thrown);
    expect((error as Error).message.split('\n')).toEqual([
      'schedule create: nothing was done',
      expect.stringContaining('--cron and --every both say when it is due'),
      expect.stringContaining('--arg: only a program has arguments: give --command, too'),
      expect.stringContaining('give --title for a task, or --command for a program'),
      expect.stringContaining('--priority is "hihg"'),
      expect.stringContaining('--overlap is "skipp"'),
      expect.stringContaining('--max-per-job is "0"'),
    ]);
  });
});

test('what a run-now started, as JSON', () => {
  const nothing = { occurrence: 'o', taskId: null, waits: null, leftOut: null, ended: null };
  expect(startedJson({ ...nothing, taskId: 42 }, done)).toEqual({
    ...{ occurrence: 'o', task_id: 42, waits: null, left_out: null, end: 'done', says: 'done' },
  });
  expect(startedJson({ ...nothing, leftOut: { why: 'paused' } }, null)).toMatchObject({
    left_out: { why: 'paused', says: 'the schedule was paused' },
    end: null,
  });
  const failed = { ...done, end: 'failed' as const, reason: 'x' };
  expect(startedJson({ ...nothing, ended: failed }, null)).toMatchObject({
    end: 'failed',
    says: 'failed: x',
  });
});

describe('texts of others', () => {
  test.each(Object.entries(HOSTILE))('%s', (_, text) => {
    const works: Work[] = [
      { kind: 'task', title: text, description: text, queue: text, agent: text, recipe: text, tags: [text] },
      { kind: 'command', command: text, args: [text, text], title: text },
    ];
    const waited: WaitsFor = { for: 'job-key', jobKey: text, limit: 1, with: [text] };
    const ends: OccurrenceEnd[] = [
      { ...done, end: 'failed', reason: text, log: text, agent: text, links: [text] },
      { end: 'left-out', because: { why: 'overlap', with: text, sinceMs: 1 } },
    ];
    const because = { why: 'duplicate', workflowId: text } as const;
    for (const work of works) {
      const when = { timing: { kind: 'calendar', calendar: text }, timeZone: text } as const;
      const pause = { atMs: 1, by: text, note: text, after: { badEnds: 1, reason: text } };
      const memo = memoOf(
        { definition: { ...definition, ...when, name: text, work, jobKey: text }, by: text, pause },
        {
          last: { plannedMs: 1, endedMs: 1, end: 'failed', reason: text },
          problems: [
            { problem: 'bad-ends', inARow: 3, reason: text },
            { problem: 'not-kept', text },
          ],
        },
      );
      const line = scheduleLine(memo, NOW_MS, 10);
      const history = ends.map((ended) => ({
        ...historyLine({ workflowId: text, waited, ended, startedMs: 1 }),
        ...{ schedule: text, timeZone: text },
      }));
      const shown: ScheduleShown = { ...line, history, totals: [], inForce: false };
      for (const across of [undefined, 40]) {
        const here = { ...reader, across };
        expectHarmless(listText({ schedules: [line], cursor: 'abc' }, here));
        expectHarmless(showText(shown, here));
        expectHarmless(historyText(history, here, { named: false }));
        const missed = [{ schedule: text, timeZone: text, plannedMs: 1, times: 1, because }];
        expectHarmless(missedText(missed, here));
      }
      expectHarmlessJson(jsonText(showJson(shown)));
    }
  });
});
