import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { HostWatch } from '../../../goose/host/host-watch.ts';
import { type Place, readPlace } from '../../../goose/host/owner.ts';
import { identify } from '../../../goose/host/process-table.ts';
import { ProcessFamily } from '../../../goose/host/processes.ts';
import { newRunToken, type RunRecord, writeRunRecord } from '../../../goose/host/run-record.ts';

/** A watch that has looked at a folder without runs, at a time that stands still: only the folder can end its rest. */
async function watching() {
  const outer = await mkdtemp(join(tmpdir(), 'host-watch-'));
  onTestFinished(() => rm(outer, { recursive: true, force: true }));
  const dir = join(outer, 'state/running');
  await mkdir(dir, { recursive: true });
  const place = await readPlace(dir);
  const watch = new HostWatch({ place, graceMs: 0, onEnded: () => undefined, onProblem: () => undefined });
  onTestFinished(() => watch.close());
  await watch.look();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  return { watch, dir, place };
}

/** Of a run of this process, whose cgroup is a folder that tells like one. */
async function recordOf({ host, bootId }: Place, dir: string): Promise<RunRecord> {
  const token = newRunToken();
  const cgroup = join(dir, `tinyscheduler-${token}`);
  await mkdir(cgroup);
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await writeFile(join(cgroup, 'cgroup.procs'), String(child.pid));
  const [worker, goose] = await Promise.all([identify(process.pid), identify(child.pid)]);
  const startedAt = Date.now();
  const of = { taskId: 1, agent: 'ada', attemptId: 'a', workflowId: 'w', runId: 'r', activityTaskToken: '' };
  const times = { graceMs: 0, startedAt, deadlineAt: startedAt + 600_000 };
  return { token, cgroup, ...of, host, bootId, worker, goose, ...times };
}

test('the folder of run records ends the rest of who has no runs to look after', async () => {
  const { watch, dir } = await watching();
  const rest = watch.rest();
  expect(vi.getTimerCount()).toBe(1);
  await writeFile(join(dir, 'a.json'), '{}');
  await rest;
  expect(vi.getTimerCount()).toBe(0);
});

test.each(['..', '.'])('a folder that was made anew is watched, too: %s was moved away', async (moved) => {
  const { watch, dir } = await watching();
  await rename(join(dir, moved), join(dir, '../..', 'away'));
  await mkdir(dir, { recursive: true });
  await watch.look();
  const rest = watch.rest();
  expect(vi.getTimerCount()).toBe(1);
  await writeFile(join(dir, 'a.json'), '{}');
  await rest;
});

test('one that is not there is looked for often, until it is', async () => {
  const { watch, dir } = await watching();
  await rm(dir, { recursive: true });
  await watch.look();
  void watch.rest();
  expect(vi.getTimerCount()).toBe(0);
  await mkdir(dir);
  await watch.look();
  void watch.rest();
  expect(vi.getTimerCount()).toBe(1);
});

test('so does a worker that has gone, and the end of the watch', async () => {
  const { watch } = await watching();
  const first = watch.rest();
  watch.workerHasGone({ pid: 1, startTime: 1 });
  await first;
  const other = (await watching()).watch;
  const second = other.rest();
  other.close();
  await second;
  expect(other.isClosed).toBe(true);
});

test('after a long rest all processes are looked at within a second of the first run, where it has a cgroup too', async () => {
  const { watch, dir, place } = await watching();
  const before = performance.now();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(before + 30_000);
  const looks = vi.spyOn(ProcessFamily.prototype, 'look');
  onTestFinished(() => [clock, looks].forEach((spy) => void spy.mockRestore()));
  await watch.look();
  await writeRunRecord(dir, await recordOf(place, dir));
  await watch.look();
  expect([watch.hasRuns, looks.mock.calls.length]).toEqual([true, 0]);
  clock.mockReturnValue(before + 31_000);
  await watch.look();
  expect(looks).toHaveBeenCalledOnce();
});

test('a look that fails is followed by the next after a short rest', async () => {
  const { watch, dir } = await watching();
  await rm(dir, { recursive: true });
  // It is watched like a folder, and read like none.
  await writeFile(dir, '');
  await expect(watch.look()).rejects.toThrow('ENOTDIR');
  void watch.rest();
  expect(vi.getTimerCount()).toBe(0);
});
