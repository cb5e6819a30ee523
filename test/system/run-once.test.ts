import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCHEDULER_ID, taskWorkflowId } from '../../contract/ids.ts';
import { mainForTests } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { logLines } from '../support/log-of-the-day.ts';
import { type System, startSystem } from '../support/system.ts';
import { gooseLives, inStatus, newTask } from '../support/task-runs.ts';

const AGENTS = {
  good: 'MODEL: say Done.',
  failing: 'MODEL: empty',
  slow: 'MODEL: wait 60s',
  splitter:
    'MODEL: tool create_subtask {"parent_task_id": {{ task_id }}, "title": "half", "created_by": "splitter", "assigned_to": "nobody"}\nMODEL: say Split.',
};
let system: System;
beforeAll(async () => {
  system = await startSystem();
  system.env.TINYSCHEDULER_MAX_ATTEMPTS = '2';
  system.env.TINYSCHEDULER_KILL_GRACE_SEC = '1';
  await system.agents(
    [...Object.keys(AGENTS), 'unwritten'].map((name) => ({ agentName: name, agentType: name, limit: 2 })),
  );
  for (const [name, script] of Object.entries(AGENTS)) await system.recipe(name, script);
});
afterAll(() => system.stop());

/** The command as cron runs it. */
function runOnce(...more: string[]) {
  return execa(process.execPath, [mainForTests(), 'run', '--once', ...more], {
    env: system.env,
    extendEnv: false,
    cwd: system.dir,
    reject: false,
  });
}

const json = (stdout: string) => JSON.parse(stdout) as Record<string, unknown> & { outcomes: unknown };

test('it says how each task ended, and exits with 1 when one of them did not end well', async () => {
  const [good, failing, split, unwritten] = [
    await newTask(system, { assignedTo: 'good' }),
    await newTask(system, { queue: 'failing' }),
    await newTask(system, { assignedTo: 'splitter' }),
    await newTask(system, { assignedTo: 'unwritten' }),
  ];
  const old = join(system.dir, 'state/logs/task_999_attempt_1_00000000.log');
  mkdirSync(dirname(old), { recursive: true });
  writeFileSync(old, '');
  utimesSync(old, 1e9, 1e9);
  const { exitCode, stdout, stderr } = await runOnce();
  expect(existsSync(old), 'where passes come from cron, nobody else removes old logs').toBe(false);
  const ended = stdout.split('\n').filter((line) => / (ended|was parked|was lost) on /.test(line));
  expect(ended.sort()).toEqual([
    expect.stringMatching(
      new RegExp(
        `^task ${good.id} ended on good: completed, the model gave its final answer; set to complete; attempt 1; \\d+ s; log task_${good.id}_attempt_1_\\w+\\.log$`,
      ),
    ),
    expect.stringMatching(
      new RegExp(
        `^task ${failing.id} was parked on failing: agent-failed, .*; it runs again after \`tinyscheduler retry ${failing.id}\`; attempt 2; \\d+ s; log task_${failing.id}_attempt_2_`,
      ),
    ),
    expect.stringMatching(
      new RegExp(
        `^task ${split.id} ended on splitter: completed, .*; set back to idle, since it has open subtasks \\(\\d+\\); attempt 1; `,
      ),
    ),
    expect.stringMatching(
      new RegExp(
        `^task ${unwritten.id} ended on unwritten: misconfigured, there is no recipe .*; nothing written; attempt 1; \\d+ s$`,
      ),
    ),
  ]);
  expect(stderr).toContain('waiting for 4 tasks that it started');
  expect(exitCode).toBe(1);
  // Its own work is in the log of the day.
  const log = logLines(join(system.dir, 'state/logs')).join('\n');
  expect(log).toMatch(/INFO - Serving as once/);
  expect(log).toContain(`Task ${good.id} attempt 1 on good: set to complete`);
  expect(log).toMatch(
    new RegExp(
      `WARNING - Task ${failing.id} attempt 2 on failing: set back to idle; parked: attempt 2 of 2 failed`,
    ),
  );
  for (const { id } of [split, unwritten]) await system.tool('delete_task', { id });
});

test('all is well: 0, and with --json one object that has the outcomes', async () => {
  const { id } = await newTask(system, { assignedTo: 'good' });
  const { exitCode, stdout } = await runOnce('--json');
  expect(json(stdout)).toMatchObject({
    tasks_spawned: 1,
    started: [{ task_id: id, agent: 'good' }],
    outcomes: [
      {
        ...{ task_id: id, agent: 'good', state: 'ended', end: 'complete', verdict: 'completed', attempts: 1 },
        ...{ log: expect.stringMatching(`^task_${id}_attempt_1_`), seconds: expect.any(Number), well: true },
      },
    ],
  });
  const [log] = (json(stdout).outcomes as { log: string }[]).map((outcome) => outcome.log);
  expect(readdirSync(join(system.dir, 'state/logs'))).toContain(log);
  expect(exitCode).toBe(0);
  const nothing = await runOnce('--json');
  expect(json(nothing.stdout).outcomes).toEqual([]);
  expect(nothing.exitCode).toBe(0);
});

test('Ctrl-C: its goose is stopped and written back, and it says that it waits no longer', async () => {
  const { id } = await newTask(system, { assignedTo: 'slow' });
  const running = runOnce('--json');
  await gooseLives(system, id);
  running.kill('SIGINT');
  const { exitCode, stdout } = await running;
  expect(json(stdout).outcomes).toMatchObject([
    { task_id: id, state: expect.stringMatching(/waiting|running/), well: false },
  ]);
  expect(exitCode).toBe(1);
  expect((await system.tinytask.get(id))?.status).toBe('idle');
  expect(await system.gooses()).toEqual([]);
  await system.tool('delete_task', { id });
});

test('killed while the scheduler makes its pass, it is in nobody’s way', async () => {
  const asked = async () => {
    const { events } = await system.client.workflow.getHandle(SCHEDULER_ID).fetchHistory();
    const signals = events?.map((event) => event.workflowExecutionSignaledEventAttributes?.signalName);
    return signals?.filter((name) => name === 'pass').length;
  };
  const before = await asked();
  const killed = runOnce();
  await eventually('the scheduler has its wish', async () => (await asked()) !== before);
  killed.kill('SIGKILL');
  await killed;
  const { exitCode, stdout, stderr } = await runOnce('--json');
  expect(exitCode, stderr).toBe(0);
  expect(json(stdout)).toMatchObject({ tasks_spawned: 0, outcomes: [] });
});

test('a run that is ended from outside is lost', async () => {
  const { id } = await newTask(system, { assignedTo: 'slow' });
  const running = runOnce();
  await gooseLives(system, id);
  await system.client.workflow.getHandle(taskWorkflowId(id)).terminate('by a test');
  const { exitCode, stdout } = await running;
  expect(stdout).toMatch(new RegExp(`^task ${id} was lost on slow: its run was ended from outside`, 'm'));
  expect(exitCode).toBe(1);
  await system.tool('delete_task', { id });
});

test('where another worker serves the scheduler: not waited for, and said so; with --wait the outcomes are the same', async () => {
  // It starts nothing of its own accord, as a daemon would.
  await system.start('once', { MAX_ATTEMPTS: '1' });
  const failing = await newTask(system, { assignedTo: 'failing' });
  const waited = await runOnce('--json', '--wait');
  expect(json(waited.stdout).outcomes).toMatchObject([
    { task_id: failing.id, state: 'parked', end: null, verdict: 'agent-failed', attempts: 1, well: false },
  ]);
  expect(waited.exitCode).toBe(1);

  const { id } = await newTask(system, { assignedTo: 'good' });
  const left = await runOnce('--json');
  expect(json(left.stdout)).toMatchObject({ tasks_spawned: 1, outcomes: null });
  expect(left.stderr).toContain('--wait does');
  expect(left.exitCode).toBe(0);
  await inStatus(system, id, 'complete');
});
