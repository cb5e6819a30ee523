import { expect, test } from 'vitest';
import type { NotBegun, OccurrenceEnd, Trigger, WaitsFor } from '../../contract/occurrence.ts';
import type { FoundOccurrence } from '../../contract/occurrence-of-task.ts';
import { sayNotBegun, sayOccurrenceEnd, sayTimes, sayTrigger, sayWaitsFor } from '../../words/occurrence.ts';
import { sayTaskOccurrence } from '../../words/occurrence-of-task.ts';

const atMs = Date.UTC(2026, 10, 26, 2);
const workflowId = 'occurrence-nightly-2026-11-26T02:00:00Z';

// By member of each union, so that the compiler asks for them.

const NOT_BEGUN: { [W in NotBegun['why']]: [Extract<NotBegun, { why: W }>, string] } = {
  paused: [{ why: 'paused' }, 'the schedule was paused'],
  skipped: [{ why: 'skipped' }, 'a person had it left out'],
  superseded: [
    { why: 'superseded', byMs: atMs },
    'it was missed, and so was a later one, of 2026-11-26 02:00:00 UTC: only the newest begins',
  ],
  'too-late': [
    { why: 'too-late', catchUpMs: 600_000 },
    'it was missed by more than the catch-up window of 10 min',
  ],
  duplicate: [{ why: 'duplicate', workflowId }, `one of the same time has begun already: ${workflowId}`],
  finished: [{ why: 'finished' }, 'the schedule was finished'],
  'no-such-schedule': [{ why: 'no-such-schedule' }, 'there is no such schedule any more'],
  overlap: [
    { why: 'overlap', with: workflowId, sinceMs: atMs },
    `the one before it, since 2026-11-26 02:00:00 UTC, was not over: ${workflowId}`,
  ],
  replaced: [
    { why: 'replaced', by: workflowId },
    `it waited, and a newer one has taken its place: ${workflowId}`,
  ],
  'not-fired': [{ why: 'not-fired' }, 'nobody was there to start it'],
};

test.each(Object.values(NOT_BEGUN))('left out: %j', (not, says) => {
  expect(sayNotBegun(not)).toBe(says);
});

const WAITS: { [F in WaitsFor['for']]: [Extract<WaitsFor, { for: F }>, string] } = {
  'job-key': [
    { for: 'job-key', jobKey: 'backup', limit: 1, with: ['a'] },
    'as many occurrences with the job key backup are under way as may be (1): a',
  ],
  'all-schedules': [
    { for: 'all-schedules', limit: 2, with: ['a', 'b', 'c', 'd', 'e'] },
    'as many occurrences of all schedules are under way as may be (2): a, b, c and 2 more',
  ],
  overlap: [{ for: 'overlap', with: [] }, 'the one before it is not over: an earlier one'],
};

test.each(Object.values(WAITS))('waits: %j', (waits, says) => {
  expect(sayWaitsFor(waits)).toBe(says);
});

const TRIGGERS: Record<Trigger, string> = {
  plan: 'by plan',
  'run-now': 'by hand',
  backfill: 'for a time in the past, by hand',
  missed: 'for a time that was missed, by hand',
};

test.each(Object.entries(TRIGGERS))('%s', (trigger, says) => {
  expect(sayTrigger(trigger as Trigger)).toBe(says);
});

const work = { task: null, verdict: null, attempts: 0, tokens: null, log: null, agent: null };
const ENDS: Record<OccurrenceEnd['end'], [OccurrenceEnd, string]> = {
  done: [{ end: 'done', ...work }, 'done'],
  failed: [{ end: 'failed', ...work, reason: 'parked: it broke' }, 'failed: parked: it broke'],
  cancelled: [{ end: 'cancelled', ...work }, 'cancelled'],
  'left-out': [{ end: 'left-out', because: { why: 'paused' } }, 'left out, since the schedule was paused'],
};

test.each(Object.values(ENDS))('ended: %j', (ended, says) => {
  expect(sayOccurrenceEnd(ended)).toBe(says);
});

test('one line for many times', () => {
  expect(sayTimes({ plannedMs: atMs })).toBe('2026-11-26 02:00:00 UTC');
  expect(sayTimes({ plannedMs: atMs, times: 40 })).toBe('40 times up to 2026-11-26 02:00:00 UTC');
});

const working: FoundOccurrence = {
  ...{ schedule: 'nightly', plannedMs: atMs, timeZone: 'Europe/Berlin', task: 'this', phase: 'working' },
};
const WHEN = 'the occurrence of 2026-11-26 03:00 Europe/Berlin (2026-11-26 02:00:00 UTC)';

test.each<[string, Partial<FoundOccurrence> | null, string]>([
  ['its own', {}, `It is of schedule nightly: ${WHEN} goes on until the task is over.`],
  [
    'waits',
    { phase: 'waiting', waits: WAITS.overlap[0] },
    `It is of schedule nightly: ${WHEN} waits, since the one before it is not over: an earlier one.`,
  ],
  [
    'over',
    { phase: 'over', ended: ENDS.failed[0] },
    `It is of schedule nightly: ${WHEN} is over, failed: parked: it broke.`,
  ],
  ['ended from outside', { phase: 'lost' }, `It is of schedule nightly: ${WHEN} was ended from outside.`],
  [
    'of no zone that is known here',
    { timeZone: 'Mars/Olympus' },
    'It is of schedule nightly: the occurrence of 2026-11-26 02:00:00 UTC goes on until the task is over.',
  ],
  [
    'has made another one',
    { task: { another: { id: 43, createdAt: 'x' } } },
    `Its tag names ${WHEN} of schedule nightly, whose task is 43, and not this one; it goes on until the task is over.`,
  ],
  [
    'has made none',
    { task: 'none', phase: 'beginning' },
    `Its tag names ${WHEN} of schedule nightly, which has not noted a task as its own; it begins.`,
  ],
  ['unknown', null, `Its tag names ${workflowId}, of which the server knows nothing.`],
])('the occurrence of a task: %s', (_, change, says) => {
  expect(sayTaskOccurrence({ workflowId, known: change && { ...working, ...change } })).toBe(says);
});
