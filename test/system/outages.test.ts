import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { SCHEDULER_ID, taskWorkflowId } from '../../contract/ids.ts';
import type { SurveyInput } from '../../contract/pass.ts';
import type { RunStatus } from '../../contract/run.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import { WELL } from '../../domain/slots/health.ts';
import { semaphoreMemo } from '../../temporal/memos.ts';
import type { Workers } from '../../workers/workers.ts';
import { eventually } from '../support/eventually.ts';
import { nextWholePass, schedulerStatus } from '../support/passes.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import {
  agentIn,
  gooseLives,
  inPhase,
  inStatus,
  lineOf,
  newTask,
  runResult,
  slotsOf,
} from '../support/task-runs.ts';
import { ask } from '../support/told.ts';

/** It says when it has its tools, and goes on when it is let. */
const AT_WORK_UNTIL_OPEN =
  'MODEL: shell touch at-work; until [ -e open ]; do sleep 0.1; done\nMODEL: say Done.';

let system: System;
let workers: Workers;
beforeAll(async () => {
  system = await startSystem();
  await system.agents([
    { agentName: 'three', agentType: 'three', limit: 3 },
    { agentName: 'slow', agentType: 'slow' },
    { agentName: 'brief', agentType: 'brief' },
    { agentName: 'far', agentType: 'far', hostGroup: 'far' },
  ]);
  await system.recipe('three', 'MODEL: say Done.');
  await system.recipe('slow', 'MODEL: wait 60s');
  await system.recipe('brief', AT_WORK_UNTIL_OPEN, DEVELOPER);
  await system.recipe('far', 'MODEL: say Done.');
  workers = await startDaemon();
});
afterEach(() => system.recipe('slow', 'MODEL: wait 60s'));
afterAll(() => system.stop());

test('TinyTask is down: the pass says so, running agents go on, and all is well when it is back', async () => {
  const slow = await newTask(system, { assignedTo: 'slow' });
  await gooseLives(system, slow.id);
  const back = await system.withoutTinyTask();
  await eventually(
    'a pass with an error',
    async () => (await schedulerStatus(system)).lastPass?.errors.length,
  );
  await nextWholePass(system);
  expect(await system.gooses()).toEqual([slow.id]);
  await inPhase(system, slow.id, 'running');
  await back();

  const { id } = await newTask(system, { assignedTo: 'three' });
  await inStatus(system, id, 'complete');
  expect(await system.gooses()).toEqual([slow.id]);
  expect((await schedulerStatus(system)).lastPass?.errors).toEqual([]);
  await system.tool('delete_task', { id: slow.id });
  await runResult(system, slow.id);
});

test('TinyTask is down when an agent ends: its slot is free at once, and what it did is written when TinyTask is back', async () => {
  const first = await newTask(system, { assignedTo: 'brief' });
  await eventually('it is at work', async () => existsSync(join(system.dir, 'at-work')));
  const second = await newTask(system, { assignedTo: 'brief' });
  await inPhase(system, second.id, 'waiting');
  const back = await system.withoutTinyTask();
  await writeFile(join(system.dir, 'open'), '');
  const says = () => system.client.workflow.getHandle(taskWorkflowId(first.id)).query<RunStatus>('status');
  await eventually('it writes back', async () => (await says()).says.includes('writing it back'));
  await eventually('its slot is not its any more', async () => {
    const { holders } = await slotsOf(system, 'brief');
    return !holders.some(({ workflowId }) => workflowId === taskWorkflowId(first.id));
  });
  // The next one has the slot, and cannot even look at its task.
  const saysOfSecond = () =>
    system.client.workflow.getHandle(taskWorkflowId(second.id)).query<RunStatus>('status');
  await eventually('it is TinyTask’s trouble', async () =>
    (await saysOfSecond()).says.includes('tinytask-unavailable: TinyTask at'),
  );
  expect((await agentIn(system, 'brief')).health).toEqual(WELL);
  await nextWholePass(system);
  const { stdout } = await ask(system, ['status', '--json']);
  const status = JSON.parse(stdout) as { problems: string[]; agents: { name: string; health: string }[] };
  expect(status.problems).toEqual([expect.stringMatching(/^TinyTask at .* does not answer/)]);
  expect(status.agents.map(({ health }) => health)).toEqual(['well', 'well', 'well', 'well']);
  await back();
  for (const { id } of [first, second]) {
    await inStatus(system, id, 'complete');
    expect(await runResult(system, id)).toMatchObject({ end: 'complete', past: { used: 0 } });
  }
  expect(await system.comments(first.id)).toEqual([]);
  expect((await agentIn(system, 'brief')).health).toEqual(WELL);
});

test('the model is down: the agent cools down, one task probes it, and no attempt is used', async () => {
  const back = await system.withoutModel();
  const tasks = await Promise.all([1, 2, 3].map(() => newTask(system, { assignedTo: 'three' })));
  await eventually(
    'it cools down',
    async () => (await agentIn(system, 'three')).health.state === 'cooling-down',
  );
  // By their slots: while some have not come to their goose yet, no goose may live either.
  await eventually(
    'the first three are over',
    async () => (await slotsOf(system, 'three')).holders.length <= 1,
  );
  let most = 0;
  await eventually('a probe has failed', async () => {
    most = Math.max(most, (await system.gooses()).length);
    const { health } = await agentIn(system, 'three');
    return health.state === 'cooling-down' && health.times >= 4;
  });
  expect(most).toBe(1);
  await back();
  for (const { id } of tasks) {
    expect(await runResult(system, id)).toMatchObject({ past: { used: 0 } });
    await inStatus(system, id, 'complete');
    expect((await system.comments(id)).length).toBeLessThanOrEqual(1);
  }
});

test('a host that stops hands its task back, and the next one runs it', async () => {
  const { id } = await newTask(system, { assignedTo: 'slow' });
  await gooseLives(system, id);
  await workers.stop();
  expect(await system.gooses()).toEqual([]);
  expect((await system.tinytask.get(id))?.status).toBe('idle');
  await system.recipe('slow', 'MODEL: say Done this time.');
  workers = await startDaemon();
  await inStatus(system, id, 'complete');
  expect(await runResult(system, id)).toMatchObject({ end: 'complete', past: { used: 0, lost: 0 } });
  expect(await system.comments(id)).toEqual([expect.stringMatching(/cut short, which is not counted/)]);
});

test('a pause is looked at once more before a claim', async () => {
  const { id } = await newTask(system, { queue: 'far' });
  // It has its slot, and no host of its group is there.
  await inPhase(system, id, 'running');
  await system.client.workflow.getHandle('scheduler').signal('pause');
  await eventually(
    'the agent knows',
    async () => (await semaphoreMemo(system.client, poolId('far')))?.schedulerPaused,
  );
  await system.start('worker', { HOST_GROUP: 'far' });
  await inPhase(system, id, 'waiting');
  await eventually('it is in line again', async () => (await lineOf(system, 'far')).includes(id));
  expect(await system.tinytask.get(id)).toMatchObject({ status: 'idle', assignedTo: null });
  // It was assigned by nobody, so whoever assigns it now is a person, and it stays with that agent.
  const planState = await system.client.workflow.getHandle(SCHEDULER_ID).query<SurveyInput>('plan-state');
  expect(planState.assignedByUs).not.toHaveProperty(String(id));
  await system.client.workflow.getHandle('scheduler').signal('resume');
  expect(await runResult(system, id)).toMatchObject({ end: 'complete', past: { number: 1 } });
});

function startDaemon(): Promise<Workers> {
  return system.start('daemon', { LOOP_INTERVAL_SEC: '1', KILL_GRACE_SEC: '1', COOLDOWN_MAX_SEC: '1' });
}
