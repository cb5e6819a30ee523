import { expect, test } from 'vitest';
import type { EndedRun, PoolStatus } from '../../contract/listings.ts';
import { sayEndedRun } from '../../words/ended-run.ts';
import { sayAttemptEnd, sayLogNews } from '../../words/log-news.ts';
import { sayPool } from '../../words/pool.ts';
import { attemptOf } from '../support/attempts.ts';

const verdict = { kind: 'agent-failed', reason: 'no answer' } as const;
const attempt = attemptOf({ number: 2, verdict, seconds: 61 });
const ended: EndedRun = {
  ...{ taskId: 7, runId: 'r', agent: 'ada', queue: 'dev', pool: 'dev', startedAtMs: 0, endedAtMs: 1 },
  ...{ how: 'by-itself', end: 'complete', verdict: null, attempts: [attempt] },
};

test.each<[Partial<EndedRun>, string]>([
  [{ verdict: { kind: 'completed', reason: 'done' } }, 'completed, done; the task is complete'],
  [{ verdict, end: 'returned' }, 'agent-failed, no answer; the task was idle again'],
  [{ verdict, end: 'handed-off' }, 'agent-failed, no answer; somebody else has the task'],
  [{}, 'the task is complete; how its last attempt ended is not known'],
  [{ end: 'gone', attempts: [] }, 'the task is gone; without an attempt'],
  [{ end: 'left-line', attempts: [] }, 'left the line before it started'],
  [{ how: 'terminated', end: null, verdict }, 'agent-failed, no answer; its run was ended from outside'],
  [{ how: 'timed-out', end: null }, 'the server ended its run: its time was over'],
  [
    { end: null, attempts: null },
    'what became of the task is not known; how its last attempt ended is not known',
  ],
])('a run with %j', (change, says) => {
  expect(sayEndedRun({ ...ended, ...change })).toBe(says);
});

const deed = { did: 'pause', by: 'ann', note: 'noise', atMs: 0 } as const;
test.each<[Partial<PoolStatus>, string]>([
  [{ agents: ['a'], limit: 1, paused: false }, 'open'],
  [{ agents: ['a'], limit: 0, paused: false }, 'no slots'],
  [{ agents: ['a'], limit: 1, paused: true }, 'paused'],
  [{ agents: ['a'], limit: 1, paused: true, stopped: true }, 'agents stopped'],
  [{ agents: ['a'], limit: 1, paused: true, deeds: [deed] }, 'paused by ann, 1970-01-01 00:00:00 UTC: noise'],
  [{ agents: ['a'], limit: 1, stopped: true, deeds: [deed] }, 'agents stopped'],
  [
    { agents: ['a'], limit: 1, paused: false, hold: { reason: 'quota', taken: 3, sinceMs: 0, untilMs: 0 } },
    'held: the same trouble took 3 of its agents (quota); one task tries from 00:00:00 UTC on',
  ],
  [{ agents: [], limit: 0, paused: false }, 'no agent serves it'],
])('a pool with %j', (pool, says) => {
  expect(sayPool(pool as PoolStatus)).toBe(says);
});

test('the end of an attempt, and what became of its log', () => {
  expect(sayAttemptEnd(attempt, true)).toBe('attempt 2 is over after 1 min: agent-failed, no answer');
  expect(sayAttemptEnd({ ...attempt, verdict: null, seconds: null }, true)).toBe(
    'attempt 2 is over: how is not known',
  );
  expect(sayAttemptEnd(attempt, false)).toBe('nothing more is known of attempt 2');
  expect(new Set((['again', 'full', 'cut'] as const).map(sayLogNews)).size).toBe(3);
});
