import { SCHEDULER_ID } from '../../../contract/ids.ts';
import { eventually } from '../../support/eventually.ts';
import { schedulerStatus } from '../../support/passes.ts';
import type { System } from '../../support/system.ts';
import { inStatus, newTask } from '../../support/task-runs.ts';
import { daemonWith, endBy, type Kept, refOf } from './scene.ts';

/** A pause ends, and somebody asks for a pass, while TinyTask does not answer and the tasks are watched already. */
export async function unseen(system: System): Promise<Kept[]> {
  await system.agents([{ agentName: 'quick', agentType: 'quick' }]);
  await system.recipe('quick', 'MODEL: say Done.');
  const daemon = await daemonWith(system, { LOOP_INTERVAL_SEC: '3600', KILL_GRACE_SEC: '1' });
  const scheduler = system.client.workflow.getHandle(SCHEDULER_ID);
  const lastPass = async () => (await schedulerStatus(system)).lastPass;
  await eventually('a pass', lastPass);
  await scheduler.signal('pause');
  const { id } = await newTask(system, { assignedTo: 'quick' });
  await eventually('it waits', async () => (await lastPass())?.waiting.some(({ taskId }) => taskId === id));
  const back = await system.withoutTinyTask();
  await scheduler.signal('resume');
  await eventually('a pass without TinyTask', async () => ((await lastPass())?.errors.length ?? 0) > 0);
  await scheduler.executeUpdate('pass', { args: [{ once: false }] });
  await back();
  await inStatus(system, id, 'complete');
  const ref = await refOf(system, SCHEDULER_ID);
  await endBy('SIGTERM', daemon);
  const shows = ['activityTaskCancelRequestedEventAttributes', 'resume', 'watch'];
  return [{ name: 'scheduler-surveys-again', ref, shows }];
}
