import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildOnce } from '../support/build.ts';
import { logLines } from '../support/log-of-the-day.ts';
import { temporaryFolder } from '../support/stub-runs.ts';

/** A process that logs three problems, with this as its stderr. Returns its exit code and what it printed. */
async function logging(dir: string, stderr: 'pipe' | string, level = 'INFO') {
  const build = await buildOnce();
  const script = join(dir, 'log.mjs');
  writeFileSync(
    script,
    `import { openLog } from '${build}/workers/logging.js';
     const log = openLog({ logDir: '${dir}/logs', logLevel: 'INFO' }, '${level}');
     for (const problem of ['a', 'b', 'c']) log.tell({ what: 'problem', about: 'host', problem });
     log.tell({ what: 'claimed', taskId: 7, agent: 'vaela', attempt: 2, runId: 'r', assignedFrom: null, log: 'l', pool: null, addedMs: 0, handedOutMs: 0 });
     console.log('alive');`,
  );
  const fd = stderr === 'pipe' ? 'pipe' : openSync(stderr, 'w');
  const ran = spawnSync(process.execPath, [script], { stdio: ['ignore', 'pipe', fd], encoding: 'utf8' });
  if (fd !== 'pipe') closeSync(fd);
  return ran;
}

const LINES = [
  expect.stringMatching(/^\S+\|WARNING - a$/),
  expect.stringMatching(/^\S+\|WARNING - b$/),
  expect.stringMatching(/^\S+\|WARNING - c$/),
  expect.stringMatching(/^\S+\|INFO - Task 7 attempt 2 on vaela starts; log l, run r$/),
];

test('the same lines on stderr, as JSON with the ids as fields, and in the file of the day', async () => {
  using folder = temporaryFolder();
  const { stderr, status } = await logging(folder.path, 'pipe');
  expect(status).toBe(0);
  const json = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(json).toHaveLength(4);
  expect(json[0]).toMatchObject({ level: 40, msg: 'a' });
  expect(json[3]).toMatchObject({
    taskId: 7,
    agent: 'vaela',
    attempt: 2,
    runId: 'r',
    pid: expect.any(Number),
  });
  expect(logLines(join(folder.path, 'logs'))).toEqual(LINES);
});

test('stderr may show less than the file has', async () => {
  using folder = temporaryFolder();
  const { stderr } = await logging(folder.path, 'pipe', 'WARNING');
  expect(stderr.trimEnd().split('\n')).toHaveLength(3);
  expect(logLines(join(folder.path, 'logs'))).toHaveLength(4);
});

test('a full disk behind stderr ends nothing', async () => {
  using folder = temporaryFolder();
  const { stdout, status } = await logging(folder.path, '/dev/full');
  expect({ stdout, status }).toEqual({ stdout: 'alive\n', status: 0 });
  expect(logLines(join(folder.path, 'logs'))).toEqual(LINES);
});

test('no log directory can be made: it says so on stderr, once, and goes on', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'logs'), 'a file');
  const { stderr, stdout } = await logging(folder.path, 'pipe');
  expect(stdout).toBe('alive\n');
  expect(stderr.match(/cannot be written, so its lines are here only: .*(ENOTDIR|EEXIST)/g)).toHaveLength(1);
  expect(stderr.trimEnd().split('\n')).toHaveLength(5);
});

test('at a terminal the lines are plain', async () => {
  using folder = temporaryFolder();
  await logging(folder.path, 'pipe');
  const command = `${process.execPath} ${join(folder.path, 'log.mjs')}`;
  const screen = execFileSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' });
  expect(screen).toMatch(/^\d{4}-\d\d-\d\dT\S+\|WARNING - a\r$/m);
  expect(screen).not.toContain('{');
});
