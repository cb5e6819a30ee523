import { expect, test } from 'vitest';
import { withComments } from '../../client/attempts-told.ts';
import { attemptComments } from '../../tinytask/comment.ts';
import { attemptOf } from '../support/attempts.ts';

const comment = (content: string, createdBy = 'tinyscheduler', createdAt = '2026-01-01T00:00:05Z') => {
  return { id: 1, taskId: 1, content, createdBy, createdAt };
};
const long = { kind: 'agent-failed', reason: 'x'.repeat(5_000) } as const;
const known = (number: number) => attemptOf({ number, verdict: long });

test('comments of ours about attempts, and no others', () => {
  expect(
    attemptComments([
      comment('[tinyscheduler 0a-1f/3] Attempt 3 failed.\nIt runs again.'),
      comment('[tinyscheduler 0a-1f/3] Attempt 3 failed.', 'ada'),
      comment('[tinyscheduler retry-17] Taken back by hand: idle again.'),
      comment('[tinyscheduler 0a/99999999999999999999] hm'),
      comment('[tinyscheduler 0a/0] hm'),
      comment('[tinyscheduler 0a/4] late', 'tinyscheduler', 'yesterday'),
    ]),
  ).toEqual([
    {
      runId: '0a-1f',
      number: 3,
      text: 'Attempt 3 failed.\nIt runs again.',
      atMs: Date.UTC(2026, 0, 1, 0, 0, 5),
    },
    { runId: '0a', number: 4, text: 'late', atMs: null },
  ]);
});

test('what the server has forgotten is told by comments, and what it knows is not', () => {
  const comments = attemptComments([
    comment('[tinyscheduler a/1] Attempt 1 failed.\n  \u001bIt runs again.'),
    comment('[tinyscheduler b/2] Attempt 2 failed.'),
    comment('[tinyscheduler b/777] Attempt 777 failed.'),
  ]);
  const { attempts, attemptsTotal } = withComments([known(2), known(3)], comments);
  expect(attempts).toMatchObject([
    { number: 1, state: 'commented', comment: 'Attempt 1 failed. \u001bIt runs again.' },
    { number: 2, state: 'ended' },
    { number: 3, state: 'ended' },
  ]);
  expect(attemptsTotal).toBe(3);
  const cut = expect.stringMatching(/^x{1,500}…?$/);
  expect(attempts[1]).toMatchObject({ verdict: { reason: cut } });
});

test('the last ten of many', () => {
  const many = Array.from({ length: 14 }, (_, at) => known(at + 1));
  const { attempts, attemptsTotal } = withComments(many, []);
  expect([attempts[0]?.number, attempts.length, attemptsTotal]).toEqual([5, 10, 14]);
  expect(withComments([], [])).toEqual({ attempts: [], attemptsTotal: 0 });
});
