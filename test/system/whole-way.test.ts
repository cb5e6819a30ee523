import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

test('a chain of blockers runs to its end, in order, through the real goose', async () => {
  await system.agents([
    { agentName: 'vaela', agentType: 'dev' },
    { agentName: 'oscar', agentType: 'qa' },
  ]);
  await system.recipe('vaela', 'MODEL: say done');
  await system.recipe('oscar', 'MODEL: say checked');
  const last = { createdBy: 'test', queue: 'qa' };
  const design = await system.tinytask.create({ title: 'design', createdBy: 'test', queue: 'dev' });
  const build = await system.tinytask.create({
    title: 'build',
    createdBy: 'test',
    queue: 'dev',
    priority: 9,
    blockedByTaskId: design.id,
  });
  const check = await system.tinytask.create({ ...last, title: 'check', blockedByTaskId: build.id });

  await system.start('daemon');
  await eventually('all three tasks complete', async () => {
    const tasks = await system.tinytask.list({});
    return tasks.length === 3 && tasks.every((task) => task.status === 'complete');
  });
  const ended = new Map<string, number>();
  for await (const run of system.client.workflow.list({ query: 'WorkflowType = "runTask"' })) {
    ended.set(run.workflowId, run.startTime.getTime());
  }
  expect([...ended].sort((a, b) => a[1] - b[1]).map(([id]) => id)).toEqual([
    `task-${design.id}`,
    `task-${build.id}`,
    `task-${check.id}`,
  ]);
});
