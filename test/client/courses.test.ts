import { expect, test } from 'vitest';
import { coursesOf, type RunWithHistory } from '../../client/courses.ts';
import type { Attempt } from '../../contract/attempts.ts';
import type { RunResult } from '../../contract/run.ts';
import type { VerdictKind } from '../../domain/attempt/verdict.ts';
import { attemptOf, closedRunOf, UNTOLD } from '../support/attempts.ts';

const POLICY = { maxAttempts: 3, backOffMs: 100, backOffMaxMs: 300, maxWorkerLosses: 3, maxRunsInARow: 3 };
let runs = 0;
function runOf(taskId: number, end: RunResult['end'] | null, ...attempts: Attempt[]): RunWithHistory {
  runs += 1;
  const result = end === null ? null : ({ end } as RunResult);
  const times = { startedAtMs: attempts[0]?.sentAtMs ?? 0, endedAtMs: attempts.at(-1)?.endedAtMs ?? 0 };
  return { ...closedRunOf(taskId, { runId: `r${runs}`, ...times }), told: { attempts, result } };
}
const from = (
  sentAtMs: number,
  endedAtMs: number,
  kind: VerdictKind = 'completed',
  change: Partial<Attempt> = {},
) => attemptOf({ sentAtMs, endedAtMs, verdict: { kind, reason: 'so' }, ...change });
const legs = (...given: RunWithHistory[]) =>
  coursesOf(given, POLICY).courses.map((course) =>
    course.legs.map(({ heldMs, restedMs }) => [heldMs, restedMs]),
  );

test.each<[string, RunWithHistory[], number[][][]]>([
  ['one attempt', [runOf(1, 'complete', from(0, 40))], [[[40, 0]]]],
  [
    'of the time between two attempts, as much as the rule has the task rest',
    [runOf(1, 'complete', from(0, 40, 'agent-failed'), from(500, 540, 'stalled'), from(600, 610))],
    [
      [
        [40, 100],
        [40, 60],
        [10, 0],
      ],
    ],
  ],
  [
    'a lost worker is tried again at once',
    [runOf(1, 'complete', from(0, 40, 'worker-lost'), from(90, 100))],
    [
      [
        [40, 0],
        [10, 0],
      ],
    ],
  ],
  [
    'all runs of a task, whatever the order in which they are listed',
    [runOf(1, 'complete', from(100, 110)), runOf(1, 'put-back', from(0, 40))],
    [
      [
        [40, 0],
        [10, 0],
      ],
    ],
  ],
  ['one that was handed on', [runOf(1, 'handed-off', from(0, 40))], [[[40, 0]]]],
  ['without an attempt', [runOf(1, 'complete')], []],
  ['one that was cut off with its run', [runOf(1, null, from(0, 40, 'completed', UNTOLD))], []],
  ['a clock that went back', [runOf(1, 'complete', from(40, 0))], [[[0, 0]]]],
])('%s', (_what, given, expected) => {
  expect(legs(...given)).toEqual(expected);
});

test('whose it was, and since when it is known; what is not over does not count', () => {
  const found = coursesOf(
    [
      runOf(
        1,
        'complete',
        from(0, 40, 'agent-failed', { recipe: 'review' }),
        from(50, 60, 'completed', { agent: 'bob', recipe: null }),
      ),
      runOf(2, 'complete', from(10, 30)),
      runOf(3, 'returned', from(0, 5)),
      { ...closedRunOf(4), told: undefined },
    ],
    POLICY,
  );
  expect(found.courses.map(({ agent, recipe }) => [agent, recipe])).toEqual([
    ['bob', 'review'],
    ['ada', 'ada'],
  ]);
  expect([found.sinceMs, found.notOver]).toEqual([30, 1]);
});

test('a task of a TinyTask that was reset since is another one', () => {
  const memo = (createdAt: string) => ({ createdAt }) as RunWithHistory['memo'];
  const given = [
    { ...runOf(1, 'complete', from(0, 40)), memo: memo('then') },
    { ...runOf(1, 'complete', from(50, 60)), memo: memo('now') },
  ];
  expect(legs(...given)).toEqual([[[40, 0]], [[10, 0]]]);
});

test('what each attempt took, where that is known', () => {
  const given = runOf(
    1,
    'complete',
    from(0, 40, 'agent-failed', { tokens: 70 }),
    from(500, 540, 'completed', { tokens: null }),
  );
  expect(coursesOf([given], POLICY).courses[0]?.legs.map(({ tokens }) => tokens)).toEqual([70, undefined]);
});
