import { describe, expect, test } from 'vitest';
import { follow, followOutcome, NO_PAST } from '../../../domain/attempt/follow.ts';
import { type Settlement, settlement } from '../../../domain/attempt/settle.ts';
import type { VerdictKind } from '../../../domain/attempt/verdict.ts';
import type { Task } from '../../../domain/task.ts';
import { MADE_AT, taskOf } from '../../support/tasks.ts';

const REF = { id: 1, createdAt: MADE_AT };
const ALL: VerdictKind[] = [
  'completed',
  'not-ours',
  'agent-failed',
  'not-verified',
  'model-unavailable',
  'misconfigured',
  'task-misconfigured',
  'not-runnable',
  'tinytask-unavailable',
  'timed-out',
  'stalled',
  'looping',
  'cancelled',
  'worker-lost',
];

interface Case {
  task: Task | undefined;
  openSubtasks?: number[];
  claimed?: boolean;
  blockingDisabled?: boolean;
}

function settle(
  { task, openSubtasks = [], claimed = true, blockingDisabled = false }: Case,
  kind: VerdictKind,
) {
  const verdict = { kind, reason: 'because' };
  return settlement({ task, ref: REF, agent: 'ada', openSubtasks, claimed, verdict, blockingDisabled });
}

const ours = (change: Partial<Task> = {}) => taskOf(1, { status: 'working', assignedTo: 'ada', ...change });
const leave = (outcome: Settlement['outcome']): Settlement => ({ write: 'nothing', outcome });

describe('what the agent or a person did to the task stands, whatever the verdict', () => {
  const rows: [name: string, found: Case, settled: Settlement][] = [
    ['deleted', { task: undefined }, leave({ task: 'gone', reason: 'the task was deleted' })],
    [
      'deleted before the claim',
      { task: undefined, claimed: false },
      leave({ task: 'gone', reason: 'the task was deleted' }),
    ],
    [
      'another task has its id',
      { task: ours({ createdAt: '2026-01-02T00:00:00Z' }) },
      leave({ task: 'gone', reason: 'another task has its id now' }),
    ],
    [
      'archived',
      { task: ours({ archivedAt: MADE_AT }) },
      leave({ task: 'gone', reason: 'the task was archived' }),
    ],
    [
      'archived when complete',
      { task: ours({ status: 'complete', archivedAt: MADE_AT }) },
      leave({ task: 'gone', reason: 'the task was archived' }),
    ],
    ['complete', { task: ours({ status: 'complete' }) }, leave({ task: 'complete', by: 'agent' })],
    [
      'complete before the claim',
      { task: ours({ status: 'complete' }), claimed: false },
      leave({ task: 'complete', by: 'agent' }),
    ],
    [
      'complete by another agent',
      { task: ours({ status: 'complete', assignedTo: 'bob' }) },
      leave({ task: 'complete', by: 'agent' }),
    ],
    [
      'moved on',
      { task: ours({ status: 'idle', assignedTo: 'bob', previousAssignedTo: 'ada' }) },
      leave({ task: 'handed-off', to: 'bob' }),
    ],
    ['taken over', { task: ours({ assignedTo: 'bob' }) }, leave({ task: 'handed-off', to: 'bob' })],
    [
      'taken before the claim',
      { task: ours({ assignedTo: 'bob' }), claimed: false },
      leave({ task: 'handed-off', to: 'bob' }),
    ],
    ['not claimed, idle', { task: ours({ status: 'idle' }), claimed: false }, leave({ task: 'untouched' })],
    [
      'not claimed, idle, with nobody',
      { task: ours({ status: 'idle', assignedTo: null }), claimed: false },
      leave({ task: 'untouched' }),
    ],
    ['not claimed, worked on under our name', { task: ours(), claimed: false }, leave({ task: 'untouched' })],
    // A lost worker may or may not have claimed it. TinyTask cannot take an assignment back, so it has not.
    [
      'perhaps claimed, but with nobody',
      { task: ours({ status: 'idle', assignedTo: null }) },
      leave({ task: 'untouched' }),
    ],
  ];
  describe.each(rows)('%s', (_, found, settled) => {
    test.each(ALL)('%s', (kind) => expect(settle(found, kind)).toEqual(settled));
  });
});

describe('a task that is still ours and working', () => {
  test('is completed after completed', () => {
    expect(settle({ task: ours() }, 'completed')).toEqual({
      write: 'complete',
      outcome: { task: 'complete', by: 'us' },
    });
  });

  test.each(ALL.filter((kind) => kind !== 'completed'))('is set back to idle after %s', (kind) => {
    const back = { write: 'idle', outcome: { task: 'returned' } };
    expect(settle({ task: ours() }, kind)).toEqual(back);
    expect(settle({ task: ours({ blockedByTaskId: 9 }), openSubtasks: [2] }, kind)).toEqual(back);
  });

  test.each<[string, Case, string]>([
    ['open subtasks', { task: ours(), openSubtasks: [2, 3] }, 'it has open subtasks (2, 3)'],
    ['an open blocker', { task: ours({ blockedByTaskId: 9 }) }, 'it is blocked by task 9'],
    ['both', { task: ours({ blockedByTaskId: 9 }), openSubtasks: [2] }, 'it has open subtasks (2)'],
  ])('is not done with %s', (_, found, reason) => {
    expect(settle(found, 'completed')).toEqual({ write: 'idle', outcome: { task: 'not-done', reason } });
  });

  test('is not done either when TinyTask has set it to idle because of its new subtask', () => {
    const split = { task: ours({ status: 'idle' }), openSubtasks: [2] };
    expect(settle(split, 'completed')).toEqual(
      leave({ task: 'not-done', reason: 'it has open subtasks (2)' }),
    );
    expect(settle(split, 'agent-failed')).toEqual(leave({ task: 'returned' }));
  });

  test('is done with a blocker that is complete, and with any where blocking is disabled', () => {
    const done = { write: 'complete' };
    expect(
      settle({ task: ours({ blockedByTaskId: 9, isCurrentlyBlocked: false }) }, 'completed'),
    ).toMatchObject(done);
    expect(settle({ task: ours({ blockedByTaskId: 9 }), blockingDisabled: true }, 'completed')).toMatchObject(
      done,
    );
  });
});

describe('an idle task that is still ours', () => {
  const idle = { task: ours({ status: 'idle' }) };
  test('was put back by its agent or a person, after completed', () => {
    expect(settle(idle, 'completed')).toEqual(leave({ task: 'put-back' }));
  });
  test.each(ALL.filter((kind) => kind !== 'completed'))('is as we would have left it, after %s', (kind) => {
    expect(settle(idle, kind)).toEqual(leave({ task: 'returned' }));
  });
});

describe('done twice, since the answer to the first write was lost', () => {
  const found: Case[] = [
    { task: ours() },
    { task: ours(), openSubtasks: [2] },
    { task: ours({ blockedByTaskId: 9 }) },
    { task: ours({ blockedByTaskId: 9 }), blockingDisabled: true },
  ];
  test.each(ALL.flatMap((kind) => found.map((each) => [kind, each] as const)))('%s of %j', (kind, each) => {
    const first = settle(each, kind);
    if (first.write === 'nothing') throw new Error('not a write');
    const again = settle({ ...each, task: ours({ ...each.task, status: first.write }) }, kind);
    expect(again.write).toBe('nothing');
    // Who completed it changes nothing of what follows.
    if (first.outcome.task === 'complete') expect(again.outcome.task).toBe('complete');
    else expect(again.outcome).toEqual(first.outcome);
  });

  test('a hundred outages park nothing', () => {
    const policy = {
      ...{ maxAttempts: 3, backOffMs: 1, backOffMaxMs: 8, maxWorkerLosses: 5, maxRunsInARow: 20 },
    };
    for (const kind of ['model-unavailable', 'misconfigured', 'tinytask-unavailable'] as const) {
      let past = NO_PAST;
      for (let outage = 1; outage <= 100; outage++) {
        const decided = follow(past, { verdict: { kind, reason: 'down' } }, policy, 0);
        const second = settle({ task: ours({ status: 'idle' }) }, kind);
        const { past: after, follow: next } = followOutcome(decided, second.outcome, policy);
        expect(next.next).not.toBe('park');
        past = after;
      }
    }
  });
});
