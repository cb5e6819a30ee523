import { SCHEDULER_ID } from '../../../contract/ids.ts';
import { eventually } from '../../support/eventually.ts';
import { schedulerStatus } from '../../support/passes.ts';
import type { System } from '../../support/system.ts';
import { inStatus, newTask } from '../../support/task-runs.ts';
import { daemonWith, endBy, type Kept, refOf } from './scene.ts';

/** Two tasks are started for one pool at once, so it is told to expect their runs. */
export async function several(system: System): Promise<Kept[]> {
  await system.agents([{ agentName: 'quick', agentType: 'quick' }]);
  await system.recipe('quick', 'MODEL: say Done.');
  const daemon = await daemonWith(system, {
    ...{ LOOP_INTERVAL_SEC: '3600', AGENT_LIMITS: '{"quick": 2}' },
  });
  const scheduler = system.client.workflow.getHandle(SCHEDULER_ID);
  const lastPass = async () => (await schedulerStatus(system)).lastPass;
  await eventually('a pass', lastPass);
  await scheduler.signal('pause');
  const tasks = [
    await newTask(system, { assignedTo: 'quick' }),
    await newTask(system, { assignedTo: 'quick' }),
  ];
  await eventually('both wait', async () => (await lastPass())?.waitingTotal === tasks.length);
  await scheduler.signal('resume');
  for (const { id } of tasks) await inStatus(system, id, 'complete');
  const ref = await refOf(system, SCHEDULER_ID);
  await endBy('SIGTERM', daemon);
  return [{ name: 'scheduler-starts-several', ref, shows: ['core_patch', 'order'] }];
}
