import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { identify, readProcess } from '../../../goose/host/process-table.ts';
import { stop } from '../../../goose/host/processes.ts';
import {
  deleteRunRecord,
  newRunToken,
  type RunRecord,
  readRunRecords,
  writeRunRecord,
} from '../../../goose/host/run-record.ts';
import { sweep, workerHasGone } from '../../../goose/host/sweep.ts';
import { gooseEnvironment } from '../../../goose/start/command-line.ts';
import { readBootId } from '../../../os/boot-id.mjs';
import { findByToken } from '../../support/find-by-token.ts';
import { agentScript, isAlive, temporaryFolder } from '../../support/stub-runs.ts';

const NOW = 1_800_000_000_000;

function record(changes: Partial<RunRecord>): RunRecord {
  return {
    token: newRunToken(),
    taskId: 42,
    agent: 'vaela',
    attemptId: 'run-1',
    workflowId: 'task-42',
    runId: 'run',
    activityTaskToken: 'dG9rZW4=',
    host: 'here',
    bootId: 'this',
    worker: { pid: process.pid, startTime: readProcess(process.pid)?.startTime ?? 0 },
    graceMs: 200,
    startedAt: NOW - 1000,
    deadlineAt: NOW + 60_000,
    ...changes,
  };
}

test('a record is written whole, for its owner only, replaced and removed', async () => {
  using folder = temporaryFolder();
  const dir = join(folder.path, 'running');
  const first = record({});
  await writeRunRecord(dir, first);
  const started = { ...first, goose: { pid: 5, startTime: 6 } };
  await writeRunRecord(dir, started);
  expect(readdirSync(dir)).toEqual([`${first.token}.json`]);
  expect(statSync(join(dir, `${first.token}.json`)).mode & 0o777).toBe(0o600);
  expect(await readRunRecords(dir)).toEqual({ records: [started], problems: [] });
  await deleteRunRecord(dir, first.token);
  await deleteRunRecord(dir, first.token);
  expect(await readRunRecords(dir)).toEqual({ records: [], problems: [] });
  expect(await readRunRecords(join(folder.path, 'none'))).toEqual({ records: [], problems: [] });
  await expect(writeRunRecord(dir, record({ token: '../x' }))).rejects.toThrow('"../x"');
});

test('what cannot be read is skipped and said', async () => {
  using folder = temporaryFolder();
  const good = record({});
  await writeRunRecord(folder.path, good);
  writeFileSync(join(folder.path, 'half.json'), '{"token":');
  writeFileSync(join(folder.path, 'other.json'), '{}');
  writeFileSync(join(folder.path, 'copy.json'), JSON.stringify(good));
  const { records, problems } = await readRunRecords(folder.path);
  expect(records).toEqual([good]);
  expect(problems).toHaveLength(3);
});

test('a link or pipe in the folder is neither followed, read nor written through', async () => {
  using folder = temporaryFolder();
  const dir = join(folder.path, 'running');
  const good = record({});
  await writeRunRecord(dir, good);
  const precious = join(folder.path, 'precious');
  writeFileSync(precious, JSON.stringify(record({ token: 'a'.repeat(32) })));
  const before = readFileSync(precious, 'utf8');
  symlinkSync(precious, join(dir, `${'a'.repeat(32)}.json`));
  symlinkSync(precious, join(dir, `${good.token}.json.tmp`));
  execFileSync('mkfifo', [join(dir, 'pipe.json')]);
  writeFileSync(join(dir, 'large.json'), ' '.repeat(100_000));
  const later = { ...good, deadlineAt: NOW + 1 };
  await writeRunRecord(dir, later);
  expect(readFileSync(precious, 'utf8')).toBe(before);
  const { records, problems } = await readRunRecords(dir);
  expect(records).toEqual([later]);
  expect(problems).toHaveLength(3);
});

test('ends an orphan for certain and leaves every other run alone', async () => {
  using folder = temporaryFolder();
  const bootId = readBootId();
  const start = async (changes: Partial<RunRecord>) => {
    const written = record({ bootId, ...changes });
    const env = gooseEnvironment({ PATH: process.env.PATH }, written.token);
    const child = spawn(agentScript('ignores-term'), {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const goose = await identify(child.pid);
    await once(child.stdout, 'data');
    const full = { ...written, goose };
    await writeRunRecord(folder.path, full);
    return full;
  };
  const gone = { pid: process.pid, startTime: 1 };
  const orphan = await start({ worker: gone });
  const late = await start({ deadlineAt: NOW });
  const kept = await start({});
  const elsewhere = await start({ worker: gone, host: 'elsewhere' });
  const before = record({ worker: gone, bootId: 'before', goose: { pid: 1, startTime: 1 } });
  await writeRunRecord(folder.path, before);
  // Its worker died between record and spawn: goose is known by its token only.
  const { goose: unrecorded, ...unstarted } = await start({ worker: gone });
  await writeRunRecord(folder.path, unstarted);
  try {
    const options = { runningDir: folder.path, host: 'here', bootId, now: NOW };
    const report = await sweep({ ...options, isOrphan: workerHasGone });
    expect(report.problems).toEqual([]);
    const tokens = report.ended.map((each) => each.record.token).sort();
    expect(tokens).toEqual([orphan.token, late.token, unstarted.token].sort());
    for (const each of report.ended) expect(each.processes.killed).toBeGreaterThanOrEqual(1);
    expect(report.fromAnotherBoot).toEqual([before]);
    for (const each of [orphan.goose, late.goose, unrecorded]) expect(await isAlive(each)).toBe(false);
    for (const { token, goose } of [kept, elsewhere]) {
      expect((await findByToken(token, goose)).length).toBeGreaterThan(0);
    }
    const left = (await readRunRecords(folder.path)).records.map(({ token }) => token).sort();
    // The worker of the late one lives, so it may still want to start something.
    expect(left).toEqual([kept.token, elsewhere.token, late.token].sort());
  } finally {
    for (const { token, goose } of [kept, elsewhere, orphan, late])
      await stop({ token, root: goose }, { graceMs: 0 });
  }
});
