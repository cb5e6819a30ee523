import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCHEDULER_ID } from '../../contract/ids.ts';
import { personName } from '../../os/person-name.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import { runningSemaphores } from '../../temporal/semaphores.ts';
import type { Workers } from '../../workers/workers.ts';
import { command } from '../support/command.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/system.ts';
import { agentIn, inPhase, listedAtWork, newTask } from '../support/task-runs.ts';
import { ask } from '../support/told.ts';

let system: System;
let daemon: Workers;
beforeAll(async () => {
  system = await startSystem();
  system.env.TINYSCHEDULER_KILL_GRACE_SEC = '1';
  system.env.TINYSCHEDULER_MAX_ATTEMPTS = '1';
  await system.agents([
    { agentName: 'ada', agentType: 'dev', limit: 1 },
    { agentName: 'bob', agentType: 'qa', limit: 1 },
    { agentName: 'bad', agentType: 'ops', limit: 3 },
  ]);
  for (const agent of ['ada', 'bob']) await system.recipe(agent, 'MODEL: wait 900s\nMODEL: say done');
  await system.recipe('bad', 'MODEL: say');
  daemon = await system.start('daemon', { LOOP_INTERVAL_SEC: '1' });
});
afterAll(() => system.stop());

const here = (...args: string[]) => ask(system, args);
const who = `by ${personName()}`;
const said = async (...args: string[]) => (await here(...args)).stdout;
const idle = async (id: number) => (await system.tinytask.get(id))?.status;

test('stop-agents stops what runs, uses no attempt, and only start-agents undoes it', async () => {
  const hers = await newTask(system, { assignedTo: 'ada' });
  const his = await newTask(system, { assignedTo: 'bob' });
  await Promise.all([hers, his].map(({ id }) => listedAtWork(system, id)));

  const one = await here('stop-agents', '--agent', 'ada', '--note', 'disk\u001b[31m full');
  expect([one.code, one.stderr]).toEqual([0, '']);
  expect(one.stdout).toContain(
    `Task ${hers.id} on ada is stopped: idle, and in line again; no attempt was used.`,
  );
  expect(await system.gooses()).toEqual([his.id]);
  expect(await idle(hers.id)).toBe('idle');
  expect((await lastRunOf(system.client, hers.id))?.memo?.past).toMatchObject({ used: 0, lost: 0 });
  expect((await system.comments(hers.id)).join()).toContain(`stopped by hand ${who} (disk`);

  const all = await here('stop-agents', '--note', 'fire');
  expect([all.code, all.stderr]).toEqual([0, '']);
  expect(all.stdout).toContain(`Task ${his.id} on bob is stopped`);
  expect(all.stdout).toContain('The scheduler starts nothing more until `');
  expect(await system.gooses()).toEqual([]);
  const status = await said('status');
  expect(status).toMatch(new RegExp(`all agents are stopped.*agents stopped ${who}.*: fire`));
  expect(status).toMatch(new RegExp(`ada .*agents stopped ${who}.*: disk.*full`));
  expect(status).not.toContain('\u001b');

  expect(await said('resume')).toContain('starts nothing yet: all agents are stopped (`start-agents`');
  expect((await here('start-agents')).code).toBe(0);
  await listedAtWork(system, his.id);
  const why = await said('explain', String(hers.id));
  expect(why).toContain('ada is stopped (`start-agents --agent ada` goes on)');
  expect(why).toContain(`Agent ada: agents stopped ${who}`);
  expect((await here('start-agents', '--agent', 'ada')).code).toBe(0);
  await listedAtWork(system, hers.id);
});

test('an agent that is taken out leaves: it is given nothing, and finishes what it has; set-limit drains', async () => {
  const limit = await here('agents', 'set-limit', 'ada', '0', '--note', 'quota');
  expect(limit.stdout).toContain('Agent ada has 0 slots now (configured: 1)');
  expect(limit.stdout).toContain('1 run: nothing is stopped, and nothing starts until fewer do.');
  await eventually('it counts', async () => (await agentIn(system, 'dev', 'ada')).limitByHand === 0);
  await eventually('it is shown', async () =>
    /ada .*1\/0 .*no slots; limit set by .*quota/.test(await said('status')),
  );
  await here('agents', 'set-limit', 'ada', 'configured');
  await eventually('as before', async () => (await agentIn(system, 'dev', 'ada')).limitByHand === null);

  await system.agents([
    { agentName: 'ada', agentType: 'dev', limit: 2 },
    { agentName: 'bad', agentType: 'ops', limit: 3 },
  ]);
  await eventually('bob leaves', async () => /bob .*1\/0 .*leaving/.test(await said('status')));
  // Whom one can tell something is read from what the server lists, which comes after what its pool knows.
  await eventually('its pool is listed without it', async () =>
    [...(await runningSemaphores(system.client)).values()].every(
      (memo) => !memo?.policy.agents.some(({ name }) => name === 'bob'),
    ),
  );
  expect((await system.gooses()).length).toBe(2);
  const leaving = await here('stop-agents', '--agent', 'bob');
  expect(leaving).toMatchObject({ code: 1, stdout: '' });
  expect(leaving.stderr).toMatch(
    /Agent bob is not in the configuration any more: .*`cancel --agent bob` stops/,
  );
  expect((await here('cancel', '--agent', 'bob')).stdout).toContain('1 of 1 tasks');
  expect((await system.gooses()).length).toBe(1);
  await eventually('its new limit', async () => (await agentIn(system, 'dev', 'ada')).limit === 2);
});

test('pause and resume as people type them, with a note and without', async () => {
  const signal = (name: string, ...args: unknown[]) =>
    system.client.workflow.getHandle(SCHEDULER_ID).signal(name, ...args);
  const headline = async () => (await said('status')).split('\n')[0] ?? '';
  await signal('pause');
  await eventually('paused', async () => (await headline()).includes('paused: nothing starts'));
  await signal('pause', { by: 'ann', note: 'x'.repeat(5_000) });
  expect(await headline()).toMatch(/paused by ann, .* UTC: x{100,200}…/);
  await signal('resume', { by: 'ann', note: 'mended' });
  await eventually('it goes on', async () => (await said('status')).includes('resumed by ann'));
});

test('cancel and retry of many: each is told, one that fails keeps no other, and why it was parked stays', async () => {
  const parked = await Promise.all([1, 2].map(() => newTask(system, { assignedTo: 'bad' })));
  for (const { id } of parked) await inPhase(system, id, 'parked');
  const ids = parked.map(({ id }) => String(id));
  const some = await here('retry', ...ids, '9999', '--note', 'try again');
  expect(some.code).toBe(1);
  expect(some.stderr).toContain('task 9999: TinyTask has no task 9999.');
  expect(some.stdout).toContain('2 of 3 tasks: called back, or with nothing to do. 1 failed.');
  const [first = 0] = parked.map(({ id }) => id);
  await eventually('it was called back', async () => {
    const memo = (await lastRunOf(system.client, first))?.memo;
    return memo?.parkedBefore?.note === 'try again' && memo.parkedBefore.why.includes('failed');
  });
  expect((await system.comments(first)).join()).toMatch(
    /Called back by hand by .*\(try again\)\. It was parked: /,
  );
  for (const { id } of parked) await inPhase(system, id, 'parked');
  expect(await said('explain', ids[0] ?? '')).toContain('and called back by hand by');

  expect(await said('retry', '--all', '--reason', 'no such reason')).toContain('Nothing is parked');
  // The server's list lags behind the runs.
  await eventually('both are listed', async () => {
    const { count } = await system.client.workflow.count('Phase = "parked" AND Agent = "bad"');
    return count === 2;
  });
  const { verdict } = (await lastRunOf(system.client, first))?.memo ?? {};
  expect(await said('retry', '--all', '--agent', 'bad', '--reason', String(verdict))).toContain(
    '2 of 2 tasks',
  );
  for (const { id } of parked) await inPhase(system, id, 'parked');

  const cancelled = await here('cancel', '--queue', 'dev', '--note', 'wrong task');
  expect(cancelled.code).toBe(0);
  expect(cancelled.stdout).toContain('1 of 1 tasks');
  expect(await said('cancel', '--queue', 'dev')).toContain('Nothing runs, backs off or is in line there.');
  expect(await said('status')).toContain(`cancelled by hand ${who} (wrong task)`);
});

test.concurrent.each<[string[], number, RegExp]>([
  [['stop-agents', '--agent', 'eve'], 1, /There is no agent "eve".*ada/],
  [['stop-agents', '--queue', 'nope'], 1, /There is no queue "nope"/],
  [['agents', 'set-limit', 'eve', '2'], 1, /There is no agent "eve"/],
  [['retry', '--all', '--agent', 'eve'], 1, /There is no agent "eve"/],
])('wrong use reads well: %j', async (args, code, says) => {
  const { stderr, ...done } = await here(...args);
  expect(done.code).toBe(code);
  expect(stderr).toMatch(says);
});

test('retry of a task that has no run to call back says where it is', async () => {
  const { id } = await newTask(system, { assignedTo: 'ghost' });
  await eventually('a pass has seen it', async () => (await said('status')).includes('assigned to "ghost"'));
  const { code, stdout } = await here('retry', String(id));
  expect([code, stdout]).toEqual([0, expect.stringContaining('it was put first in line.')]);
  expect(stdout).toContain('Why it does not run: assigned to "ghost"');
});

test('Temporal down is told, and nothing else', async () => {
  const env = { ...system.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const down = [
    ['stop-agents'],
    ['retry', '--all'],
    ['cancel', '--all'],
    ['agents', 'set-limit', 'ada', '1'],
  ];
  const told = await Promise.all(down.map((args) => command(args, { cwd: system.dir, env })));
  for (const { code, stdout, stderr } of told) {
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^tinyscheduler: Temporal at 127.0.0.1:1 does not answer/);
  }
});

test('Temporal down: where the logs of a task lie is told all the same', async () => {
  const env = { ...system.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const log = join(system.dir, 'state/logs/task_424242_attempt_1_abcdefgh.log');
  await mkdir(dirname(log), { recursive: true });
  await writeFile(log, 'what goose said');
  const { code, stderr } = await command(['logs', '424242'], { cwd: system.dir, env });
  expect(code).toBe(1);
  expect(stderr.split('\n').slice(0, 2)).toEqual([
    'tinyscheduler: Logs of task 424242 on this host, the latest first:',
    `  ${log}`,
  ]);
  expect(stderr).toContain('Temporal at 127.0.0.1:1 does not answer');
});

test('without a daemon it counts all the same, and that nobody is there is told', async () => {
  await daemon.stop();
  const stopped = await here('stop-agents', '--note', 'for the night');
  expect(stopped).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing ran') });
  await here('stop-agents', '--agent', 'ada', '--note', 'hers');
  // A task of the workflow that the daemon took with it hides what comes for up to ten seconds.
  const status = await eventually('it is told', async () => {
    const told = await said('status');
    return told.includes('all agents are stopped: nothing starts until') && told;
  });
  expect(status).toContain(`agents stopped ${who}`);
  expect(status).toContain(': for the night');
  expect(status).toMatch(/ada .*agents stopped by .*: hers/);
  expect((await here('agents', 'set-limit', 'ada', '3')).stderr).toContain('no daemon is running now');
});
