import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { taskWorkflowId } from '../../contract/ids.ts';
import { WELL } from '../../domain/slots/health.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import { eventually } from '../support/eventually.ts';
import { nextWholePass, schedulerStatus } from '../support/passes.ts';
import { type System, startSystem } from '../support/system.ts';
import {
  agentIn,
  gooseGone,
  gooseLives,
  inPhase,
  inStatus,
  newTask,
  runResult,
  signalTask,
} from '../support/task-runs.ts';
import { ask } from '../support/told.ts';

// Only a failure takes that long; the machine may have other things to do.
vi.setConfig({ testTimeout: 240_000, maxConcurrency: 3 });

const POOL = ['one', 'three', 'two'];
/** Each test has agents of its own, so that they can share one system and one daemon. */
const ALONE = ['misled', 'nameless', 'outside', 'toolless'];
const MISSING_TOOLS =
  'extensions:\n  - {type: stdio, name: missing-tools, cmd: /nowhere/tools, args: [], description: none}';

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.agents([
    ...ALONE.map((agentName) => ({ agentName, agentType: agentName })),
    ...POOL.map((agentName) => ({ agentName, agentType: 'pool' })),
    { agentName: 'ended', agentType: 'ended', limit: 2 },
  ]);
  for (const agent of [...ALONE, ...POOL]) await system.recipe(agent, 'MODEL: say Done.');
  await system.recipe('ended', 'MODEL: wait 60s');
  await system.recipe('no-tools', 'MODEL: say Done.', MISSING_TOOLS);
  await system.start('daemon', {
    ...{
      MAX_ATTEMPTS: '2',
      LOOP_INTERVAL_SEC: '1',
      HEARTBEAT_SEC: '5',
      KILL_GRACE_SEC: '1',
      RUNS_PER_HOST: '20',
    },
  });
});
afterAll(() => system.stop());

describe.concurrent('what is wrong with a task harms that task alone', () => {
  test.each([
    [
      'a recipe that is not there',
      'misled',
      'recipe:typo',
      /there is no recipe .*typo\.yaml .*change recipe:typo/,
    ],
    ['no name', 'nameless', 'recipe:', /the tag "recipe:": "" is not a name/],
    ['a way out of the folder', 'outside', 'recipe:../outside', /the tag "recipe:\.\.\/outside"/],
    [
      'an extension that does not start',
      'toolless',
      'recipe:no-tools',
      /the extension "missing-tools" did not start/,
    ],
  ])('%s', async (_, agent, tag, reason) => {
    const bad = await newTask(system, { assignedTo: agent, tags: [tag], priority: 9 });
    const good = await newTask(system, { assignedTo: agent });
    await inStatus(system, good.id, 'complete');
    await inPhase(system, bad.id, 'parked');
    expect(await agentIn(system, agent)).toMatchObject({ health: WELL, probe: null });
    const everybody = (await schedulerStatus(system)).agents.map(({ health }) => health);
    expect(everybody).toEqual(Array(ALONE.length + POOL.length + 1).fill(WELL));

    const last = (await system.comments(bad.id)).at(-1);
    expect(last).toMatch(/Parked: attempt 2 of 2 failed: /);
    expect(last).toMatch(reason);
    expect(last).toContain(`tinyscheduler retry ${bad.id}`);
    const status = await ask(system, ['status']);
    expect(status.stdout.replace(/\s+/g, ' ')).toMatch(reason);
    expect((await ask(system, ['explain', String(bad.id)])).stdout.replace(/\s+/g, ' ')).toMatch(reason);

    await system.tool('update_task', { id: bad.id, tags: [] });
    await signalTask(system, bad.id, 'retry');
    await inStatus(system, bad.id, 'complete');
  });

  test('in a pool it takes nobody out', async () => {
    const bad = await newTask(system, { queue: 'pool', tags: ['recipe:typo'], priority: 9 });
    const good = await Promise.all([1, 2, 3, 4].map(() => newTask(system, { queue: 'pool' })));
    for (const { id } of good) await inStatus(system, id, 'complete');
    await inPhase(system, bad.id, 'parked');
    for (const name of POOL) expect((await agentIn(system, 'pool', name)).health).toEqual(WELL);
    await system.tool('delete_task', { id: bad.id });
    expect(await runResult(system, bad.id)).toMatchObject({ verdict: { kind: 'task-misconfigured' } });
  });
});

test.concurrent('a run that was ended from outside, whose agent writes before it dies, is taken back; a person’s task is not', async () => {
  const [left, taken] = [
    await newTask(system, { title: 'left', assignedTo: 'ended' }),
    await newTask(system, { title: 'taken', assignedTo: 'ended' }),
  ];
  for (const { id } of [left, taken]) {
    await gooseLives(system, id);
    await inStatus(system, id, 'working');
    await system.client.workflow.getHandle(taskWorkflowId(id)).terminate('by a test');
    const closedAtMs = (await lastRunOf(system.client, id))?.closedAtMs ?? 0;
    // TinyTask's times have whole seconds: this one is later than the end in any case.
    await eventually('a second later', async () => Date.now() > closedAtMs + 1_100);
  }
  await system.tool('update_task', { id: left.id, description: 'what the agent has found' });
  await system.tool('update_task', { id: taken.id, assigned_to: 'carl' });
  for (const { id } of [left, taken]) await gooseGone(system, id);
  await system.recipe('ended', 'MODEL: say Done this time.');

  await inStatus(system, left.id, 'complete');
  expect(await system.comments(left.id)).toEqual([
    expect.stringMatching(/Its run was ended from outside before it could write back/),
  ]);
  await nextWholePass(system);
  expect(await system.tinytask.get(taken.id)).toMatchObject({ status: 'working', assignedTo: 'carl' });
});
