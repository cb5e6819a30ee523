import { describe, expect, test } from 'vitest';
import { decideReclaim, type LastRun, type ReclaimDecision } from '../../domain/reclaim.ts';
import { MADE_AT, NOW_MS, taskOf } from '../support/tasks.ts';

const HEARTBEAT_TIMEOUT_MS = 15_000;
const CLOSED_MS = NOW_MS + 10_400;
const FREE_MS = CLOSED_MS + HEARTBEAT_TIMEOUT_MS;
const terminated: LastRun = { createdAt: MADE_AT, closedAtMs: CLOSED_MS, inOrder: false };

type Row = [
  name: string,
  last: LastRun | undefined,
  updatedAt: string,
  nowMs: number,
  decision: ReclaimDecision,
];
const rows: Row[] = [
  ['no run of ours', undefined, MADE_AT, FREE_MS, { do: 'leave' }],
  ['a run that is open', { ...terminated, closedAtMs: null }, MADE_AT, FREE_MS, { do: 'leave' }],
  ['a run that ended in order', { ...terminated, inOrder: true }, MADE_AT, FREE_MS, { do: 'leave' }],
  [
    'a run of an older task with its id',
    { ...terminated, createdAt: '2025-01-01T00:00:00Z' },
    MADE_AT,
    FREE_MS,
    { do: 'leave' },
  ],
  ['a run of nobody knows which', { ...terminated, createdAt: null }, MADE_AT, FREE_MS, { do: 'leave' }],
  ['a task that was changed since', terminated, '2026-01-01T00:00:11Z', FREE_MS, { do: 'leave' }],
  ['one changed in the second of the end', terminated, '2026-01-01T00:00:10Z', FREE_MS, { do: 'reclaim' }],
  ['right after the end', terminated, MADE_AT, CLOSED_MS, { do: 'wait', untilMs: FREE_MS }],
  ['just before its processes are gone', terminated, MADE_AT, FREE_MS - 1, { do: 'wait', untilMs: FREE_MS }],
  ['when they are', terminated, MADE_AT, FREE_MS, { do: 'reclaim' }],
];

describe('a working task without an open run', () => {
  test.each(rows)('%s', (_, last, updatedAt, nowMs, decision) => {
    const task = taskOf(1, { status: 'working', assignedTo: 'ada', updatedAt });
    expect(decideReclaim(task, last, HEARTBEAT_TIMEOUT_MS, nowMs)).toEqual(decision);
  });
});
