import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRunning } from '../../client/running.ts';
import { attemptLogName } from '../../contract/ids.ts';
import type { TaskAtWork } from '../../contract/running.ts';
import { temporaryFolder } from '../support/stub-runs.ts';

const atWork = (taskId: number): TaskAtWork => ({
  ...{ taskId, title: 't', agent: 'ada', pool: 'dev', state: 'running', runId: 'abcdefgh-1', attempt: 3 },
  ...{ sinceMs: 0, limitMs: 1, deadlineMs: null, tokens: null, turns: null, host: 'h', heardMs: null },
});

test('the log of each tells its size, age and last line; one that cannot be read harms no other', async () => {
  using folder = temporaryFolder();
  const at = (taskId: number) => join(folder.path, attemptLogName(taskId, 'abcdefgh-1', 3));
  writeFileSync(at(1), 'first\n\x1b[31mlast\x1b[0m\n\n');
  utimesSync(at(1), new Date(), new Date(Date.now() - 60_000));
  writeFileSync(at(2), '');
  symlinkSync(at(1), at(3));
  mkdirSync(at(4));
  execFileSync('mkfifo', [at(5)]);
  writeFileSync(at(6), 'x\n');
  truncateSync(at(6), 2_000);
  writeFileSync(at(8), `${'long '.repeat(20_000)}\nend\n`);
  const config = { logDir: folder.path, logMaxBytes: 2_000 };
  const tasks = [1, 2, 3, 4, 5, 6, 7].map(atWork);
  const { running, more } = await readRunning(config, { atMs: 0, atWork: tasks });
  expect(more).toBe(0);
  expect(running.map(({ log }) => log && [log.bytes, log.lastLine])).toEqual([
    [21, 'last'],
    [0, null],
    // Others may write in the folder: links, folders and pipes are no logs.
    ...[null, null, null],
    // Full: the newest output stands somewhere within.
    [2_000, null],
    null,
  ]);
  expect(running[0]?.log?.silentMs).toBeGreaterThanOrEqual(60_000);
  expect(running[0]?.log?.silentMs).toBeLessThan(90_000);
  const long = await readRunning({ ...config, logMaxBytes: 1_000_000 }, { atMs: 0, atWork: [atWork(8)] });
  expect(long.running[0]?.log?.lastLine).toBe('end');
});

test('of very many the first 200 are told, and how many more there are', async () => {
  using folder = temporaryFolder();
  const tasks = Array.from({ length: 205 }, (_, at) => atWork(at + 1));
  const { running, more } = await readRunning(
    { logDir: folder.path, logMaxBytes: 1 },
    { atMs: 0, atWork: tasks },
  );
  expect([running.length, more]).toEqual([200, 5]);
});
