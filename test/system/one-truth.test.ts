import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, type TestContext, test, vi } from 'vitest';
import { SCHEDULER_ID, taskWorkflowId } from '../../contract/ids.ts';
import type { Workers } from '../../workers/workers.ts';
import { startDaemon } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/system.ts';
import { agentIn, gooseLives, inPhase, inStatus, newTask } from '../support/task-runs.ts';
import { allSay, ask, askProcess } from '../support/told.ts';

vi.setConfig({ maxConcurrency: 3 });

interface Stand {
  system: System;
  withDaemon(settings?: Record<string, string>): Promise<void>;
  endDaemon(): Promise<void>;
  /** The first line of `status`. */
  headline(): Promise<string>;
}

/** A system of its own for each test, so that they run at the same time: mostly they wait. */
async function stand({ onTestFinished }: TestContext): Promise<Stand> {
  const system = await startSystem();
  let daemon: Workers | undefined;
  onTestFinished(() => system.stop());
  system.env.TINYSCHEDULER_KILL_GRACE_SEC = '1';
  await system.agents([
    { agentName: 'ada', agentType: 'dev' },
    { agentName: 'bob', agentType: 'qa' },
  ]);
  await system.recipe('ada', 'MODEL: wait 60s\nMODEL: say done');
  await system.recipe('bob', 'MODEL: say done');

  return {
    system,
    async withDaemon(settings) {
      daemon = await system.start('daemon', settings);
    },
    endDaemon: async () => daemon?.stop(),
    async headline() {
      const [first = ''] = (await ask(system, ['status'])).stdout.split('\n');
      return first;
    },
  };
}

describe.concurrent('without a daemon', () => {
  test('nothing was ever started', async (context) => {
    const { system, headline } = await stand(context);
    const { id } = await newTask(system, { queue: 'dev' });
    await allSay(system, id, { why: 'starting' });
    expect(await headline()).toContain('not started yet');
  });

  test('a pause counts at once, for a task that has a run too', async (context) => {
    const { system, headline } = await stand(context);
    const begun = await system.start('once');
    const { id } = await newTask(system, { queue: 'dev' });
    const scheduler = await system.scheduler();
    await scheduler.pass({ id: 'one', once: true, acceptMs: 10_000 });
    await gooseLives(system, id);
    await begun.stop();
    const other = await newTask(system, { queue: 'qa' });
    const nobody = await newTask(system, {});

    expect((await ask(system, ['pause'])).code).toBe(0);
    expect(await headline()).toContain('paused');
    expect((await ask(system, ['validate-config'])).stdout).toContain('warning  Scheduler: paused');
    await allSay(system, other.id, { why: 'scheduler-paused' });
    await allSay(system, nobody.id, { why: 'scheduler-paused', still: 'unassigned' });
    // The pass that follows has the open run before it, and must not run it.
    const pass = await askProcess(system, ['run', '--once', '--json']);
    expect(JSON.parse(pass.stdout)).toMatchObject({ tasks_spawned: 0 });
    expect(await system.gooses()).toEqual([]);
    expect((await system.tinytask.get(id))?.status).toBe('idle');

    expect((await ask(system, ['resume'])).code).toBe(0);
    await allSay(system, other.id, { why: 'starting' });
  });

  test('what a person put first is first, before anybody has heard of it', async (context) => {
    const { system } = await stand(context);
    const first = await newTask(system, { queue: 'dev' });
    const second = await newTask(system, { queue: 'dev' });
    await allSay(system, second.id, { why: 'pool-full' });
    expect((await ask(system, ['run-now', String(second.id)])).code).toBe(0);
    await allSay(system, second.id, { why: 'starting' });
    await allSay(system, first.id, { why: 'pool-full' });
  });

  test('a paused agent is paused at once', async (context) => {
    const { system, withDaemon, endDaemon } = await stand(context);
    await withDaemon();
    await eventually('the agent is known', async () => (await agentIn(system, 'dev', 'ada')).limit === 1);
    await endDaemon();
    expect((await ask(system, ['pause', '--agent', 'ada'])).code).toBe(0);
    const { id } = await newTask(system, { assignedTo: 'ada' });
    await allSay(system, id, { why: 'agent-paused' });
  });

  test('what a killed daemon ran does not run', async (context) => {
    const { system } = await stand(context);
    const { id } = await newTask(system, { queue: 'dev' });
    const daemon = await startDaemon(system.env);
    context.onTestFinished(() => void daemon.kill('SIGKILL'));
    await gooseLives(system, id);
    daemon.kill('SIGKILL');
    await eventually('nothing of it runs', async () => (await system.gooses()).length === 0);
    await eventually('it is known', async () =>
      (await ask(system, ['status'])).stdout.includes('was interrupted on ada'),
    );
    await allSay(system, id, { state: 'interrupted' });
  });

  test('a broken agent control file is a problem, and the last good one counts', async (context) => {
    const { system } = await stand(context);
    const { id } = await newTask(system, { queue: 'dev' });
    await system.controlFile('[');
    await allSay(system, id, { why: 'no-agent-for-queue' });
    expect((await ask(system, ['status'])).stdout).toContain('Problem: The agent control file');
    expect((await ask(system, ['validate-config'])).code).toBe(1);
  });

  test('without a goose a pass says so, dry or not', async (context) => {
    const { system } = await stand(context);
    await newTask(system, { queue: 'dev' });
    const none = { TINYSCHEDULER_GOOSE_BIN: '/nowhere/goose' };
    const [dry, pass, check] = await Promise.all([
      ask(system, ['run', '--once', '--dry-run'], none),
      askProcess(system, ['run', '--once'], none),
      ask(system, ['validate-config'], none),
    ]);
    expect(dry).toMatchObject({ code: pass.code, stderr: pass.stderr });
    expect(pass.stderr).toContain('/nowhere/goose');
    expect(check).toMatchObject({ code: 1, stdout: expect.stringContaining('/nowhere/goose') });
  });

  test('TinyTask is down', async (context) => {
    const { system } = await stand(context);
    const back = await system.withoutTinyTask();
    const [status, explained, dry, pass] = await Promise.all([
      askProcess(system, ['status']),
      askProcess(system, ['explain', '1']),
      askProcess(system, ['run', '--once', '--dry-run']),
      askProcess(system, ['run', '--once']),
    ]);
    await back();
    expect(status.stdout).toContain('Problem: TinyTask');
    expect([explained.code, dry.code, pass.code]).toEqual([1, 1, 1]);
    expect(explained.stderr).toContain('TinyTask');
    for (const { stdout } of [dry, pass]) expect(stdout).toContain('Error: TinyTask');
  });
});

describe.concurrent('with a daemon', () => {
  test('it is disabled: nothing starts, not even what waited for it; other environments are told so too', async (context) => {
    const { system, withDaemon, endDaemon, headline } = await stand(context);
    const { id } = await newTask(system, { queue: 'dev' });
    await withDaemon();
    await gooseLives(system, id);
    await endDaemon();
    const waiting = await newTask(system, { queue: 'qa' });

    await withDaemon({ ENABLED: 'false', LOOP_INTERVAL_SEC: '1' });
    await eventually('the scheduler has heard of it', async () => (await headline()).includes('disabled'));
    await allSay(system, waiting.id, { why: 'scheduler-disabled' });
    expect((await ask(system, ['validate-config'])).stdout).toContain('Scheduler: disabled');
    // Two whole passes: time enough for a run that had its slot to come to a goose.
    const passes = async () => (await system.client.workflow.getHandle(SCHEDULER_ID).describe()).runId;
    for (let pass = 0; pass < 2; pass += 1) {
      const before = await passes();
      await eventually('a pass is over', async () => (await passes()) !== before);
    }
    expect(await system.gooses()).toEqual([]);
    await endDaemon();
    // Whoever schedules next has it enabled.
    await withDaemon();
    await gooseLives(system, id);
  });

  test('a task beyond the slots waits, and nobody says that it can start', async (context) => {
    const { system, withDaemon } = await stand(context);
    const first = await newTask(system, { queue: 'dev' });
    await withDaemon({ WAITING_PER_AGENT: '0' });
    await gooseLives(system, first.id);
    const { id } = await newTask(system, { queue: 'dev' });
    await allSay(system, id, { why: 'pool-full' });
    await allSay(system, first.id, { state: 'running' });
  });

  test('its control file was edited a moment ago', async (context) => {
    const { system, withDaemon } = await stand(context);
    await withDaemon();
    const { id } = await newTask(system, { queue: 'new' });
    await allSay(system, id, { why: 'no-agent-for-queue' });
    await system.recipe('eve', 'MODEL: wait 60s\nMODEL: say done');
    await system.agents([{ agentName: 'eve', agentType: 'new' }]);
    // Long before the interval of 60 s is over.
    await eventually('it runs', async () => (await system.gooses()).includes(id), 20_000);
    await allSay(system, id, { state: 'running' });
    expect((await ask(system, ['validate-config'])).stdout).toContain('Scheduler: running');
    const status = JSON.parse((await ask(system, ['status', '--json'])).stdout);
    expect(status.agents.map(({ name }: { name: string }) => name)).toEqual(['eve']);
  });

  test('a parked task that a person completes is complete', async (context) => {
    const { system, withDaemon, endDaemon } = await stand(context);
    await system.recipe('bob', 'MODEL: empty');
    await withDaemon({ MAX_ATTEMPTS: '1' });
    const { id } = await newTask(system, { assignedTo: 'bob' });
    await inPhase(system, id, 'parked');
    await allSay(system, id, { state: 'parked' });
    await endDaemon();
    await system.tinytask.update(id, { status: 'complete' });
    const explained = await ask(system, ['explain', String(id)]);
    expect(explained.stdout).toMatch(/is complete.*\nIts run \(parked, on bob\) ends as soon as/);
    expect((await ask(system, ['retry', String(id)])).stdout).toContain('is complete; set it to idle');
  });

  test('a run that was terminated is not said to be somebody else’s', async (context) => {
    const { system, withDaemon } = await stand(context);
    const { id } = await newTask(system, { queue: 'dev' });
    await withDaemon();
    await gooseLives(system, id);
    await inStatus(system, id, 'working');
    await system.client.workflow.getHandle(taskWorkflowId(id)).terminate('by a test');
    await eventually('the server knows', async () => {
      const { status } = await system.client.workflow.getHandle(taskWorkflowId(id)).describe();
      return status.name === 'TERMINATED';
    });
    await allSay(system, id, { why: 'run-dying' });
  });
});

test.concurrent('no agent control file: legacy mode is said everywhere', async (context) => {
  const { system } = await stand(context);
  await rm(join(system.dir, 'agents.json'));
  const { id } = await newTask(system, { queue: 'dev' });
  await allSay(system, id, { why: 'legacy-unassigned' });
  expect((await ask(system, ['status'])).stdout).toContain('LEGACY MODE');
  expect((await ask(system, ['validate-config'])).stdout).toContain('legacy mode');
});
