import { type ChildProcess, execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allowed } from '../support/allowed.ts';
import { startApiServer } from '../support/api-server.ts';
import { mainForTests } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { logged } from '../support/log-of-the-day.ts';
import { type System, startSystem } from '../support/system.ts';
import { inPhase } from '../support/task-runs.ts';
import { httpClient, type ToolClient } from '../support/tool-clients.ts';
import type { ToolAnswer } from '../support/tool-stand.ts';
import { gooseForTests } from '../support/tools.ts';

let system: System;
let server: ChildProcess;
let url: string;
let client: ToolClient;
let stopDaemon: () => Promise<unknown>;

beforeAll(async () => {
  system = await startSystem();
  Object.assign(system.env, { TINYSCHEDULER_MAX_ATTEMPTS: '1', TINYSCHEDULER_KILL_GRACE_SEC: '1' });
  await system.agents([{ agentName: 'ada', agentType: 'dev' }]);
  await system.recipe('ada', 'MODEL: wait 600s\nMODEL: say done');
  const [daemon] = await Promise.all([system.start('daemon'), startServer()]);
  stopDaemon = () => daemon.stop();
  client = await httpClient('2025', { url });
});
afterAll(async () => {
  await client?.close();
  server?.kill('SIGKILL');
  await system.stop();
});

async function startServer(): Promise<void> {
  const started = await startApiServer(system);
  server = started.child;
  url = `${started.url}/mcp`;
}

/** An answer, which comes in time. */
async function call(name: string, args: Record<string, unknown> = {}): Promise<ToolAnswer> {
  const beganMs = performance.now();
  const answer = await client.call(name, args);
  // 1.8 s, and what a busy machine adds.
  expect(performance.now() - beganMs).toBeLessThan(allowed(2_500));
  return answer;
}

async function done(name: string, args: Record<string, unknown> = {}): Promise<ToolAnswer> {
  const answer = await call(name, args);
  expect([name, answer.isError, answer.text]).toEqual([name, false, answer.text]);
  return answer;
}

async function added(task_id: string): Promise<number> {
  const { facts } = await done('scheduler_add_task', { task_id, queue: 'dev' });
  return Number(facts.task_id);
}

/** A real goose plays a script with the tools. */
async function goose(extension: string[], ...script: string[]): Promise<string> {
  const text = [...script, 'MODEL: say all told'].join('\n');
  const args = ['run', '--no-session', '-t', text, ...extension];
  const { stdout } = await promisify(execFile)(await gooseForTests(), args, {
    ...{ cwd: system.dir, env: system.env, timeout: 60_000 },
  });
  expect(stdout).toContain('all told');
  return stdout;
}

const tool = (name: string, args: object) => `MODEL: tool ${name} ${JSON.stringify(args)}`;

test('goose asks why a task waits, and puts it first; what ran is cancelled, and it runs', async () => {
  const running = await added('holds the slot');
  await inPhase(system, running, 'running');
  const [before, wanted] = [await added('first in line'), await added('wanted')];
  await eventually('both are in line', async () => {
    const { facts } = await done('scheduler_list_tasks', { status: 'pending' });
    return facts.total === 2 || undefined;
  });
  expect((await done('scheduler_explain', { task_id: wanted })).text).toMatch(
    /slots of queue "dev" are taken/,
  );

  const id = String(wanted);
  await goose(
    ['--with-extension', `${process.execPath} ${mainForTests()} mcp --log-level DEBUG`],
    tool('scheduler_explain', { task_id: id }),
    tool('scheduler_get_status', {}),
  );
  await goose(
    ['--with-streamable-http-extension', url],
    tool('scheduler_control', { action: 'run-now', task_id: id }),
  );
  const logs = join(system.dir, 'state', 'logs');
  await logged(logs, /Tool scheduler_explain by \S+@\S+ over MCP: done/);
  await logged(logs, /Tool scheduler_control by somebody of this machine \(API\) over MCP: done/);
  await eventually('it is first', async () => {
    const { facts } = await done('scheduler_list_tasks', { status: 'pending' });
    const ids = (facts.tasks as { task_id: string }[]).map((each) => each.task_id);
    return (ids[0] === id && ids[1] === String(before)) || undefined;
  });
  const cancelled = await done('scheduler_control', {
    action: 'cancel',
    task_id: running,
    note: 'wanted goes first',
  });
  expect(cancelled.facts.did).toBeOneOf(['asked', 'cancelled']);
  await eventually('it is parked', async () => {
    const { facts } = await done('scheduler_get_task', { task_id: running });
    return facts.phase === 'parked' || undefined;
  });
  await inPhase(system, wanted, 'running');

  expect((await call('scheduler_remove_task', { task_id: id })).facts).toMatchObject({
    code: 'task-runs',
    next_step: expect.stringContaining('scheduler_control {"action":"cancel"'),
  });
  expect((await done('scheduler_remove_task', { task_id: before })).facts).toMatchObject({
    did: 'removed',
    after: { phase: 'archived' },
  });
  await eventually('its run has ended', async () => {
    const { facts } = await done('scheduler_list_tasks', { status: 'pending' });
    return facts.total === 0 || undefined;
  });
  expect((await system.tinytask.get(before))?.archivedAt).not.toBeNull();
  expect((await system.comments(before)).join()).toContain(
    'Archived by hand by somebody of this machine (API) over MCP',
  );
});

test('stop takes no new work within 2 s, and keeps what is queued; start takes it again', async () => {
  const { text, facts } = await done('scheduler_stop_daemon', { note: 'maintenance' });
  expect([text, facts]).toMatchObject([
    expect.stringMatching(/^Nothing new starts, and what is queued stays/),
    { after: { paused: true } },
  ]);
  const kept = await added('kept');
  expect((await done('scheduler_daemon_status')).facts).toMatchObject({
    running: true,
    paused: true,
    by_hand: [{ did: 'pause', note: 'maintenance' }],
  });
  await done('scheduler_restart_daemon');
  expect((await done('scheduler_explain', { task_id: kept })).text).toMatch(/paused/);
  expect((await done('scheduler_start_daemon')).facts).toMatchObject({ after: { paused: false } });
  await eventually('no pause keeps it', async () => {
    const { text: why } = await done('scheduler_explain', { task_id: kept });
    return /slots of queue "dev" are taken/.test(why) || undefined;
  });
});

test('a schedule is added, told, paused, and removed', async () => {
  const nightly = { task_id: 'nightly', task_type: 'cron', cron_expression: '0 3 * * *', queue: 'dev' };
  const about = { ...nightly, description: 'the secret prompt' };
  expect((await done('scheduler_add_task', about)).facts).toMatchObject({ added: 'schedule', is_new: true });
  expect((await done('scheduler_add_task', about)).facts).toMatchObject({ is_new: false });
  await done('scheduler_control', { action: 'pause', task_id: 'nightly' });
  const told = await done('scheduler_get_task', { task_id: 'nightly' });
  expect(told.facts).toMatchObject({ task_type: 'cron', state: 'paused' });
  expect(JSON.stringify(told)).not.toContain('secret');
  await done('scheduler_remove_task', { task_id: 'nightly' });
  expect((await call('scheduler_get_task', { task_id: 'nightly' })).facts.code).toBe('no-such-schedule');
});

test('what there is not, and what does not answer, is told with a code and a next step', async () => {
  const refused = async (name: string, args: Record<string, unknown>, codes: string[]) => {
    const { isError, facts, text } = await call(name, args);
    expect([isError, facts.code, text]).toEqual([
      true,
      expect.toBeOneOf(codes),
      expect.stringMatching(/\nNext: .+/),
    ]);
  };
  await refused('scheduler_get_task', { task_id: '4711' }, ['no-such-task']);
  await refused('scheduler_explain', { task_id: '4711' }, ['no-such-task']);
  await refused('scheduler_control', { action: 'cancel', task_id: '4711' }, ['no-such-task']);
  await refused('scheduler_control', { action: 'pause', agent: 'eve' }, ['no-such-agent']);
  await refused('scheduler_control', { action: 'pause', queue: 'nowhere' }, ['no-such-queue']);
  await refused('scheduler_list_tasks', { cursor: 'x' }, ['wrong-cursor']);

  const bringBack = await system.withoutTinyTask();
  await refused('scheduler_get_task', { task_id: '1' }, ['tinytask-unreachable', 'not-in-time']);
  await refused('scheduler_add_task', { task_id: 'x', queue: 'dev' }, [
    'tinytask-unreachable',
    'not-in-time',
  ]);
  await bringBack();

  await stopDaemon();
  await system.withoutServer();
  for (const name of ['scheduler_get_status', 'scheduler_stop_daemon'])
    await refused(name, {}, ['temporal-unreachable', 'temporal-failed', 'not-in-time']);
});
