import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ScheduleEvent } from '../../../activities/schedule-events.ts';
import type { WaitsFor } from '../../../contract/occurrence.ts';
import type { Line } from '../../../workers/log/line.ts';
import { Log } from '../../../workers/log/log.ts';

const MINUTE_MS = 60_000;
const plannedMs = new Date(2026, 0, 31, 3).getTime();

let lines: Line[];
let log: Log;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 0, 31, 12) });
  lines = [];
  log = new Log([{ level: 'INFO', to: (line) => lines.push(line) }]);
});
afterEach(() => {
  vi.useRealTimers();
});

/** The lines since the last call, as `LEVEL text`. */
function said(...events: ScheduleEvent[]): string[] {
  for (const event of events) log.tell(event);
  return lines.splice(0).map(({ level, text }) => `${level} ${text}`);
}

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

const of = { schedule: 'nightly', occurrence: 'occurrence-nightly-2026-01-31T02:00:00Z' };

test('an occurrence from its beginning to its end', () => {
  const look = { state: 'complete', attempts: 1 } as const;
  expect(
    said(
      { what: 'occurrence-began', ...of, plannedMs, trigger: 'plan', number: 7, version: 2 },
      { what: 'occurrence-task', ...of, taskId: 42 },
      { what: 'occurrence-over', ...of, taskId: 42, look, calledOff: false },
    ),
  ).toEqual([
    `INFO Schedule nightly: occurrence 7 of 2026-01-31T03:00:00, by plan, begins; version 2, ${of.occurrence}`,
    `INFO Schedule nightly: task 42 is made by ${of.occurrence}`,
    `INFO Schedule nightly: ${of.occurrence} is done; task 42, 1 attempt`,
  ]);
});

test('its lines are found by schedule, occurrence and task', () => {
  log.tell({ what: 'occurrence-task', ...of, taskId: 42 });
  expect(lines[0]?.fields).toEqual({ ...of, taskId: 42 });
});

test.each<[string, ScheduleEvent, string]>([
  [
    'parked',
    {
      ...{ what: 'occurrence-over', ...of, taskId: 42, calledOff: false },
      look: { state: 'parked', reason: 'attempt 3 of 3 failed', attempts: 3 },
    },
    `WARNING Schedule nightly: ${of.occurrence} ended badly: attempt 3 of 3 failed; task 42, 3 attempts`,
  ],
  [
    'called off',
    {
      ...{ what: 'occurrence-over', ...of, taskId: 42, calledOff: true },
      look: { state: 'gone', reason: 'cancelled by hand', attempts: 1 },
    },
    `INFO Schedule nightly: ${of.occurrence} is called off: cancelled by hand; task 42, 1 attempt`,
  ],
  [
    'left out',
    { what: 'occurrence-left-out', ...of, plannedMs, because: { why: 'skipped' } },
    `INFO Schedule nightly: the occurrence of 2026-01-31T03:00:00 is left out: a person had it left out; ${of.occurrence}`,
  ],
  [
    'missed',
    { what: 'occurrence-left-out', ...of, plannedMs, because: { why: 'too-late', catchUpMs: 600_000 } },
    `WARNING Schedule nightly: the occurrence of 2026-01-31T03:00:00 is left out: it was missed by more than the catch-up window of 10 min; ${of.occurrence}`,
  ],
])('%s', (_, event, says) => {
  expect(said(event)).toEqual([says]);
});

test('why one waits is said once, although it asks each minute', () => {
  const waits: WaitsFor = { for: 'overlap', with: ['occurrence-nightly-2026-01-30T02:00:00Z'] };
  const event = { what: 'occurrence-waits', ...of, waits } as const;
  expect(said(event)).toEqual([
    `INFO Schedule nightly: ${of.occurrence} waits: the one before it is not over: occurrence-nightly-2026-01-30T02:00:00Z`,
  ]);
  pass(MINUTE_MS);
  expect(said({ ...event, occurrence: 'another' })).toHaveLength(1);
  expect(said(event)).toEqual([]);
  expect(said({ ...event, waits: { for: 'all-schedules', limit: 1, with: [] } })).toHaveLength(1);
});

test('that one is refused is said once while it lasts', () => {
  const kept = { what: 'schedule-kept', schedule: 'nightly', wanted: 'active', nextMs: [plannedMs] } as const;
  const refused = { ...kept, nextMs: [], refused: 'invalid spec' };
  expect(said(refused)).toEqual([
    'ERROR Schedule nightly is not in force: the Temporal server does not take it: invalid spec',
  ]);
  pass(MINUTE_MS);
  expect(said(refused)).toEqual([]);
  expect(said(kept)).toEqual(['INFO Schedule nightly is in force; due next at 2026-01-31T03:00:00']);
  expect(said(refused)).toHaveLength(1);
});

test.each([
  ['paused', 'paused'],
  ['absent', 'taken out of the Temporal server: nothing of it is to come'],
] as const)('%s', (wanted, says) => {
  expect(said({ what: 'schedule-kept', schedule: 'nightly', wanted, nextMs: [] })).toEqual([
    `INFO Schedule nightly is ${says}`,
  ]);
});
