import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { heldBy } from '../../../client/validate/containment.ts';
import { type Place, readPlace } from '../../../goose/host/owner.ts';
import { readDescendants, readProcessTable } from '../../../goose/host/process-table.ts';
import { deleteRunRecord, newRunToken, readRunRecords } from '../../../goose/host/run-record.ts';
import { sweep, sweepStrays, workerHasGone } from '../../../goose/host/sweep.ts';
import { type GooseRunOptions, runGoose } from '../../../goose/run/run.ts';
import {
  cgroupOf,
  cgroupOfRun,
  isCgroupOfRun,
  pidsIn,
  removeCgroup,
  runCgroupsIn,
} from '../../../goose/start/cgroup.ts';
import { CONTAINMENTS, type Containment, findContainment } from '../../../goose/start/containment.ts';
import { readEnd } from '../../../goose/start/keeper.ts';
import { eventually } from '../../support/eventually.ts';
import { livingIn, startGuardedWorker, stopGuardedWorkers } from '../../support/guarded-worker.ts';
import { stubRun, temporaryFolder } from '../../support/stub-runs.ts';

afterEach(stopGuardedWorkers);

/** What this machine has. The tests say by their names which they used. */
const found = await Promise.all(CONTAINMENTS.map((each) => findContainment([each])));
const HERE = found.filter(({ by }, at) => by === CONTAINMENTS[at]);
/** Those that nobody escapes. */
const SURE = HERE.filter(({ by }) => by !== 'looks');
const each = (held: Containment[]) => held.map((one) => [one.by, one] as const);
const cgroupsOf = (held: Containment) => (held.by === 'cgroup' ? runCgroupsIn(held.home) : []);

/** A run in a folder whose `work` is where all of it lives, as `/proc` says. */
function start(name: string, folder: string, held: Containment, options: Partial<GooseRunOptions> = {}) {
  const cwd = join(folder, 'work');
  mkdirSync(cwd, { recursive: true });
  const spec = stubRun(name, folder, { cwd, held });
  const stopping = new AbortController();
  return { spec, stopping, ended: runGoose(spec, { signal: stopping.signal, ...options }) };
}

/** What the agents of a worker have said in their log. */
function saidIn(folder: string): string {
  const log = join(folder, 'work', 'agent.log');
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
}

function argumentsOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
}

async function deleteRecords({ runningDir }: Place): Promise<void> {
  for (const name of readdirSync(runningDir)) await deleteRunRecord(runningDir, name.slice(0, 32));
}

describe.each(each(SURE))('held by a %s, nothing outlives a run', (_, held) => {
  test('what escaped as the first act of goose', async () => {
    using folder = temporaryFolder();
    const { spec, stopping, ended } = start('escapes', folder.path, held);
    await eventually('two live', () => livingIn(folder.path).length >= 2);
    stopping.abort({ why: 'cancelled', detail: 'by hand' });
    expect((await ended).verdict).toEqual({ kind: 'cancelled', reason: 'by hand' });
    expect(livingIn(folder.path)).toEqual([]);
    expect(cgroupsOf(held).some((path) => isCgroupOfRun(path, spec.token))).toBe(false);
  });

  test('what escaped as its last act', async () => {
    using folder = temporaryFolder();
    const { ended } = start('escapes-and-answers', folder.path, held);
    const { verdict, exitCode, signal } = await ended;
    expect({ kind: verdict.kind, exitCode, signal }).toEqual({
      kind: 'completed',
      exitCode: 0,
      signal: null,
    });
    expect(livingIn(folder.path)).toEqual([]);
  });

  test('what escapes again and again while it is being ended', async () => {
    using folder = temporaryFolder();
    const { stopping, ended } = start('breeds', folder.path, held);
    await eventually('three live', () => livingIn(folder.path).length >= 3);
    stopping.abort();
    await ended;
    expect(livingIn(folder.path)).toEqual([]);
  });

  test('goose that was ended by a signal, or by its exit code', async () => {
    using folder = temporaryFolder();
    const killed = start('hangs', folder.path, held, {
      onStarted: ({ pid }) => void process.kill(pid, 'SIGTERM'),
    });
    expect(await killed.ended).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
    const spec = stubRun('fails', folder.path, { held });
    const failing = { ...spec, command: { ...spec.command, args: ['two words', "it's", '3'] } };
    expect(await runGoose(failing, { signal: new AbortController().signal })).toMatchObject({ exitCode: 3 });
  });
});

describe.each(each(HERE))('held by %s', (by, held) => {
  const settings = { containments: [by] };

  /** One whose two gooses are at work, and what has escaped from one of them lives. */
  async function guardedWorker(folder: string) {
    const worker = await startGuardedWorker({ folder, agents: ['escapes', 'hangs'], ...settings });
    await worker.said('running');
    await eventually('five live', () => livingIn(folder).length >= 5);
    return worker;
  }

  test.skipIf(by === 'looks')('a killed worker: its guardian ends what escaped', async () => {
    using folder = temporaryFolder();
    const worker = await guardedWorker(folder.path);
    worker.signal('SIGKILL');
    // Neither would end by itself.
    await eventually('all that it started are dead', () => livingIn(folder.path).length === 0);
    await eventually('no record is left', () => readdirSync(join(folder.path, 'running')).length === 0);
  });

  test.skipIf(by === 'looks')('worker and guardian killed: the next worker ends what escaped', async () => {
    using folder = temporaryFolder();
    const worker = await guardedWorker(folder.path);
    for (const pid of [worker.guardian(), worker.pid]) process.kill(pid, 'SIGKILL');
    await worker.exited;
    expect(livingIn(folder.path).length).toBeGreaterThanOrEqual(4);
    const place = await readPlace(join(folder.path, 'running'));
    const { ended, problems } = await sweep({ ...place, now: Date.now(), isOrphan: workerHasGone });
    expect(problems).toEqual([]);
    expect(ended).toHaveLength(2);
    expect(livingIn(folder.path)).toEqual([]);
    for (const { record } of ended)
      expect(record.cgroup !== undefined && existsSync(record.cgroup)).toBe(false);
  });

  test('a run without a record is ended whole by its mark', async () => {
    using folder = temporaryFolder();
    const agents = [by === 'looks' ? 'hangs' : 'escapes'];
    const worker = await startGuardedWorker({ folder: folder.path, agents, guarded: false, ...settings });
    await worker.said('running');
    // Else it could end with its worker, by the pipe into which it says so.
    await eventually('it hangs', () => saidIn(folder.path).includes('ready'));
    const place = await readPlace(join(folder.path, 'running'));
    worker.signal('SIGKILL');
    await worker.exited;
    await deleteRecords(place);
    expect(await sweepStrays({ place, table: await readProcessTable(), graceMs: 200 })).toBe(1);
    expect(livingIn(folder.path)).toEqual([]);
  });

  test.skipIf(by !== 'keeper')(
    'a goose that ends after its worker was killed does not take its keeper with it',
    async () => {
      using folder = temporaryFolder();
      const options = { folder: folder.path, agents: ['escapes'], guarded: false, ...settings };
      const worker = await startGuardedWorker(options);
      await worker.said('running');
      await eventually('it hangs', () => saidIn(folder.path).includes('ready'));
      const place = await readPlace(join(folder.path, 'running'));
      const [run] = (await readRunRecords(place.runningDir)).records;
      const { pid: keeper = 0 } = run?.goose ?? {};
      worker.signal('SIGKILL');
      await worker.exited;
      // Its keeper is told what ended, and has nobody any more to tell it to.
      const goose = readDescendants(keeper).find(({ pid }) => argumentsOf(pid) === 'sleep 1000');
      process.kill(goose?.pid ?? 0, 'SIGKILL');
      await eventually('goose is waited for', () => !existsSync(`/proc/${goose?.pid}`));
      await deleteRecords(place);
      expect(await sweepStrays({ place, table: await readProcessTable(), graceMs: 200 })).toBe(1);
      expect(livingIn(folder.path)).toEqual([]);
    },
  );

  test('a goose that cannot be started is said as ever', async () => {
    using folder = temporaryFolder();
    const path = (name: string) => join(folder.path, name);
    writeFileSync(path('not-executable'), '#!/bin/sh\n');
    writeFileSync(path('noise'), 'no program', { mode: 0o755 });
    const cases: [file: string, args: string[], reason: RegExp][] = [
      [path('missing'), [], /there is no .*missing: install goose/],
      [path('not-executable'), [], /not permitted/],
      [folder.path, [], /not permitted/],
      ['/bin/true', ['x'.repeat(3_000_000)], /too long/],
    ];
    if (by !== 'looks') cases.push([path('noise'), [], /is not a program for this machine/]);
    for (const [file, args, reason] of cases) {
      const spec = stubRun('answers', folder.path, { command: { file, args }, held });
      const { verdict } = await runGoose(spec, { signal: new AbortController().signal });
      expect(verdict).toEqual({ kind: 'misconfigured', reason: expect.stringMatching(reason) });
      // Others' cgroups come and go meanwhile.
      expect(cgroupsOf(held).some((path) => isCgroupOfRun(path, spec.token))).toBe(false);
    }
  });

  test('goose has its environment and its directory', async () => {
    using folder = temporaryFolder();
    const spec = stubRun('answers', folder.path, { held });
    const env = {
      ...spec.env,
      PERL5OPT: '-Mnonesuch',
      PERL_BADLANG: '1',
      LC_ALL: 'xx_XX',
      A: "two 'words'\n",
    };
    const file = join(folder.path, 'agent');
    writeFileSync(file, `#!/bin/sh\nenv -0 | tr '\\0\\n' '\\n ' >env\npwd >>env\n`, { mode: 0o755 });
    await runGoose({ ...spec, env, command: { file, args: [] } }, { signal: new AbortController().signal });
    const lines = readFileSync(join(folder.path, 'env'), 'utf8').split('\n');
    for (const [name, value] of Object.entries(env)) {
      expect(lines).toContain(`${name}=${value.replace('\n', ' ')}`);
    }
    expect(lines.filter((line) => /KEEPER|_KEPT_/.test(line))).toEqual([]);
    expect(lines).toContain(folder.path);
    expect(readFileSync(join(folder.path, 'attempt.log'), 'utf8')).not.toContain('perl');
  });
});

test('looks alone see what leaves the run within its first moments', async () => {
  using folder = temporaryFolder();
  const { stopping, ended } = start('leaves-early', folder.path, { by: 'looks' });
  await eventually('one has left', () => existsSync(join(folder.path, 'work', 'left')));
  stopping.abort();
  await ended;
  expect(livingIn(folder.path)).toEqual([]);
});

test('a keeper is the last to be ended, and one that was killed or stopped holds nothing up', async () => {
  const held = found.find((one) => one.by === 'keeper');
  if (held?.by !== 'keeper') return;
  for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
    using folder = temporaryFolder();
    const { ended, stopping } = start('hangs', folder.path, held, {
      onStarted: async ({ pid }) => {
        await eventually('all five live', () => livingIn(folder.path).length === 5);
        process.kill(pid, signal);
      },
    });
    setTimeout(() => stopping.abort(), 1_500);
    await ended;
    expect(livingIn(folder.path)).toEqual([]);
  }
});

test('validate-config finds which it is', () => {
  const finds = (held: Containment) => heldBy(held, 'linux');
  expect(finds({ by: 'cgroup', home: '/c' })).toEqual({ level: 'ok', code: 'held-by-cgroup' });
  const keeper = { by: 'keeper', perl: '/usr/bin/perl', prctl: 1 } as const;
  expect(finds(keeper)).toEqual({ level: 'ok', code: 'held-by-keeper', perl: '/usr/bin/perl' });
  expect(finds({ by: 'looks' })).toEqual({ level: 'warning', code: 'held-by-looks', mend: true });
  expect(heldBy({ by: 'looks' }, 'darwin')).toEqual({ level: 'ok', code: 'held-by-looks', mend: false });
});

test('how goose ended, as its keeper tells it', () => {
  expect(readEnd('0\n')).toEqual({ exitCode: 0, signal: null });
  expect(readEnd('768\n')).toEqual({ exitCode: 3, signal: null });
  expect(readEnd('15\n')).toEqual({ exitCode: null, signal: 'SIGTERM' });
  expect(readEnd('137\n')).toEqual({ exitCode: null, signal: 'SIGKILL' });
  for (const text of ['', '0', '1\n2\n', 'x\n']) expect(readEnd(text)).toBeUndefined();
});

test("a run's cgroup is told from any other directory", () => {
  const token = newRunToken();
  expect(isCgroupOfRun(cgroupOfRun('/sys/fs/cgroup/a', token), token)).toBe(true);
  for (const path of ['/', `/etc`, `tinyscheduler-${token}`, `/x/tinyscheduler-${newRunToken()}`]) {
    expect(isCgroupOfRun(path, token)).toBe(false);
  }
  expect(pidsIn('/nowhere')).toEqual([]);
  expect(removeCgroup('/nowhere')).toBe('gone');
  const own = cgroupOf('self');
  expect(own === undefined || existsSync(own)).toBe(true);
});
