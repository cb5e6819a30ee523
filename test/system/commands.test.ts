import { existsSync, readFileSync } from 'node:fs';
import { readdir, rename, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { occurrenceTag, taskWorkflowId } from '../../contract/ids.ts';
import { readRunRecords } from '../../goose/host/run-record.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import type { Workers } from '../../workers/workers.ts';
import { commandTask, program } from '../support/command-tasks.ts';
import { eventually } from '../support/eventually.ts';
import { lives } from '../support/guarded-worker.ts';
import { guardiansOf } from '../support/guardians.ts';
import { definitionOf, SELDOM } from '../support/schedules.ts';
import { SeenDaemons, signalIfThere } from '../support/seen-daemons.ts';
import { type System, startSystem } from '../support/system.ts';
import { inStatus, newTask } from '../support/task-runs.ts';

const LOG_BYTES = 20_000;
const STALL_SEC = 6;

let system: System;
let workers: Workers;
let daemons: SeenDaemons;
beforeAll(async () => {
  system = await startSystem();
  Object.assign(system.env, {
    ...{ TINYSCHEDULER_BIN_DIR: 'bin', TINYSCHEDULER_LOG_MAX_BYTES: String(LOG_BYTES) },
    ...{ TINYSCHEDULER_LOOP_INTERVAL_SEC: '1', TINYSCHEDULER_KILL_GRACE_SEC: '1' },
    ...{ A_TOKEN: 'hunter2hunter2', WANTED: 'yes' },
  });
  daemons = new SeenDaemons(system);
  const rules = { stallSec: STALL_SEC, maxAttempts: 1, env: ['A_TOKEN', 'WANTED'] };
  await system.agents([{ agentName: 'commands', agentType: 'nobodys', limit: 20, ...rules }]);
  await program(system, 'well', '#!/bin/sh\necho well\n');
  workers = await system.start('daemon');
});
afterAll(async () => {
  await daemons.end();
  for (const pid of pidsIn('journal')) signalIfThere(pid, 'SIGKILL');
  await system.stop();
});

const lines = (name: string) => {
  const path = join(system.dir, name);
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
};
const pidsIn = (name: string) => lines(name).flatMap((line) => line.match(/\d+/)?.map(Number) ?? []);
const sh = (...text: string[]) => `${['#!/bin/sh', ...text].join('\n')}\n`;

/** What became of a task: that it is complete, or why it is parked. */
function endOf(taskId: number): Promise<string> {
  return eventually(`task ${taskId} ends`, async () => {
    if ((await system.tinytask.get(taskId))?.status === 'complete') return 'complete';
    const run = await lastRunOf(system.client, taskId);
    return run?.closedAtMs === null && run.phase === 'parked' ? run.memo?.why : undefined;
  });
}

/** What becomes of a task of a program with this text. */
async function ended(name: string, ...text: string[]): Promise<string> {
  await program(system, name, sh(...text));
  const { id } = await commandTask(system, { command: name });
  return endOf(id);
}

test('a program that exits 0 completes its task, and knows why it runs', async () => {
  await program(system, 'sub/tells', sh('env >"$1"; pwd; printf "%s|" "$@"'));
  const args = ['tells-env', '$HOME; ls', ''];
  const task = await commandTask(system, { command: 'sub/tells', args });
  await inStatus(system, task.id, 'complete');
  const env = lines('tells-env');
  expect(env).toEqual(
    expect.arrayContaining([
      'TINYSCHEDULER_SCHEDULE=nightly',
      `TINYSCHEDULER_OCCURRENCE=${task.occurrence}`,
      `TINYSCHEDULER_PLANNED_AT=${task.occurrence.slice('occurrence-nightly-'.length)}`,
      `TINYSCHEDULER_TASK_ID=${task.id}`,
      'WANTED=yes',
    ]),
  );
  expect(env.filter((each) => /^(TEMPORAL_|OPENAI_)/.test(each))).toEqual([]);
});

test('a schedule has a program run, and its occurrence ends as that does', async () => {
  await program(system, 'takes', sh('[ "$1" = well ] && echo "$TINYSCHEDULER_SCHEDULE" >>taken'));
  const { schedules } = await system.scheduler();
  const occurs = async (name: string, args: string[]) => {
    const work = { kind: 'command', command: 'takes', args } as const;
    await schedules.create(definitionOf(name, { timing: SELDOM, work }));
    const { occurrence } = await schedules.runNow(name);
    return eventually(`${name} has ended`, async () => (await schedules.occurrence(occurrence))?.memo?.ended);
  };
  const [well, ill] = await Promise.all([occurs('taker', ['well']), occurs('loser', ['ill'])]);
  expect(well).toMatchObject({ end: 'done', agent: 'commands', tokens: 0, attempts: 1 });
  expect(ill).toMatchObject({
    end: 'failed',
    verdict: 'agent-failed',
    reason: expect.stringContaining('"takes" exited with code 1'),
  });
  expect(lines('taken')).toEqual(['taker']);
});

test('how programs end that do not as they should', async () => {
  const child = `env -i setsid sh -c 'echo $$ >>left; trap "" TERM; while :; do sleep 0.1; done' >/dev/null 2>&1 </dev/null`;
  const wait = 'until [ -s left ]; do sleep 0.05; done';
  const all = await Promise.all([
    ended('forks', `( ( ${child} & ) & )`, wait),
    ended('prints', 'head -c 50000000 /dev/zero | tr "\\0" x'),
    ended('leaves', 'cd /', `pwd >"${system.dir}/elsewhere"`),
    ended('fails', 'echo "no room for $A_TOKEN" >&2', 'exit 3'),
    ended('hangs', 'trap "" TERM', 'echo begun', 'while :; do sleep 0.1; done'),
  ]);
  const FAILED = 'attempt 1 of 1 failed:';
  expect(all).toEqual([
    ...['complete', 'complete', 'complete'],
    `${FAILED} "fails" exited with code 3; its last line: "no room for …"`,
    `${FAILED} "hangs" wrote nothing for ${STALL_SEC} s; its last line: "begun"`,
  ]);
  expect(pidsIn('left').filter(lives)).toEqual([]);
  expect(lines('elsewhere')).toEqual(['/']);
  const logs = await readdir(join(system.dir, 'state/logs'));
  const sizes = await Promise.all(
    logs.map(async (name) => (await stat(join(system.dir, 'state/logs', name))).size),
  );
  expect(Math.max(...sizes)).toBeLessThanOrEqual(LOG_BYTES);
  expect(Math.max(...sizes)).toBeGreaterThan(LOG_BYTES / 2);
});

const forged = (tags: string[]) => async () => {
  const { id } = await newTask(system, { tags, assignedTo: 'commands' });
  return endOf(id);
};
const asks =
  (command: string, args: string[] = []) =>
  async () =>
    endOf((await commandTask(system, { command, args })).id);

test('what is refused harms its own task alone', async () => {
  await program(system, '../outside', sh('echo outside >>ran'));
  await program(system, 'no-shebang', 'echo by a shell >>ran\n');
  await symlink('../outside', join(system.dir, 'bin/out'));
  const other = await commandTask(system, { command: 'well' });
  await endOf(other.id);
  const ends = await Promise.all(
    [
      forged([]),
      forged([occurrenceTag('occurrence-nightly-1999-01-01T00:00:00Z')]),
      forged([occurrenceTag(other.occurrence)]),
      forged([occurrenceTag(taskWorkflowId(other.id))]),
      asks('../outside'),
      asks(join(system.dir, 'outside')),
      asks('out'),
      asks('no-shebang'),
      asks('missing'),
    ].map((each) => each()),
  );
  expect(ends).toEqual([
    expect.stringMatching(
      /^it is given to the agent of programs, which runs what a schedule says and nothing else/,
    ),
    expect.stringMatching(/^the server knows no occurrence "occurrence-nightly-1999/),
    expect.stringMatching(/^the occurrence ".*" that its tag names has not made this task$/),
    expect.stringMatching(/^it is given to the agent of programs/),
    expect.stringMatching(/^the program "\.\.\/outside" is not run: a schedule names it by its path inside/),
    expect.stringMatching(/is not run: a schedule names it by its path inside/),
    expect.stringMatching(/^the program "out" is not run: it leads out of/),
    expect.stringMatching(/^attempt 1 of 1 failed: the program "no-shebang" in .* is neither a program/),
    expect.stringMatching(/^attempt 1 of 1 failed: there is no program "missing"/),
  ]);
  expect(lines('ran')).toEqual([]);
  expect(await asks('well')()).toBe('complete');
});

test('that BIN_DIR is away is the trouble of the agent, until it is back', async () => {
  const [bin, away] = ['bin', 'away'].map((name) => join(system.dir, name)) as [string, string];
  await rename(bin, away);
  const { id } = await commandTask(system, { command: 'well' });
  const scheduler = await system.scheduler();
  await eventually('it is told', async () => {
    const { agents } = await scheduler.agents();
    const reason = JSON.stringify(agents.find(({ name }) => name === 'commands'));
    return reason.includes('bin does not exist: make it, or correct TINYSCHEDULER_BIN_DIR');
  });
  await rename(away, bin);
  expect(await endOf(id)).toBe('complete');
});

test('where its worker is killed, a program begins anew only when nothing of it is left', async () => {
  await workers.stop();
  const held = [await daemons.start(), await daemons.start()];
  await program(
    system,
    'long',
    sh(
      // Who finds another one alive says so. A zombie is dead, though it may be waited for only seconds later.
      'for pid in $(cat journal 2>/dev/null); do grep -qs "^State:.[^ZX]" /proc/$pid/status && echo beside $pid >>beside; done',
      `( env -i setsid sh -c 'echo $$ >>journal; trap "" TERM; while :; do sleep 0.1; done' >/dev/null 2>&1 </dev/null & )`,
      'echo $$ >>journal',
      // It is not silent, so that it does not count as stalled.
      'until [ -e enough ]; do echo .; sleep 0.05; done',
    ),
  );
  const { id } = await commandTask(system, { command: 'long' });
  await eventually('it runs', () => pidsIn('journal').length === 2);
  const { records } = await readRunRecords(join(system.dir, 'state/running'));
  const killed = held.find(({ pid }) => pid === records[0]?.worker.pid);
  if (killed === undefined) throw new Error(`no daemon has it: ${JSON.stringify(records)}`);
  for (const pid of [...guardiansOf(killed.pid), killed.pid]) process.kill(pid, 'SIGKILL');
  await eventually('it runs again', () => pidsIn('journal').length === 4);
  await program(system, '../enough', '');
  expect(await endOf(id)).toBe('complete');
  expect(lines('beside')).toEqual([]);
  expect(pidsIn('journal').filter(lives)).toEqual([]);
});
