import { expect, test } from 'vitest';
import { type KeptLogs, type LogFile, logsToRemove } from '../../domain/kept-logs.ts';
import { processorMs } from '../support/processor-time.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 31, 12);
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
const kept: KeptLogs = { days: 3, bytes: 1_000, nowMs: NOW_MS, dayOf, openTasks: new Set() };

const log = (name: string, daysAgo: number, bytes = 1): LogFile => ({
  ...{ name, bytes },
  changedAtMs: NOW_MS - daysAgo * DAY_MS,
});
const attempt = (task: number, number: number) => `task_${task}_attempt_${number}_0123abcd.log`;

const ROWS: [name: string, files: LogFile[], change: Partial<KeptLogs>, removed: string[]][] = [
  ['nothing', [], {}, []],
  ['what is young enough', [log(attempt(1, 1), 2.9), log('scheduler_20260129.log', 2)], {}, []],
  [
    'what is too old',
    [log(attempt(1, 1), 3.1), log('scheduler_20260128.log', 2.6), log('scheduler_20260129.log', 1)],
    {},
    [attempt(1, 1), 'scheduler_20260128.log'],
  ],
  [
    'of a task with an open run, all but the last',
    [log(attempt(1, 2), 8), log(attempt(1, 1), 9), log(attempt(2, 1), 7)],
    { openTasks: new Set([1]) },
    [attempt(1, 1), attempt(2, 1)],
  ],
  [
    'the last is the one that was written last, with whatever number',
    [log('task_1_attempt_1_99999999-2.log', 8), log(attempt(1, 5), 9)],
    { openTasks: new Set([1]) },
    [attempt(1, 5)],
  ],
  [
    'the last attempt has two where its work was verified',
    [
      log('task_1_attempt_2_0123abcd.log', 8),
      log('task_1_attempt_2_0123abcd-verify.log', 7.9),
      log('task_1_attempt_1_0123abcd-verify.log', 9),
    ],
    { openTasks: new Set([1]) },
    ['task_1_attempt_1_0123abcd-verify.log'],
  ],
  [
    'no attempt’s while the open runs are not known; the days’ go on',
    [log(attempt(1, 1), 30), log('scheduler_20260101.log', 30)],
    { openTasks: undefined },
    ['scheduler_20260101.log'],
  ],
  [
    'the oldest, until the rest is small enough',
    [log(attempt(1, 1), 1, 600), log(attempt(2, 1), 2, 400), log('scheduler_20260130.log', 1.5, 400)],
    {},
    [attempt(2, 1)],
  ],
  [
    'not one more than needed, when the oldest is small',
    [log(attempt(1, 1), 2, 1), log(attempt(2, 1), 1.5, 1_000), log(attempt(3, 1), 1, 500)],
    {},
    [attempt(1, 1), attempt(2, 1)],
  ],
  [
    'too large for what has to stay',
    [
      log(attempt(1, 1), 2, 5_000),
      log(attempt(2, 1), 0.01, 5_000),
      log('scheduler_20260131.log', 0.3, 5_000),
      log(attempt(3, 1), 0.5, 1),
    ],
    { openTasks: new Set([1]) },
    [attempt(3, 1)],
  ],
  ['what was written in the future', [log(attempt(1, 1), -400, 5_000)], {}, []],
  [
    'other files, however old and large',
    [
      'scheduler_20260101.log.gz',
      'scheduler_2026010.log',
      'xscheduler_20260101.log',
      'task_1_attempt_1.log',
      'task_x_attempt_1_0123abcd.log',
      'task_1_attempt_1_0123abcd.log.gz',
      'task_1_attempt_1_../../a.log',
      'daemon.log',
    ].map((name) => log(name, 99, 5_000)),
    {},
    [],
  ],
];

test.each(ROWS)('is removed: %s', (_, files, change, removed) => {
  expect(logsToRemove(files, { ...kept, ...change }).sort()).toEqual([...removed].sort());
});

test('50,000 logs are decided about at once', () => {
  const files = Array.from({ length: 50_000 }, (_, at) => log(attempt(at, 1), 1 + at / 50_000));
  const tookMs = processorMs(() => expect(logsToRemove(files, kept)).toHaveLength(49_000));
  expect(tookMs).toBeLessThan(1_000);
});
