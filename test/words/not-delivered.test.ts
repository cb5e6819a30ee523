import { expect, test } from 'vitest';
import type { NotDelivered } from '../../domain/notify/patience.ts';
import { sayNotDelivered } from '../../words/not-delivered.ts';

test.each<[problem: NotDelivered, says: string]>([
  [{ why: 'status', status: 503 }, 'the receiver answers 503'],
  [{ why: 'status', status: 302 }, 'the receiver answers 302, which leads elsewhere: nobody goes there'],
  [
    { why: 'status', status: 401 },
    'the receiver answers 401: TINYSCHEDULER_NOTIFY_TOKEN, or the address, is wrong',
  ],
  [{ why: 'status', status: 404 }, 'the receiver answers 404: the address is wrong'],
  [{ why: 'no-answer', afterMs: 10_000 }, 'the receiver has not answered within 10 s'],
  [{ why: 'no-connection', code: 'ECONNREFUSED' }, 'the receiver cannot be reached (ECONNREFUSED)'],
  [{ why: 'command-failed', exitCode: 3 }, 'the command ended with 3'],
  [{ why: 'command-failed', exitCode: null }, 'the command was ended by a signal'],
  [{ why: 'command-too-slow', afterMs: 30_000 }, 'the command was ended, since it was not done within 30 s'],
  [{ why: 'command-unfit', text: 'there is no program "x"' }, 'there is no program "x"'],
])('%j', (problem, says) => {
  expect(sayNotDelivered(problem)).toBe(says);
});
