import { expect, test } from 'vitest';
import type { Attempt } from '../../contract/attempts.ts';
import type { Backlog, Cause, Explanation, RunLine } from '../../contract/status.ts';
import type { Remedy } from '../../domain/plan/remedy.ts';
import { sayAttemptFacts } from '../../words/attempt-facts.ts';
import { sayBacklog } from '../../words/backlog.ts';
import { sayExplanation, sayWhereItIs } from '../../words/explanation.ts';
import { sayChange, sayRemedy } from '../../words/remedy.ts';
import { attemptOf } from '../support/attempts.ts';

const atMs = Date.UTC(2026, 0, 31, 12, 30, 5);
const running = {
  scheduler: 'running',
  exists: true,
  paused: false,
  enabled: true,
  daemon: '1@here',
} as const;
const about: Explanation = {
  ...running,
  task: { id: 7, title: 'Write a haiku', status: 'idle', assignedTo: null, queue: 'dev', archived: false },
  ...{ run: null, told: null, waits: null, problems: [], reasons: [], hangsOn: [], hangsOnMore: 0 },
  ...{ place: null, change: null, attempts: [], attemptsTotal: 0 },
};
const parked: RunLine = {
  ...{ taskId: 4, agent: 'ada', whose: null, queue: 'dev', phase: 'parked', state: 'parked', attempt: 3 },
  ...{ sinceMs: 0, cause: 'attempt 3 of 3 failed: it broke' },
};
const cause = (taskId: number, change: Partial<Cause> = {}): Cause => ({
  ...{
    taskId,
    as: 'blocker',
    title: `t${taskId}`,
    reasons: [{ why: 'blocked', by: 4 }],
    run: null,
    told: null,
  },
  on: [],
  ...change,
});
const attempt = attemptOf({
  ...{ number: 2, startedAtMs: atMs, endedAtMs: atMs, verdict: { kind: 'agent-failed', reason: 'it broke' } },
  ...{ log: 'l.log', seconds: 4.2, tokens: 30 },
});

test('everything that is known of a task that waits', () => {
  const blocked = { why: 'blocked', by: 3 } as const;
  const full: Explanation = {
    ...about,
    waits: { reason: blocked, still: { why: 'agent-paused', agent: 'ada' } },
    reasons: [blocked, { why: 'scheduler-paused' }, { why: 'agent-paused', agent: 'ada' }],
    hangsOn: [
      cause(3, {
        on: [
          cause(4, {
            ...{ run: parked, told: { sinceMs: atMs, untilMs: null } },
            reasons: [{ why: 'parked', agent: 'ada' }, { why: 'unassigned' }],
          }),
        ],
        more: 1,
      }),
      cause(5, { as: 'subtask', again: 'told' }),
      cause(6, { again: 'loop' }),
      cause(8, { reasons: null, title: null }),
    ],
    hangsOnMore: 2,
    change: {
      needs: [
        [
          { do: 'complete', taskIds: [3] },
          { do: 'retry', taskId: 4 },
        ],
        [{ do: 'resume' }],
      ],
      isEnough: true,
    },
    ...{ attempts: [attempt, { ...attempt, number: 3, tokens: null }], attemptsTotal: 3 },
  };
  expect(sayExplanation(full)).toEqual([
    'Task 7 "Write a haiku" is idle, in queue dev.',
    'Why it does not run: blocked by task 3; and ada is paused (`resume --agent ada` goes on).',
    'Also: the scheduler is paused (`resume` goes on).',
    'It waits for:',
    '  task 3 "t3", its blocker: blocked by task 4',
    '    task 4 "t4", its blocker: it is parked: it runs again after `retry` (attempt 3 of 3 failed: it broke), since 2026-01-31 12:30:05 UTC; and has neither a queue nor an agent; give it one',
    '    and 1 more',
    '  task 5 "t5", its subtask: as told above',
    '  task 6 "t6", its blocker: it waits for this one in turn, so neither of them starts',
    '  task 8, its blocker: it is not among the open tasks',
    '  and 2 more',
    'To start it: complete task 3, or `retry 4`; and then `resume`.',
    'Attempts: 3, of which 2 are told; 30 tokens in those of which it is known.',
    '  attempt 2 on ada, at host h1, 2026-01-31 12:30:05 UTC: agent-failed, it broke; 4.2 s; 1 turn; 30 tokens; log l.log',
    '  attempt 3 on ada, at host h1, 2026-01-31 12:30:05 UTC: agent-failed, it broke; 4.2 s; 1 turn; log l.log',
  ]);
  // What `run-now` adds to its own answer.
  expect(sayWhereItIs(full)).toHaveLength(2);
});

test.each<[Explanation['place'], string | undefined]>([
  [null, undefined],
  [{ place: 1, before: [], holders: [], holdersTotal: 0 }, 'It is next in line.'],
  [{ place: 1, before: [], holders: [9], holdersTotal: 1 }, 'It is next in line; task 9 has a slot now.'],
  [
    { place: 8, before: [1, 2, 3, 4, 5], holders: [8, 9], holdersTotal: 40 },
    'It is number 8 in line, after tasks 1, 2, 3, 4, 5, … (7); tasks 8, 9, … (40) have the slots now.',
  ],
])('its place in line: %j', (place, says) => {
  expect(sayExplanation({ ...about, place })[1]).toBe(says);
});

test('the line about the scheduler is enough', () => {
  const paused = { why: 'scheduler-paused' } as const;
  const waits = { reason: { why: 'blocked', by: 3 } as const };
  expect(
    sayExplanation({
      ...about,
      scheduler: 'paused',
      paused: true,
      waits,
      reasons: [waits.reason, paused],
    }).join(),
  ).not.toContain('Also');
});

test('of one whose run has its slot nothing keeps it', () => {
  const run: RunLine = { ...parked, phase: 'running', state: 'running' };
  expect(sayExplanation({ ...about, run, reasons: [{ why: 'running', agent: 'ada' }] })).toEqual([
    'Task 7 "Write a haiku" is idle, in queue dev.',
    'It runs on ada, attempt 3.',
  ]);
});

test.each<[string, Partial<Attempt>, string]>([
  [
    'under way',
    { state: 'under-way', verdict: null, seconds: null, turns: null, tokens: null, log: null },
    'under way',
  ],
  [
    'cut off',
    { state: 'cut-off', verdict: null, seconds: null, turns: null, tokens: null, log: null },
    'its run was ended from outside meanwhile',
  ],
  [
    'the last of a run',
    { end: 'returned', turns: 2 },
    'agent-failed, it broke; the task: returned; 4.2 s; 2 turns; 30 tokens; log l.log',
  ],
  [
    'with a log that went wrong',
    { seconds: null, turns: null, tokens: null, logTrouble: '(disk full)' },
    'agent-failed, it broke; log l.log (disk full)',
  ],
  [
    'of an unknown kind',
    { verdict: null },
    'ended, and how is not known; 4.2 s; 1 turn; 30 tokens; log l.log',
  ],
])('an attempt: %s', (_, change, says) => {
  expect(sayAttemptFacts({ ...attempt, ...change })).toBe(
    `attempt 2 on ada, at host h1, 2026-01-31 12:30:05 UTC: ${says}`,
  );
});

test.each([
  [null, ''],
  [atMs, ' 2026-01-31 12:30:05 UTC'],
])('an attempt that only a comment tells of', (endedAtMs, when) => {
  const only = {
    state: 'commented',
    number: 2,
    runId: 'r',
    endedAtMs,
    comment: 'Attempt 2 failed.',
  } as const;
  expect(sayAttemptFacts(only)).toBe(
    `attempt 2${when}: Attempt 2 failed. (by its comment: the server knows it no more)`,
  );
});

/** By what is done, so that the compiler asks for each member of the union. */
const REMEDIES: { [D in Remedy['do']]: [Extract<Remedy, { do: D }>, string][] } = {
  enable: [[{ do: 'enable' }, 'set TINYSCHEDULER_ENABLED to true for the daemon, and start it again']],
  resume: [[{ do: 'resume' }, '`resume`']],
  'resume-agent': [[{ do: 'resume-agent', agent: 'ada' }, '`resume --agent ada`']],
  'resume-queue': [[{ do: 'resume-queue', queue: 'dev' }, '`resume --queue dev`']],
  retry: [[{ do: 'retry', taskId: 4 }, '`retry 4`']],
  'run-now': [[{ do: 'run-now', taskId: 4 }, '`run-now 4`']],
  complete: [
    [{ do: 'complete', taskIds: [4] }, 'complete task 4'],
    [{ do: 'complete', taskIds: [4, 5], more: 7 }, 'complete tasks 4, 5, … (9)'],
  ],
  unblock: [[{ do: 'unblock', taskId: 4 }, 'take the blocker of task 4 away in TinyTask']],
  'free-slots': [
    [{ do: 'free-slots', whose: { agent: 'oscar' }, count: 1 }, 'a free slot of oscar'],
    [
      { do: 'free-slots', whose: { agent: 'oscar' }, count: 2 },
      '2 free slots of oscar, since a task before it gets one',
    ],
    [
      { do: 'free-slots', whose: { queue: 'dev' }, count: 3 },
      '3 free slots of queue "dev", since 2 tasks before it get one each',
    ],
  ],
  'raise-budget': [
    [
      { do: 'raise-budget', whose: { agent: 'ada' }, above: 200_000 },
      'raise the budget of ada above 200,000 tokens a day',
    ],
  ],
  'give-slots': [[{ do: 'give-slots', agent: 'ada' }, '`agents set-limit ada 1`, or another limit above 0']],
  'give-queue-or-agent': [
    [{ do: 'give-queue-or-agent', taskId: 4 }, 'give task 4 a queue or an agent in TinyTask'],
  ],
  'add-agent-for-queue': [
    [
      { do: 'add-agent-for-queue', queue: 'dev' },
      'add an agent with agentType "dev" to the agent control file',
    ],
  ],
  'add-agent': [
    [{ do: 'add-agent', agent: 'eve' }, 'add "eve" to the agent control file, or give the task to another'],
    // An entry would not do.
    [
      { do: 'add-agent', agent: 'commands' },
      'set TINYSCHEDULER_BIN_DIR to the directory of the programs, where the daemon and its workers run, and start them again',
    ],
  ],
  'write-control-file': [
    [
      { do: 'write-control-file' },
      'write an agent control file (`validate-config --fix` makes one), or give the task an agent',
    ],
  ],
  'mend-agent': [[{ do: 'mend-agent', agent: 'ada', reason: 'no recipe' }, 'mend ada: no recipe']],
  wait: [
    [{ do: 'wait', untilMs: null }, 'wait, since that is over by itself'],
    [{ do: 'wait', untilMs: atMs }, 'wait until 2026-01-31 12:30:05 UTC'],
  ],
  'start-daemon': [
    [{ do: 'start-daemon' }, 'start a daemon (`start`, `run --daemon`), or make one pass (`run --once`)'],
  ],
};

test.each(Object.values(REMEDIES).flat())('%j', (remedy, says) => {
  expect(sayRemedy(remedy as Remedy)).toBe(says);
});

test('a change, and one that is not the end of it', () => {
  expect(sayChange({ needs: [], isEnough: true })).toBeUndefined();
  expect(
    sayChange({
      needs: [
        [
          { do: 'free-slots', whose: { agent: 'oscar' }, count: 1 },
          { do: 'run-now', taskId: 42 },
        ],
      ],
      isEnough: true,
    }),
  ).toBe('To start it: a free slot of oscar, or `run-now 42`.');
  expect(sayChange({ needs: [[{ do: 'add-agent', agent: 'eve' }]], isEnough: false })).toBe(
    'To start it: add "eve" to the agent control file, or give the task to another; what it needs beyond that shows then.',
  );
});

test('a backlog', () => {
  const backlog: Backlog = {
    ...{ ...running, scheduler: 'paused', paused: true },
    ...{ open: 21, running: 2, moreGroups: 3, moreTasks: 4, problems: [{ what: 'cycle', ids: [1, 2] }] },
    groups: [
      { reason: { why: 'scheduler-paused' }, behind: null, cause: null, count: 12, taskIds: [1, 2, 3] },
      { reason: { why: 'parked', agent: 'ada' }, behind: 9, cause: null, count: 2, taskIds: [5, 6] },
      { reason: { why: 'parked', agent: 'ada' }, behind: null, cause: 'it broke', count: 1, taskIds: [9] },
      { reason: null, behind: 77, cause: null, count: 1, taskIds: [4] },
      { reason: null, behind: null, cause: null, count: 1, taskIds: [8] },
    ],
  };
  expect(sayBacklog(backlog)).toEqual([
    '21 tasks open, 2 of them with a slot.',
    '12 tasks: the scheduler is paused (`resume` goes on): tasks 1, 2, 3, … (12)',
    '2 tasks: behind task 9: parked: it runs again after `retry` (its last comment says why): tasks 5, 6',
    '1 task: parked after an attempt on ada (it broke): task 9',
    '1 task: behind task 77: it is not among the open tasks: task 4',
    '1 task: it leaves its line, and is planned anew: task 8',
    'and 4 tasks more, for 3 other causes',
    'Scheduler: paused: nothing starts until `tinyscheduler resume`.',
    'Problem: tasks 1, 2 wait for each other: none of them can start until one of these blockers is taken away',
  ]);
  expect(
    sayBacklog({ ...running, open: 0, running: 0, groups: [], moreGroups: 0, moreTasks: 0, problems: [] }),
  ).toEqual(['No task is open.']);
});
