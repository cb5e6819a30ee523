import { describe, expect, test } from 'vitest';
import { decideReclaim, type LastRun, type ReclaimDecision } from '../../../domain/attempt/reclaim.ts';
import type { Task } from '../../../domain/task.ts';
import { MADE_AT, NOW_MS, taskOf } from '../../support/tasks.ts';

const HEARTBEAT_TIMEOUT_MS = 15_000;
const CLOSED_MS = NOW_MS + 10_400;
const FREE_MS = CLOSED_MS + HEARTBEAT_TIMEOUT_MS;
const LATER_MS = FREE_MS + 3_600_000;
const terminated: LastRun = {
  agent: 'ada',
  createdAt: MADE_AT,
  closedAtMs: CLOSED_MS,
  inOrder: false,
  mayHaveClaimed: true,
  heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS,
};
/** `seconds` after the run was closed, by TinyTask's clock. */
const changed = (seconds: number): Partial<Task> => ({
  updatedAt: new Date(CLOSED_MS + seconds * 1_000).toISOString().replace(/\.\d+/, ''),
});

type Row = [
  name: string,
  last: LastRun | undefined,
  task: Partial<Task>,
  nowMs: number,
  decision: ReclaimDecision,
];
const LEAVE: ReclaimDecision = { do: 'leave' };
const RECLAIM: ReclaimDecision = { do: 'reclaim' };
const wait = (untilMs: number): ReclaimDecision => ({ do: 'wait', untilMs });
const rows: Row[] = [
  ['no run of ours', undefined, {}, FREE_MS, LEAVE],
  ['a run that is open', { ...terminated, closedAtMs: null }, {}, FREE_MS, LEAVE],
  ['a run that ended in order', { ...terminated, inOrder: true }, {}, FREE_MS, LEAVE],
  ['a run of an older task', { ...terminated, createdAt: '2025-01-01T00:00:00Z' }, {}, FREE_MS, LEAVE],
  ['a run of nobody knows which', { ...terminated, createdAt: null }, {}, FREE_MS, LEAVE],
  ['a run that only waited for a slot', { ...terminated, mayHaveClaimed: false }, {}, FREE_MS, LEAVE],
  ['a run that never had a slot of anybody', { ...terminated, agent: null }, {}, FREE_MS, LEAVE],
  ['the same, of a task with nobody', { ...terminated, agent: null }, { assignedTo: null }, FREE_MS, LEAVE],
  ['a task that is not working', terminated, { status: 'idle' }, FREE_MS, LEAVE],

  ['right after the end', terminated, {}, CLOSED_MS, wait(FREE_MS)],
  ['just before its processes are gone', terminated, {}, FREE_MS - 1, wait(FREE_MS)],
  ['when they are', terminated, {}, FREE_MS, RECLAIM],
  [
    'of a run with a longer timeout',
    { ...terminated, heartbeatTimeoutMs: 60_000 },
    {},
    FREE_MS,
    wait(CLOSED_MS + 60_000),
  ],

  ['changed in the second of the end', terminated, changed(0), FREE_MS, RECLAIM],
  ['changed by its dying agent, or TinyTask is 2 s ahead', terminated, changed(2), FREE_MS, RECLAIM],
  ['the same, while it may still write', terminated, changed(2), CLOSED_MS + 3_000, wait(FREE_MS)],
  ['changed at the last moment of its host', terminated, changed(15), LATER_MS, RECLAIM],
  ['changed when nothing of it lived any more', terminated, changed(16), LATER_MS, LEAVE],

  ['with another agent since', terminated, { ...changed(2), assignedTo: 'bob' }, FREE_MS, LEAVE],
  ['handed on by the run before its end', terminated, { ...changed(-5), assignedTo: 'bob' }, FREE_MS, LEAVE],
  ['with nobody', terminated, { assignedTo: null }, FREE_MS, LEAVE],
];

describe('a working task without an open run', () => {
  test.each(rows)('%s', (_, last, change, nowMs, decision) => {
    const task = taskOf(1, { status: 'working', assignedTo: 'ada', updatedAt: MADE_AT, ...change });
    expect(decideReclaim(task, last, nowMs)).toEqual(decision);
  });
});
