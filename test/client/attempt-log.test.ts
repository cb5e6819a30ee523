import { utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseAttempt, findLog, logsHere, unreadable } from '../../client/attempt-log.ts';
import type { Attempt } from '../../contract/attempts.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { attemptOf } from '../support/attempts.ts';
import { temporaryFolder } from '../support/stub-runs.ts';

const log = 'task_7_attempt_1_abcdefgh.log';
const attempt = attemptOf({ host: hostname(), verdict: null, log });

const placeOf = (logDir: string) => ({ logDir, logKeepDays: 14, logKeepBytes: 5 });

test.each<[string, Partial<Attempt>, ErrorCode, object]>([
  ['it is gone', {}, 'log-missing', { isOver: true, kept: { days: 14, bytes: 5 } }],
  ['goose has not started', { endedAtMs: null }, 'log-missing', { isOver: false }],
  ['nobody has it', { host: null, endedAtMs: null }, 'log-missing', { isOver: false }],
  ['another host has it', { host: 'there' }, 'log-elsewhere', { host: 'there', log }],
  [
    'goose was not started',
    { log: null, verdict: { kind: 'misconfigured', reason: 'no recipe' } },
    'no-log',
    { reason: 'no recipe' },
  ],
  ['its name leads elsewhere', { log: '../../etc/passwd' }, 'no-log', { reason: null }],
  ['its name is another file’s', { log: 'daemon.log' }, 'no-log', { reason: null }],
])('a log that is not to be had: %s', async (_name, change, code, facts) => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'daemon.log'), '');
  await expect(findLog(placeOf(folder.path), { ...attempt, ...change })).rejects.toMatchObject({
    code,
    failure: { ...facts, taskId: 7, attempt: 1 },
  });
});

test('what lies here of a task is found without the server, what was written last first', async () => {
  using folder = temporaryFolder();
  const names = [
    'task_7_attempt_2_a.log',
    'task_7_attempt_1_b.log',
    'task_70_attempt_1_c.log',
    'task_7_.log',
    'daemon.log',
  ];
  for (const [at, name] of names.entries()) {
    writeFileSync(join(folder.path, name), '');
    utimesSync(join(folder.path, name), at, at);
  }
  const found = ['task_7_attempt_1_b.log', 'task_7_attempt_2_a.log'].map((name) => join(folder.path, name));
  expect(await logsHere({ logDir: folder.path }, 7)).toEqual(found);
  expect(await logsHere({ logDir: join(folder.path, 'missing') }, 7)).toEqual([]);
});

test('a log that lies here is taken from here, whoever wrote it', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, log);
  writeFileSync(path, '');
  expect(await findLog(placeOf(folder.path), { ...attempt, host: 'there' })).toBe(path);
});

test('the last attempt is meant, or the last with its number', () => {
  const attempts = [attempt, { ...attempt, number: 2 }, { ...attempt, number: 3 }];
  expect(chooseAttempt(attempts, 7).number).toBe(3);
  expect(chooseAttempt(attempts, 7, 2).number).toBe(2);
  expect(() => chooseAttempt(attempts, 7, 4)).toThrow('Task 7 has no attempt 4. There are: 1, 2, 3.');
  expect(() => chooseAttempt([], 7)).toThrow('Task 7 has had no attempt yet');
});

test('what the system says of a log has a code; a defect stays what it is', () => {
  expect(unreadable('/l', new Error('EACCES'))).toMatchObject({ code: 'log-unreadable' });
  expect(unreadable('/l', 'x')).toBe('x');
});
