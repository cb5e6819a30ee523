import type { Occurrence } from '../../../contract/occurrence.ts';
import type { ScheduleCarried, ScheduleInput, ScheduleMemo } from '../../../contract/schedule.ts';
import type { Definition } from '../../../domain/schedule/definition.ts';
import type { Whole } from './whole.ts';

const T = 1_764_000_000_000;
const definition: Whole<Definition> = {
  ...{ name: 'nightly', timing: { kind: 'every', everyMs: 900_000, offsetMs: 60_000 } },
  timeZone: 'Europe/Berlin',
  work: {
    ...{ kind: 'task', title: 'Clean up {{date}}', description: 'all', queue: 'dev', agent: 'ada' },
    ...{ recipe: 'r', tags: ['t'] },
  },
  ...{ priority: 10, jobKey: 'clean', maxPerJob: 1, maxGlobal: 4, overlap: 'buffer', catchUpMs: 600_000 },
  ...{ jitterMs: 300_000, startMs: T, endMs: T + 1, remaining: 7, pauseOnFailure: 3 },
};
const waited = {
  for: 'job-key',
  jobKey: 'clean',
  limit: 1,
  with: ['occurrence-a-2025-11-24T16:00:00Z'],
} as const;
const line: Whole<Occurrence> = {
  ...{ workflowId: 'occurrence-nightly-2025-11-24T16:00:00Z', runId: '01a21620-1e76-715a-8ea2-673faa33c2ad' },
  ...{ trigger: 'plan', plannedMs: T, times: 2, number: 5, version: 3, recipeHash: 'ab12' },
  ...{ startedMs: T, enteredMs: T, waited: { ...waited, with: [...waited.with] }, endedMs: T + 5 },
  ended: {
    ...{ end: 'failed', task: { id: 42, createdAt: '2026-01-01T00:00:00Z' }, reason: 'it broke' },
    ...{ verdict: 'agent-failed', attempts: 3, tokens: 900, log: 'task_42.log', agent: 'ada' },
    links: ['https://git/a/1'],
  },
  decided: 'run',
};
const leftOut = { end: 'left-out', because: { why: 'superseded', byMs: T } } as const;
const scheduleMemo: Whole<ScheduleMemo> = {
  schedule: {
    ...{ definition, version: 3, createdMs: T, editedMs: T, by: 'ann@h', finished: true, skips: [T] },
    pause: { by: 'ann@h', note: 'looking', atMs: T, after: { badEnds: 3, reason: 'it broke' } },
  },
  now: {
    ...{ count: 5, open: 1, badInARow: 3, nextMs: T },
    last: { plannedMs: T, endedMs: T, end: 'failed', reason: 'it broke', taskId: 42 },
    problems: [
      { problem: 'did-not-fire', dueMs: T },
      { problem: 'bad-ends', inARow: 3, reason: 'it broke', paused: true },
      { problem: 'not-kept', text: 'no such zone' },
      { problem: 'missed', count: 2, newestMs: T },
    ],
  },
};
const { timing, timeZone, startMs, endMs, jitterMs, catchUpMs } = definition;
const carried: Whole<ScheduleCarried> = {
  memo: scheduleMemo,
  history: [line, { ...line, ended: leftOut }],
  totals: [{ day: '2025-11-24', done: 1, failed: 2, cancelled: 3, leftOut: 4, ms: 5, tokens: 6 }],
  ...{ auditedMs: T, remainingOf: 2, lastBad: 'it broke', didNotFireMs: T, refused: 'no such zone' },
  before: [{ untilMs: T, timed: { timing, timeZone, startMs, endMs, jitterMs, catchUpMs } }],
  pauses: [{ fromMs: T, untilMs: T + 1 }],
  days: [{ day: '2025-11-24', endsMs: T }],
};
const scheduleInput: Whole<ScheduleInput> = {
  ...{ name: 'nightly', carried },
  answers: [
    { id: 'a-1', answer: { state: 'refused', type: 'no-such-schedule', says: 'there is none' }, atMs: T },
  ],
};

export const SCHEDULE_SAMPLES = { scheduleInput };
