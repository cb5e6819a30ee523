import { describe, expect, test } from 'vitest';
import type { AttemptResult } from '../../contract/run.ts';
import type { Follow } from '../../domain/attempt/follow.ts';
import type { Outcome } from '../../domain/attempt/settle.ts';
import type { VerdictKind } from '../../domain/attempt/verdict.ts';
import { type AttemptStory, sayAttempt } from '../../words/attempt.ts';
import { MADE_AT } from '../support/tasks.ts';

const result = (kind: VerdictKind, change: Partial<AttemptResult> = {}): AttemptResult => ({
  verdict: { kind, reason: 'it broke' },
  claimed: true,
  log: 'task_1.log',
  host: 'box',
  seconds: 1,
  turns: 1,
  tokens: null,
  ...change,
});
const RETURNED: Outcome = { task: 'returned' };
const END: Follow = { next: 'end' };
const BACK_OFF: Follow = { next: 'back-off', untilMs: Date.UTC(2026, 0, 1, 12, 30, 5) };
const PARK: Follow = { next: 'park', reason: 'attempt 3 of 3 failed: it broke' };

function say(kind: VerdictKind, outcome: Outcome, follow: Follow, change: Partial<AttemptResult> = {}) {
  const story: AttemptStory = {
    task: { id: 42, createdAt: MADE_AT },
    number: 7,
    used: 2,
    maxAttempts: 3,
    result: result(kind, change),
    outcome,
    follow,
  };
  return sayAttempt(story);
}

describe('what is said', () => {
  test('a failure: how many are left, why, the log, and when it runs again', () => {
    expect(say('agent-failed', RETURNED, BACK_OFF)).toBe(
      'Attempt 7 failed (2 of 3): it broke. Log: task_1.log on box. Part of the work may be done. It runs again at 2026-01-01 12:30:05 UTC.',
    );
  });

  test('without a log or a claim neither is spoken of', () => {
    expect(say('worker-lost', RETURNED, { next: 'again' }, { log: null, claimed: false })).toBe(
      'Attempt 7 was cut short, which is not counted: it broke. It runs again.',
    );
  });

  test('an agent that cannot run', () => {
    expect(say('tinytask-unavailable', RETURNED, BACK_OFF)).toMatch(/not counted: .* It runs again at /);
    expect(say('model-unavailable', RETURNED, END)).toBe(
      'Attempt 7 could not be carried out, which is not counted: it broke. Log: task_1.log on box. It runs again when that is mended.',
    );
  });

  test.each<Outcome>([RETURNED, { task: 'put-back' }, { task: 'untouched' }])(
    'parked ($task): why, and how to retry',
    (outcome) => {
      expect(say('agent-failed', outcome, PARK)).toBe(
        'Parked: attempt 3 of 3 failed: it broke. Log: task_1.log on box. To run it again: tinyscheduler retry 42.',
      );
    },
  );

  test('an agent that split its work', () => {
    expect(say('completed', { task: 'not-done', reason: 'it has open subtasks (2)' }, END)).toBe(
      'The agent ended well, but the task is not complete: it has open subtasks (2). It is idle again. Log: task_1.log on box.',
    );
  });
});

describe('what needs no word', () => {
  test.each<[VerdictKind, Outcome, Follow]>([
    ['completed', { task: 'complete', by: 'us' }, END],
    ['completed', { task: 'put-back' }, END],
    ['agent-failed', { task: 'put-back' }, BACK_OFF],
    ['misconfigured', { task: 'untouched' }, END],
  ])('%s, %j, %j', (kind, outcome, follow) => {
    expect(say(kind, outcome, follow)).toBeUndefined();
  });

  test.each<Outcome>([
    { task: 'complete', by: 'agent' },
    { task: 'handed-off', to: 'bob' },
    { task: 'gone', reason: 'the task was archived' },
  ])('a task that is no longer the run’s is not said to be parked: %j', (outcome) => {
    expect(say('agent-failed', outcome, PARK)).toBeUndefined();
  });
});

describe('what was verified', () => {
  const verified = { program: 'npm', seconds: 12.3, log: 'task_1-verify.log', lines: ['2 failed', '  <b>'] };
  const lines = '\n\nThe last lines of npm:\n\n    2 failed\n      <b>';

  test('and completed: how, and its last lines', () => {
    expect(say('completed', { task: 'complete', by: 'us' }, END, { verified })).toBe(
      `Verified: npm exited with code 0 after 12.3 s. Log: task_1.log, task_1-verify.log on box.${lines}`,
    );
  });

  test('and did not succeed: as any failure, with its last lines', () => {
    expect(say('not-verified', RETURNED, BACK_OFF, { verified })).toBe(
      `Attempt 7 failed (2 of 3): it broke. Log: task_1.log, task_1-verify.log on box. Part of the work may be done. It runs again at 2026-01-01 12:30:05 UTC.${lines}`,
    );
    expect(say('not-verified', RETURNED, PARK, { verified })).toMatch(
      /^Parked: .*retry 42\.\n\nThe last lines/,
    );
  });

  test('after somebody had completed it: that it stays complete', () => {
    expect(
      say('not-verified', { task: 'complete', by: 'agent' }, END, { verified: { ...verified, lines: [] } }),
    ).toBe(
      'The task was completed before its work was verified, and that failed: it broke. It stays complete, since TinyTask does not say who completed it; set it to idle to have it done again. Log: task_1.log, task_1-verify.log on box.',
    );
  });

  test('and is somebody else’s now: nothing', () => {
    expect(say('not-verified', { task: 'handed-off', to: 'sage' }, BACK_OFF, { verified })).toBeUndefined();
    expect(say('cancelled', { task: 'complete', by: 'agent' }, END, { verified })).toBeUndefined();
  });
});
