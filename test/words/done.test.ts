import { expect, test } from 'vitest';
import type { Cancelled, Explanation, Problem, Retried, RunLine } from '../../contract/status.ts';
import { sayCancelled } from '../../words/cancelled.ts';
import { sayExplanation } from '../../words/explanation.ts';
import { sayProblems } from '../../words/problem.ts';
import { sayRetried } from '../../words/retried.ts';

const taskId = 7;
const whose = { queue: 'dev' };

test.each<[Retried, string]>([
  [
    { taskId, did: 'un-parked', whose },
    'Task 7 runs again as soon as queue "dev" has a free slot, with a full set of attempts.',
  ],
  [
    { taskId, did: 'skipped-back-off', whose: null },
    'Task 7 runs again as soon as its agent has a free slot, with a full set of attempts.',
  ],
  [{ taskId, did: 'taken-back', from: 'ada' }, 'Task 7 was taken back from ada and runs next.'],
  [{ taskId, did: 'taken-back', from: null }, 'Task 7 was taken back from nobody and runs next.'],
  [{ taskId, did: 'put-first' }, 'Task 7 has no run that waits; it was put first in line.'],
  [
    { taskId, did: 'nothing', since: 'complete' },
    'Task 7 is complete; set it to idle in TinyTask to run it again.',
  ],
  [
    { taskId, did: 'nothing', since: 'running', agent: 'ada' },
    'Task 7 is running on ada; there is nothing to retry.',
  ],
  [{ taskId, did: 'nothing', since: 'in-line', whose }, 'Task 7 already waits for a slot of queue "dev".'],
])('retry: %j', (retried, says) => {
  expect(sayRetried(retried)).toBe(says);
});

const again = '`retry 7` runs it again.';
test.each<[Cancelled, string]>([
  [
    { taskId, did: 'cancelled', was: 'running', agent: 'ada', whose },
    `Task 7 is cancelled. Its goose on ada was stopped; it is idle, and parked. ${again}`,
  ],
  [
    { taskId, did: 'cancelled', was: 'waiting', agent: null, whose },
    `Task 7 is cancelled. It no longer waits for a slot of queue "dev"; it is idle, and parked. ${again}`,
  ],
  [
    { taskId, did: 'cancelled', was: 'backing-off', agent: 'ada', whose },
    `Task 7 is cancelled. It no longer backs off; it is idle, and parked. ${again}`,
  ],
  [{ taskId, did: 'nothing', since: 'parked' }, `Task 7 is parked already; ${again}`],
  [
    { taskId, did: 'nothing', since: 'over', task: 'complete' },
    'The run of task 7 ended before it could be cancelled; the task is complete.',
  ],
  [
    { taskId, did: 'nothing', since: 'over', task: null },
    'The run of task 7 ended before it could be cancelled; the task is gone from TinyTask.',
  ],
])('cancel: %j', (cancelled, says) => {
  expect(sayCancelled(cancelled)).toBe(says);
});

const run: RunLine = {
  ...{ taskId, agent: 'ada', whose, queue: 'dev', phase: 'parked', state: 'parked', attempt: 3, sinceMs: 0 },
};
const about: Explanation = {
  ...{ scheduler: 'running', exists: true, paused: false, enabled: true, daemon: '1@here' },
  task: { id: 7, title: 'Write\n a haiku', status: 'idle', assignedTo: null, queue: 'dev', archived: false },
  ...{ run: null, told: null, waits: null, problems: [], reasons: [], hangsOn: [], hangsOnMore: 0 },
  ...{ place: null, change: null, attempts: [], attemptsTotal: 0 },
};
const tinytask: Problem = {
  what: 'failed',
  failure: { code: 'tinytask-timeout', tool: 'list_tasks', text: 'TinyTask is slow' },
};
const HEAD = 'Task 7 "Write a haiku" is idle, in queue dev.';
const last = {
  verdict: { kind: 'agent-failed' as const, reason: 'it broke' },
  ...{ outcome: null, log: null },
};

test.each<[string, Partial<Explanation>, string[]]>([
  [
    'why it waits',
    { waits: { reason: { why: 'blocked', by: 3 } } },
    [HEAD, 'Why it does not run: blocked by task 3.'],
  ],
  ['that nobody can tell', { problems: [tinytask] }, [HEAD, 'TinyTask is slow']],
  [
    'its run rather than the planner, and its last attempt',
    {
      run: { ...run, cause: 'attempt 3 of 3 failed' },
      waits: { reason: { why: 'parked', agent: 'ada' } },
      told: { sinceMs: 0, untilMs: null, last },
    },
    [
      HEAD,
      'It is parked: it runs again after `retry` (attempt 3 of 3 failed).',
      'Last attempt: agent-failed, it broke.',
    ],
  ],
  [
    'when it runs again',
    {
      run: { ...run, state: 'backing-off' },
      told: { sinceMs: 0, untilMs: Date.UTC(2026, 0, 1, 12, 30, 5), last: null },
    },
    [
      HEAD,
      'It backs off after a failed attempt on ada, and then runs again.',
      'It runs again at 12:30:05 UTC.',
    ],
  ],
  [
    'what keeps everything',
    { scheduler: 'paused', paused: true },
    [HEAD, 'Scheduler: paused: nothing starts until `tinyscheduler resume`.'],
  ],
  [
    'that a run is left of a complete task, and nothing of the scheduler',
    {
      task: { ...about.task, status: 'complete', assignedTo: 'ada' },
      run,
      scheduler: 'paused',
      paused: true,
    },
    [
      'Task 7 "Write a haiku" is complete, assigned to ada.',
      'Its run (parked, on ada) ends as soon as the scheduler looks.',
    ],
  ],
  [
    'that it is archived',
    { task: { ...about.task, archived: true } },
    ['Task 7 "Write a haiku" is archived, in queue dev.'],
  ],
])('explain tells %s', (_, change, says) => {
  expect(sayExplanation({ ...about, ...change })).toEqual(says);
});

test('a problem is said once, whoever tells it', () => {
  expect(
    sayProblems([
      tinytask,
      { what: 'stuck', workflowId: 'pool-dev', failures: 4 },
      { what: 'complaint', signal: 'run-now', text: 'the scheduler was sent x' },
      { what: 'last-pass', text: 'it failed' },
      {
        what: 'warning',
        text: 'tasks 1, 2 wait for each other: none of them can start until one of these blockers is taken away',
      },
      { what: 'cycle', ids: [1, 2] },
      { what: 'blocking-off' },
      { what: 'notifications', waiting: 2, sinceMs: 0, problem: { why: 'status', status: 403 } },
    ]),
  ).toEqual([
    'TinyTask is slow',
    expect.stringMatching(/^The workflow pool-dev is stuck: .* failed 4 times in a row\./),
    'the scheduler was sent x',
    'in the last pass: it failed',
    'tasks 1, 2 wait for each other: none of them can start until one of these blockers is taken away',
    expect.stringMatching(/^Blockers do not count: .*TINYSCHEDULER_DISABLE_BLOCKING is true$/),
    expect.stringMatching(
      /^Notifications are not delivered since .*: the receiver answers 403: .* 2 messages wait, /,
    ),
  ]);
});
