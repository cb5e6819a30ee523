import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  identify,
  lifeOf,
  type ProcessId,
  type ProcessTable,
  readProcess,
  readProcessTable,
  signalProcess,
} from '../../../goose/host/process-table.ts';
import { ProcessesLeftError, ProcessFamily, stop } from '../../../goose/host/processes.ts';
import { newRunToken } from '../../../goose/host/run-record.ts';
import { gooseEnvironment } from '../../../goose/start/command-line.ts';
import { enterCgroup, isEntering } from '../../../goose/start/enter-cgroup.ts';
import { eventually } from '../../support/eventually.ts';
import { findByToken } from '../../support/find-by-token.ts';
import { agentScript, isAlive } from '../../support/stub-runs.ts';

async function startStub(name: string): Promise<{ token: string; root: ProcessId }> {
  const token = newRunToken();
  const env = gooseEnvironment({ PATH: process.env.PATH }, token);
  const child = spawn(agentScript(name), { env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const root = await identify(child.pid);
  await once(child.stdout, 'data');
  return { token, root };
}

test('finds a run by its token and ends all of it within the grace', async () => {
  const { token, root } = await startStub('hangs');
  const found = await eventually('it is found', async () => {
    const processes = await findByToken(token);
    return processes.length === 4 && processes;
  });
  expect(found).toContainEqual({ ...root, ppid: process.pid, session: root.pid });
  expect(await stop({ token, root }, { graceMs: 5000 })).toEqual({ asked: 4, killed: 0 });
  for (const each of found) expect(await isAlive(each)).toBe(false);
});

test('kills what takes no notice, new children included, and not before the grace is over', async () => {
  const { token, root } = await startStub('ignores-term');
  const start = performance.now();
  const report = await stop({ token, root }, { graceMs: 500 });
  expect(performance.now() - start).toBeGreaterThanOrEqual(500);
  expect(report.killed).toBeGreaterThanOrEqual(2);
  expect(await findByToken(token, root)).toEqual([]);
});

test('a run of which nothing is left is ended at once', async () => {
  expect(await stop({ token: newRunToken() }, { graceMs: 5000 })).toEqual({ asked: 0, killed: 0 });
});

test('a process of the same pid but another start time is left alone', async () => {
  const { token, root } = await startStub('hangs');
  const other = { ...root, startTime: root.startTime - 1 };
  expect(signalProcess(other, 'SIGKILL')).toBe(false);
  expect(await findByToken(newRunToken(), other)).toEqual([]);
  expect(readProcess(root.pid)).toBeDefined();
  await stop({ token, root }, { graceMs: 1000 });
});

test('a zombie is not alive', async () => {
  const token = newRunToken();
  const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [pid] = await once(parent.stdout, 'data');
    const zombie = Number(String(pid));
    await eventually(
      'it is no zombie any more',
      async () => !(await readProcessTable()).processes.some((each) => each.pid === zombie),
    );
    expect(readProcess(zombie)).toBeDefined();
    expect(await findByToken(token, readProcess(zombie))).toEqual([]);
  } finally {
    parent.kill('SIGKILL');
  }
});

test('the mark of a program that a process becomes is seen, though the one before had none', async () => {
  const token = newRunToken();
  // The same process, known without the mark before it has it, and then with another one.
  const script = `read go; exec env TINYSCHEDULER_RUN_TOKEN=${token} sh -c 'read go; exec sleep 1000'`;
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'] });
  const tokenOf = async () => (await readProcessTable()).tokens.get(child.pid ?? -1);
  try {
    await eventually('it is there', async () =>
      (await readProcessTable()).processes.some(({ pid }) => pid === child.pid),
    );
    expect(await tokenOf()).toBeUndefined();
    child.stdin.write('go\n');
    await eventually('it has the mark', async () => (await tokenOf()) === token);
    child.stdin.write('go\n');
    await eventually('it is the last program', () =>
      readFileSync(`/proc/${child.pid}/cmdline`, 'latin1').startsWith('sleep'),
    );
    expect(await tokenOf()).toBe(token);
  } finally {
    child.kill('SIGKILL');
  }
});

test('says so when something cannot be ended', () => {
  expect(new ProcessesLeftError([7]).message).toContain('7');
});

test('looking at all processes is cheap', async () => {
  const before = process.cpuUsage();
  for (let i = 0; i < 10; i += 1) await readProcessTable();
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000 / 10).toBeLessThan(100);
});

test('who asks for the processes gets those of then, not of before', async () => {
  const earlier = readProcessTable();
  await Promise.resolve();
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  try {
    const [one, another] = await Promise.all([readProcessTable(), readProcessTable(), earlier]);
    expect(one.processes.some(({ pid }) => pid === child.pid)).toBe(true);
    expect(another).toBe(one);
  } finally {
    child.kill('SIGKILL');
  }
});

/** A folder that tells like a cgroup who is in it. */
function fakeCgroup(): { cgroup: string; hold: (...pids: number[]) => void } {
  const cgroup = mkdtempSync(join(tmpdir(), 'cgroup-'));
  onTestFinished(() => rmSync(cgroup, { recursive: true, force: true }));
  return { cgroup, hold: (...pids) => writeFileSync(join(cgroup, 'cgroup.procs'), pids.join('\n')) };
}

/** Each leads a session of its own. */
async function startLeader(): Promise<ProcessId> {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return identify(child.pid);
}

function tableOf(...processes: ProcessTable['processes']): ProcessTable {
  const none = { tokens: new Map(), owners: new Map(), helpers: new Map(), keepers: new Set<number>() };
  return { processes, ...none };
}

test('whoever gets the number of a session that was seen in the cgroup, and is empty by now, is left alone', async () => {
  const { cgroup, hold } = fakeCgroup();
  const root = await startLeader();
  const daemon = await startLeader();
  const family = new ProcessFamily(newRunToken(), root, cgroup);
  hold(root.pid, daemon.pid);
  expect(family.lookInCgroup()).toBe(true);
  hold(root.pid);
  expect(family.lookInCgroup()).toBe(true);
  const ofAnother = { pid: 4_000_001, ppid: 1, session: daemon.pid, startTime: 1 };
  const ofRoot = { pid: 4_000_002, ppid: 1, session: root.pid, startTime: 1 };
  expect((await family.look(tableOf(ofAnother, ofRoot))).map(({ pid }) => pid).sort()).toEqual(
    [root.pid, ofRoot.pid].sort(),
  );
});

/** Stopped while it is the shell still that is to become `sleep`; it may have been faster. */
async function startEntering(cgroup: string): Promise<ProcessId> {
  const { file, args } = enterCgroup(cgroup, { file: 'sleep', args: ['1000'] });
  for (;;) {
    const child = spawn(file, args, { detached: true, stdio: 'ignore' });
    child.kill('SIGSTOP');
    onTestFinished(() => void child.kill('SIGKILL'));
    const root = await identify(child.pid);
    await eventually('it is stopped', () => lifeOf(root) === 'stopped');
    if (isEntering(root.pid, cgroup)) return root;
  }
}

test('who is on the way into the cgroup is all there is of a run, and is not looked for outside', async () => {
  const before = performance.now();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(before);
  onTestFinished(() => void clock.mockRestore());
  const { cgroup, hold } = fakeCgroup();
  const root = await startEntering(cgroup);
  const family = new ProcessFamily(newRunToken(), root, cgroup);
  expect(family.lookInCgroup()).toBe(true);
  expect(new ProcessFamily(newRunToken(), root, fakeCgroup().cgroup).lookInCgroup()).toBe(false);
  // It may say of itself what it likes.
  clock.mockReturnValue(before + 10_000);
  expect(family.lookInCgroup()).toBe(false);
  clock.mockReturnValue(before);

  signalProcess(root, 'SIGCONT');
  await eventually('it is another program', () => !isEntering(root.pid, cgroup));
  expect(family.lookInCgroup()).toBe(false);
  hold(root.pid);
  expect(family.lookInCgroup()).toBe(true);

  signalProcess(root, 'SIGKILL');
  await eventually('it is dead', () => lifeOf(root) === 'gone');
  hold();
  const looks = vi.spyOn(family, 'look');
  await family.stop({ graceMs: 0 });
  expect(looks).toHaveBeenCalledTimes(1);
});

test('a run in a cgroup is looked for outside of it every ten seconds, and twice at its end where it was not', async () => {
  const before = performance.now();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(before);
  onTestFinished(() => void clock.mockRestore());
  const ofAge = async (...lookedAfterMs: number[]) => {
    const { cgroup, hold } = fakeCgroup();
    clock.mockReturnValue(before);
    const root = await startLeader();
    const family = new ProcessFamily(newRunToken(), root, cgroup);
    hold(root.pid);
    const willDo = lookedAfterMs.map((ms) => {
      clock.mockReturnValue(before + ms);
      return family.lookInCgroup();
    });
    return { family, hold, root, willDo };
  };
  const watched = await ofAge(0, 9_999, 10_000);
  expect(watched.willDo).toEqual([true, true, false]);
  await watched.family.look();
  expect(watched.family.lookInCgroup()).toBe(true);

  const looksOfStop = async (of: Awaited<ReturnType<typeof ofAge>>) => {
    signalProcess(of.root, 'SIGKILL');
    await eventually('it is dead', () => lifeOf(of.root) === 'gone');
    of.hold();
    const looks = vi.spyOn(of.family, 'look');
    await of.family.stop({ graceMs: 0 });
    return looks.mock.calls.length;
  };
  expect(await looksOfStop(watched)).toBe(1);
  expect(await looksOfStop(await ofAge(0, 1_000))).toBe(1);
  expect(await looksOfStop(await ofAge(0, 20_000))).toBe(2);
});
