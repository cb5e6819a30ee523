import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import { SCHEDULER_ID, taskWorkflowId } from '../../contract/ids.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import type { Pool } from '../../domain/slots/pool.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import { sayProblem } from '../../words/problem.ts';
import type { Workers } from '../../workers/workers.ts';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { nextWholePass } from '../support/passes.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { agentIn, inPhase, inStatus, lineOf, newTask, runResult, slotsOf } from '../support/task-runs.ts';
import { allSay, ask } from '../support/told.ts';
import { typeSignal } from '../support/typed-signal.ts';

let system: System;
let daemon: Workers;
let scheduler: SchedulerClient;
beforeAll(async () => {
  system = await startSystem();
  const far = { agentType: 'far', limit: 1, hostGroup: 'far' };
  await system.agents([
    { agentName: 'ada', agentType: 'team', limit: 1 },
    { agentName: 'bob', agentType: 'team', limit: 1 },
    { agentName: 'amy', agentType: 'limits', limit: 1 },
    { agentName: 'ben', agentType: 'limits', limit: 1 },
    { agentName: 'one', agentType: 'line', limit: 1 },
    { agentName: 'two', agentType: 'paused-line', limit: 1 },
    { agentName: 'three', agentType: 'paused-agent', limit: 1 },
    { agentName: 'far-a', ...far },
    { agentName: 'far-b', ...far },
  ]);
  for (const agent of ['ada', 'bob', 'amy', 'ben', 'far-a', 'far-b'])
    await system.recipe(agent, 'MODEL: say Done.');
  for (const agent of ['one', 'two', 'three']) await system.recipe(agent, UNTIL_LET_GO, DEVELOPER);
  daemon = await startDaemon();
  scheduler = await system.scheduler();
  await eventually('the pools are there', async () => (await slotsOf(system, 'team')).agents.length === 2);
});
afterAll(() => system.stop());

describe('signals of the stock command line to a pool', () => {
  test.concurrent('pause and resume: all of it, or one agent', async () => {
    await signal('team', 'pause');
    await known('team', ({ paused }) => paused);
    const { id: any } = await newTask(system, { queue: 'team' });
    await allSay(system, any, { why: 'pool-paused' });
    await signal('team', 'pause', 'ada');
    await known('team', ({ agents }) => agents.some(({ name, paused }) => name === 'ada' && paused));
    await signal('team', 'resume');
    // What was said of an agent stands: another one of the pool does it.
    expect((await inStatus(system, any, 'complete')).assignedTo).toBe('bob');
    const { id: hers } = await newTask(system, { assignedTo: 'ada' });
    await nextWholePass(system);
    await allSay(system, hers, { why: 'agent-paused' });
    await signal('team', 'resume', 'ada');
    expect((await inStatus(system, hers, 'complete')).assignedTo).toBe('ada');
  });

  test.concurrent('set-limit: of each agent, or of one', async () => {
    const limits = async () => (await slotsOf(system, 'limits')).agents.map((agent) => agent.limitByHand);
    await signal('limits', 'set-limit', 3);
    await eventually('both have it', async () => String(await limits()) === '3,3');
    await signal('limits', 'set-limit', 0, 'amy');
    await eventually('one has it', async () => String(await limits()) === '0,3');
    // The scheduler hears of it from the pool: until then it would give the task a run.
    await nextWholePass(system);
    const { id } = await newTask(system, { assignedTo: 'amy' });
    await nextWholePass(system);
    await allSay(system, id, { why: 'limit-zero' });
    await signal('limits', 'set-limit', 1);
    await inStatus(system, id, 'complete');
  });

  test.each<[what: string, signal: string, inputs: unknown[], says: RegExp]>([
    ['to pause', 'pause', ['eve'], /pool team was sent pause with "eve".*\(its agents: ada, bob\)/],
    ['to resume', 'resume', ['eve'], /pool team was sent resume with "eve".*\(its agents: ada, bob\)/],
    ['no name at all', 'pause', [{ agent: 'ada' }], /pool team was sent pause with .* the name of an agent/],
    [
      'of a limit',
      'set-limit',
      [2, 'eve'],
      /pool team was sent set-limit with .*"eve".*\(its agents: ada, bob\)/,
    ],
    ['and a wrong limit', 'set-limit', [5_000, 'ada'], /set-limit with \[5000,"ada"\].* from 0 to 1000/],
    ['and no limit', 'set-limit', ['many'], /set-limit with "many".* from 0 to 1000/],
  ])('a wrong name is told, and nothing else happens: %s', async (_, name, inputs, says) => {
    const before = await slotsOf(system, 'team');
    await signal('team', name, ...inputs);
    await eventually('it is told', async () => (await problems()).some((problem) => says.test(problem)));
    const { stdout } = await ask(system, ['status', '--json']);
    const told = (JSON.parse(stdout) as Status).problems.find((problem) => says.test(problem));
    expect(told).toContain('and did nothing');
    expect(await slotsOf(system, 'team')).toEqual(before);
    // Said right, it is not told any more.
    await signal('team', name, ...(name === 'set-limit' ? [1] : []));
    await signal('team', 'resume');
    await eventually('nothing is told', async () => (await problems()).length === 0);
  });

  test.each<[who: string, inputs: string[], then: string]>([
    ['the agent', ['far-a'], 'far-b'],
    ['the pool', [], ''],
  ])('a pause of %s counts while no worker lives, and nothing is claimed', async (_, inputs, then) => {
    const { id } = await newTask(system, { queue: 'far' });
    // It has its slot, and no host of its group is there.
    expect((await inPhase(system, id, 'running')).agent).toBe('far-a');
    await daemon.stop();
    await signal('far', 'pause', ...inputs);
    const host = await system.start('worker', { HOST_GROUP: 'far' });
    await eventually(
      'the host has looked',
      async () => (await lastRunOf(system.client, id))?.attempt === null,
    );
    expect(await system.tinytask.get(id)).toMatchObject({ status: 'idle', assignedTo: null });
    daemon = await startDaemon();
    if (then === '') {
      await eventually('it is in line', async () => (await lineOf(system, 'far')).includes(id));
      await nextWholePass(system);
      await allSay(system, id, { state: 'waiting-for-slot', says: /queue "far" is paused/ });
      expect(await system.tinytask.get(id)).toMatchObject({ status: 'idle', assignedTo: null });
    }
    if (then === '') await signal('far', 'resume');
    await inStatus(system, id, 'complete');
    if (then !== '') expect((await system.tinytask.get(id))?.assignedTo).toBe(then);
    expect(await runResult(system, id)).toMatchObject({ end: 'complete', past: { number: 1 } });
    await signal('far', 'resume', ...inputs);
    await known('far', ({ paused, agents }) => !paused && agents.every((agent) => !agent.paused));
    await host.stop();
  });
});

describe('a run in line stays there until it may start, and everybody says why it waits', () => {
  const signalScheduler = (name: string) => system.client.workflow.getHandle(SCHEDULER_ID).signal(name);
  // Each of these two has a pool of its own; the others concern all pools.
  test.concurrent('its queue is paused', () =>
    staysInLine({
      ...{ queue: 'paused-line', agent: 'two', says: /queue "paused-line" is paused/ },
      off: () => signal('paused-line', 'pause'),
      on: () => signal('paused-line', 'resume'),
    }));

  test.concurrent('its agent is paused', () =>
    staysInLine({
      ...{ queue: 'paused-agent', agent: 'three', says: /three is paused/ },
      off: () => signal('paused-agent', 'pause', 'three'),
      on: () => signal('paused-agent', 'resume', 'three'),
    }));

  test('the scheduler is paused', () =>
    staysInLine({
      ...{ queue: 'line', agent: 'one', says: /the scheduler is paused/ },
      off: () => signalScheduler('pause'),
      on: () => signalScheduler('resume'),
    }));

  test('its agent cools down', async () => {
    const first = await newTask(system, { queue: 'line' });
    await atWork(system, first.id, ['one']);
    const next = await newTask(system, { queue: 'line' });
    await eventually('it is in line', async () => (await lineOf(system, 'line')).includes(next.id));
    const back = await system.withoutModel();
    await letGo(system, first.id);
    await eventually(
      'it cools down',
      async () => (await agentIn(system, 'line', 'one')).health.state !== 'well',
    );
    await back();
    await nextWholePass(system);
    await allSay(system, next.id, { state: 'waiting-for-slot', says: /one cools down until/ });
    expect(await lineOf(system, 'line')).toEqual([next.id]);
    // Its run is over, and it has no new one before its agent is well.
    await allSay(system, first.id, { why: 'agent-cooling-down' });
    await signal('line', 'resume', 'one');
    await runsOnce(next.id, 'one');
    await inStatus(system, first.id, 'complete');
  });
});

type Status = { problems: string[] };

async function problems(): Promise<string[]> {
  return (await scheduler.status()).problems.map(sayProblem);
}

interface Off {
  queue: string;
  agent: string;
  off(): Promise<unknown>;
  on(): Promise<unknown>;
  says: RegExp;
}

async function staysInLine({ queue, agent, off, on, says }: Off): Promise<void> {
  const holder = await newTask(system, { queue });
  await atWork(system, holder.id, [agent]);
  const next = await newTask(system, { queue });
  await eventually('it is in line', async () => (await lineOf(system, queue)).includes(next.id));
  await off();
  await known(
    queue,
    (pool) => pool.paused || pool.schedulerPaused || pool.agents.some(({ paused }) => paused),
  );
  await letGo(system, holder.id);
  await inStatus(system, holder.id, 'complete');
  await nextWholePass(system);
  await allSay(system, next.id, { state: 'waiting-for-slot', says });
  expect(await lineOf(system, queue)).toEqual([next.id]);
  await on();
  await runsOnce(next.id, agent);
}

async function runsOnce(id: number, agent: string): Promise<void> {
  await atWork(system, id, [agent]);
  await letGo(system, id);
  expect(await runResult(system, id)).toMatchObject({ end: 'complete', past: { number: 1 } });
  const { count } = await system.client.workflow.count(`WorkflowId = "${taskWorkflowId(id)}"`);
  expect(count).toBe(1);
}

function startDaemon(): Promise<Workers> {
  return system.start('daemon', { LOOP_INTERVAL_SEC: '1', COOLDOWN_SEC: '60', KILL_GRACE_SEC: '1' });
}

/** As people type it. */
function signal(queue: string, name: string, ...inputs: unknown[]): Promise<void> {
  return typeSignal(system, poolId(queue), name, ...inputs.map((input) => JSON.stringify(input)));
}

function known(queue: string, isSo: (pool: Pool) => boolean): Promise<true> {
  return eventually(
    `the pool of ${queue} knows`,
    async () => isSo(await slotsOf(system, queue)) || undefined,
  );
}
