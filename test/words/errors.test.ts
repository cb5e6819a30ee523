import { describe, expect, test } from 'vitest';
import type { BackupProblem } from '../../contract/backup.ts';
import { type ErrorCode, type Failure, hasCode, SchedulerError } from '../../contract/errors.ts';
import { sayFailure, schedulerError } from '../../words/errors.ts';

const here = { host: 'here', basePath: '/mine', tinytask: 'http://127.0.0.1:3000' };
const theirs = { ...here, basePath: '/theirs', tinytask: 'http://127.0.0.1:3001' };
const kept = { days: 14, bytes: 1_073_741_824 };
const call = { tool: 'get_task', text: 'TinyTask does not answer' };

const BACKUP_PROBLEMS: [BackupProblem, string][] = [
  [
    { what: 'no-manifest', text: 'ENOENT' },
    'it has no manifest.json that can be read, so no backup was finished there (ENOENT)',
  ],
  [
    { what: 'has-dated', newest: '/b/tinyscheduler-20260131T120000Z' },
    'it is a folder of dated backups: name one of them, such as /b/tinyscheduler-20260131T120000Z',
  ],
  [
    { what: 'newer-format', format: 2, known: 1 },
    'it was made by a newer TinyScheduler (format 2 of backups, this one knows 1); use the newer one',
  ],
  [
    { what: 'newer-schema', path: 'state/tinytask.db', schema: 2, known: 1 },
    'state/tinytask.db was written by a newer TinyScheduler (version 2 of its tables, this one knows 1); use the newer one',
  ],
  [{ what: 'file-missing', path: 'a', text: 'ENOENT' }, 'a cannot be read (ENOENT)'],
  [{ what: 'file-changed', path: 'a' }, 'a is not what was written then'],
  [{ what: 'database-damaged', path: 'a.db', text: 'malformed' }, 'a.db is damaged (malformed)'],
];

/** By code, so that the compiler asks for each one. What it says, or a part of that. */
const SAYS: { [Code in ErrorCode]: [Extract<Failure, { code: Code }>, string | RegExp][] } = {
  'no-such-task': [[{ code: 'no-such-task', taskId: 7 }, 'TinyTask has no task 7.']],
  'nothing-to-run': [
    [
      { code: 'nothing-to-run', taskId: 7, status: 'complete' },
      'Task 7 is complete, so there is nothing to run.',
    ],
  ],
  'nothing-to-foresee': [
    [
      { code: 'nothing-to-foresee', taskId: 7, status: 'archived' },
      'Task 7 is archived, so there is nothing to foresee.',
    ],
  ],
  'no-such-schedule': [
    [{ code: 'no-such-schedule', schedule: 'nightly', known: ['nightly-2'] }, /Did you mean "nightly-2"\?$/],
    [{ code: 'no-such-schedule', schedule: 'x', known: [] }, /^There is no schedule "x"\. .*schedule list/],
  ],
  'existing-schedule': [[{ code: 'existing-schedule', schedule: 'nightly' }, /schedule edit nightly/]],
  'schedule-changed': [
    [
      { code: 'schedule-changed', schedule: 'nightly', version: 3, by: 'ann@h', editedMs: 0 },
      /^Schedule nightly was edited by ann@h at 1970-01-01 00:00:00 UTC, .* version 3 now\. Nothing was changed/,
    ],
  ],
  'schedule-paused': [[{ code: 'schedule-paused', schedule: 'nightly' }, /paused.*--even-if-paused/]],
  'schedule-finished': [[{ code: 'schedule-finished', schedule: 'nightly' }, /finished/]],
  'no-daemon': [
    [{ code: 'no-daemon', withinMs: 10_000 }, /within 10 s.* start/],
    [{ code: 'no-daemon', withinMs: 5_000, onlyAsked: true }, /^No daemon has answered within 5 s/],
  ],
  'api-no-answer': [
    [{ code: 'api-no-answer', method: 'retry' }, /\(retry\) .* not known: look with .*status/],
  ],
  'too-many-times': [
    [
      { code: 'too-many-times', schedule: 'n', count: 2_000, most: 1_000 },
      /due at least 2,000 times then, .* most 1,000 are/,
    ],
  ],
  'wrong-cursor': [[{ code: 'wrong-cursor', cursor: 'abc' }, /^"abc" is no page of the list/]],
  'no-such-time': [
    [{ code: 'no-such-time', schedule: 'n', atMs: 0 }, /1970-01-01 00:00:00 UTC: .*schedule missed. lists/],
  ],
  'existing-agent': [[{ code: 'existing-agent', agent: 'ada' }, /^There is an agent "ada" already: /]],
  'nothing-to-cancel': [
    [
      { code: 'nothing-to-cancel', taskId: 7, status: 'complete' },
      'Task 7 is complete, so there is nothing to cancel.',
    ],
    [
      { code: 'nothing-to-cancel', taskId: 7, status: 'idle' },
      /^Task 7 is idle and has no run, .* archive it/,
    ],
  ],
  'task-runs': [
    [{ code: 'task-runs', taskId: 7, agent: 'ada' }, 'ada works on task 7, so it was not removed.'],
    [{ code: 'task-runs', taskId: 7, agent: null }, /^Somebody works on task 7/],
  ],
  'not-cancelled-yet': [
    [
      { code: 'not-cancelled-yet', taskId: 7, phase: 'running', agent: 'ada' },
      /^Task 7 was asked to stop and is still running on ada: .*`explain 7`/,
    ],
    [{ code: 'not-cancelled-yet', taskId: 7, phase: 'waiting', agent: null }, /is still waiting: /],
  ],
  'not-ended-yet': [
    [
      { code: 'not-ended-yet', taskId: 7, withinMs: 120_000, state: 'running' },
      /^Task 7 has not ended within 2 min: its run is running\. `explain 7`/,
    ],
    [{ code: 'not-ended-yet', taskId: 7, withinMs: 4_000, state: 'lost' }, /within 4 s: it has no run\./],
  ],
  'leaving-agent': [
    [
      { code: 'leaving-agent', agent: 'eve', taskIds: [7, 9] },
      'Agent eve is not in the configuration any more: it is given nothing, and finishes tasks 7, 9. `cancel --agent eve` stops that.',
    ],
  ],
  'no-such-agent': [
    [
      { code: 'no-such-agent', agent: 'eve', known: ['ada', 'bob'] },
      'There is no agent "eve" that has had a pass. There are: ada, bob.',
    ],
    [
      { code: 'no-such-agent', agent: 'eve', known: Array.from({ length: 60 }, (_, at) => `a${at}`) },
      /a49\.$/,
    ],
  ],
  'no-such-queue': [
    [
      { code: 'no-such-queue', queue: 'qa', known: [] },
      'There is no queue "qa" that has had a pass. There are: none yet.',
    ],
  ],
  'no-such-attempt': [
    [
      { code: 'no-such-attempt', taskId: 7, attempt: null, known: [] },
      'Task 7 has had no attempt yet; `explain 7` tells why.',
    ],
    [
      { code: 'no-such-attempt', taskId: 7, attempt: 9, known: [1, 2] },
      'Task 7 has no attempt 9. There are: 1, 2.',
    ],
  ],
  'no-log': [
    [
      { code: 'no-log', taskId: 7, attempt: 1, reason: 'no recipe' },
      'Attempt 1 at task 7 has no log: no recipe.',
    ],
    [{ code: 'no-log', taskId: 7, attempt: 1, reason: null }, 'Attempt 1 at task 7 has no log.'],
  ],
  'log-elsewhere': [
    [
      { code: 'log-elsewhere', taskId: 7, attempt: 1, host: 'there', log: 'a.log' },
      'Attempt 1 at task 7 is on there: ask there, or look for a.log in its log folder.',
    ],
  ],
  'log-missing': [
    [
      { code: 'log-missing', taskId: 7, attempt: 1, path: '/l/a.log', isOver: true, kept },
      /is not at \/l\/a\.log: it is no longer kept \(logs are for 14 days, and 1\.1 GB of them\), somebody /,
    ],
    [
      { code: 'log-missing', taskId: 7, attempt: 1, path: '/l/a.log', isOver: false, kept },
      /is not at \/l\/a\.log: goose has not started yet\.$/,
    ],
  ],
  'log-unreadable': [
    [
      { code: 'log-unreadable', path: '/l/a.log', text: 'EACCES' },
      'The log /l/a.log cannot be read: EACCES.',
    ],
  ],
  'temporal-unreachable': [
    [
      { code: 'temporal-unreachable', address: 'a:1', named: true, text: 'refused' },
      'Temporal at a:1 does not answer (refused): start that server, or correct TEMPORAL_ADDRESS.',
    ],
    [
      { code: 'temporal-unreachable', address: 'a:1', named: false, text: 'refused' },
      'Temporal at a:1 does not answer (refused): run `tinyscheduler start`, or set TEMPORAL_ADDRESS to your server.',
    ],
  ],
  'temporal-stuck': [
    [{ code: 'temporal-stuck', address: 'a:1', withinMs: 5_000 }, /has not read a workflow in 5 s/],
  ],
  'pass-failed': [[{ code: 'pass-failed', text: 'The pass failed.' }, 'The pass failed.']],
  'temporal-failed': [[{ code: 'temporal-failed', text: 'it broke' }, 'it broke']],
  'search-attributes-missing': [
    [
      { code: 'search-attributes-missing', names: ['A', 'B'], namespace: 'n', text: 'denied' },
      /^The search attributes A, B .*\(denied\).* --namespace n --name A --type Keyword --name B --type Keyword$/,
    ],
  ],
  'another-scheduler': [
    [
      { code: 'another-scheduler', theirs, ours: here },
      /is that of \/theirs \(TinyTask .*:3001\), not of \/mine /,
    ],
    [
      { code: 'another-scheduler', theirs: { ...theirs, host: 'there' }, ours: here },
      /that of \/theirs on there .*--base-path \/theirs/,
    ],
  ],
  'anothers-tinytask': [
    [
      { code: 'anothers-tinytask', endpoint: 'http://e', theirs: '/theirs', ours: '/mine' },
      /^The TinyTask at http:\/\/e is that of \/theirs, not of \/mine\. .*TINYSCHEDULER_MCP_ENDPOINT/,
    ],
  ],
  'backup-place-taken': [
    [
      { code: 'backup-place-taken', dir: '/b', text: 'a and 2 more' },
      /^\/b is not empty \(a and 2 more\), and nothing is overwritten: .* --keep /,
    ],
  ],
  'backup-failed': [
    [{ code: 'backup-failed', dir: '/b', text: 'no space left' }, 'No backup was made in /b: no space left.'],
  ],
  'nothing-to-back-up': [
    [{ code: 'nothing-to-back-up', stateDir: '/s' }, /^There is nothing to back up: .* \/s, .*--base-path/],
  ],
  'backup-unusable': BACKUP_PROBLEMS.map(([problem, says]) => [
    { code: 'backup-unusable', dir: '/b', problems: [problem] },
    `/b cannot be restored: ${says}.`,
  ]),
  'restore-place-taken': [
    [
      { code: 'restore-place-taken', stateDir: '/s', entries: ['a', 'b'] },
      /^There is state in \/s already \(a, b\), and nothing is overwritten: move it aside/,
    ],
  ],
  'something-runs': [
    [
      {
        code: 'something-runs',
        stateDir: '/s',
        isOrigin: false,
        processes: [{ kind: 'run --daemon', pid: 7 }],
      },
      /^Something still works with \/s: run --daemon \(process 7\)\. End it with `tinyscheduler stop`/,
    ],
    [
      { code: 'something-runs', stateDir: '/s', isOrigin: true, processes: [{ kind: 'guardian', pid: 8 }] },
      /^The backup was made of \/s, and that still runs: guardian \(process 8\)\. Both would do the same/,
    ],
  ],
  'restore-failed': [
    [
      { code: 'restore-failed', stateDir: '/s', text: 'no space left' },
      'Nothing was restored into /s: no space left.',
    ],
  ],
  'tinytask-unreachable': [[{ code: 'tinytask-unreachable', ...call }, call.text]],
  'tinytask-timeout': [[{ code: 'tinytask-timeout', ...call }, call.text]],
  'tinytask-broken-reply': [[{ code: 'tinytask-broken-reply', ...call }, call.text]],
  'tinytask-refused': [[{ code: 'tinytask-refused', ...call }, call.text]],
};

describe('a failure in words', () => {
  const cases = Object.values(SAYS).flat() as [Failure, string | RegExp][];
  test.each(cases)('%j', (failure, says) => {
    if (typeof says === 'string') expect(sayFailure(failure)).toBe(says);
    else expect(sayFailure(failure)).toMatch(says);
  });
});

test('an error has the code, the facts and the words', () => {
  const cause = new Error('below');
  const error = schedulerError({ code: 'no-such-task', taskId: 7 }, { cause });
  expect(error).toBeInstanceOf(SchedulerError);
  expect(error).toMatchObject({
    ...{ name: 'SchedulerError', code: 'no-such-task', failure: { taskId: 7 }, cause },
    message: 'TinyTask has no task 7.',
  });
  expect(hasCode(error, 'nothing-to-run', 'no-such-task')).toBe(true);
  expect(hasCode(error, 'nothing-to-run')).toBe(false);
  expect(hasCode(Object.assign(new Error(), { code: 'no-such-task' }), 'no-such-task')).toBe(false);
});
