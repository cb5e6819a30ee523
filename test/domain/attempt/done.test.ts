import { expect, test } from 'vitest';
import { isToVerify, judgeVerify, leftUndone } from '../../../domain/attempt/done.ts';
import type { Outcome } from '../../../domain/attempt/settle.ts';

test.each<[Outcome, undone: boolean, toVerify: boolean]>([
  [{ task: 'complete', by: 'us' }, true, true],
  [{ task: 'complete', by: 'agent' }, false, true],
  [{ task: 'put-back' }, true, false],
  [{ task: 'handed-off', to: 'oscar' }, false, false],
  [{ task: 'not-done', reason: 'it has open subtasks (7)' }, false, false],
  [{ task: 'untouched' }, false, false],
  [{ task: 'gone', reason: 'the task was deleted' }, false, false],
])(
  '%j: an agent that completes itself has failed: %s; there is something to verify: %s',
  (outcome, undone, toVerify) => {
    expect(leftUndone('agent', outcome)?.kind).toBe(undone ? 'agent-failed' : undefined);
    expect(leftUndone('on-success', outcome)).toBeUndefined();
    expect(leftUndone(undefined, outcome)).toBeUndefined();
    expect(isToVerify(outcome)).toBe(toVerify);
  },
);

const ran = { program: 'npm', maxRuntimeSec: 60, exitCode: 0, signal: null };

test('what exits 0 leaves the verdict as it was', () => {
  expect(judgeVerify(ran)).toBeUndefined();
});

test.each([
  [{ exitCode: 1 }, 'not-verified', 'verify: npm exited with code 1'],
  [{ exitCode: null, signal: 'SIGSEGV' }, 'not-verified', 'verify: npm was ended by SIGSEGV'],
  [
    { exitCode: null, startError: 'there is no npm' },
    'not-verified',
    'verify: npm could not be started: there is no npm',
  ],
  [
    { exitCode: null, signal: 'SIGTERM', stopped: { why: 'timed-out' as const, detail: 'x' } },
    'not-verified',
    'verify: npm did not end within 60 s',
  ],
  // One that exits 0 when it is asked to stop has verified nothing.
  [
    { stopped: { why: 'shutdown' as const, detail: 'the worker was shut down' } },
    'cancelled',
    'the worker was shut down',
  ],
  [{ stopped: { why: 'lease-lost' as const, detail: 'no answer' } }, 'worker-lost', 'no answer'],
  [
    { stopped: { why: 'task-gone' as const, detail: 'the task was deleted' } },
    'cancelled',
    'the task was deleted',
  ],
])('%j is %s', (change, kind, reason) => {
  expect(judgeVerify({ ...ran, ...change })).toEqual({ kind, reason });
});
