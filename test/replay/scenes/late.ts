import { setTimeout as rest } from 'node:timers/promises';
import { scheduleWorkflowId } from '../../../contract/ids.ts';
import { eventually } from '../../support/eventually.ts';
import { letGo } from '../../support/gates.ts';
import { definitionOf, scheduleAt } from '../../support/schedules.ts';
import { DEVELOPER, type System } from '../../support/system.ts';
import { gooseLives, inStatus, newTask, slotsOf } from '../../support/task-runs.ts';
import { daemonWith, endBy, type Kept, refOf, semaphoreRun, untilLetGo } from './scene.ts';

const SETTINGS = { LOOP_INTERVAL_SEC: '1', KILL_GRACE_SEC: '1', HEARTBEAT_SEC: '5' };

/** What is known late: a grant whose semaphore is gone, and a schedule that was asked for while there was no worker. */
export async function late(system: System): Promise<Kept[]> {
  await system.agents([{ agentName: 'pair', agentType: 'pair', limit: 2 }]);
  await system.recipe('pair', untilLetGo('MODEL: say Done.'), DEVELOPER);
  await endBy('SIGTERM', await daemonWith(system, SETTINGS));
  const { define, status } = scheduleAt(system.client, 'late');
  const soonMs = Math.ceil(Date.now() / 1_000 + 1) * 1_000;
  const at = new Date(soonMs).toISOString().slice(0, 19).replace('T', ' ');
  const once = definitionOf('late', { timing: { kind: 'at', at }, remaining: 2, catchUpMs: 600_000 });
  const asked = define(once);
  await rest(soonMs + 500 - Date.now());
  const daemon = await daemonWith(system, SETTINGS);
  await asked;
  const kept = await foundAtWork(system);
  await eventually('it has begun', async () => (await status()).memo.now.count === 1, 300_000);
  await define({ ...once, priority: 1 }, 1, { keepRemaining: true });
  const ref = await refOf(system, scheduleWorkflowId('late'));
  await endBy('SIGTERM', daemon);
  return [...kept, { name: 'schedule-begins-late', ref, shows: ['core_patch', 'begin', 'scheduledRun'] }];
}

async function foundAtWork(system: System): Promise<Kept[]> {
  const ids: number[] = [];
  for (let n = 0; n < 3; n++) ids.push((await newTask(system, { assignedTo: 'pair' })).id);
  const [first = 0, second = 0] = ids;
  for (const id of [first, second]) await gooseLives(system, id);
  const lost = await semaphoreRun(system, 'pair');
  await system.client.workflow.getHandle(lost.workflowId).terminate('by hand');
  const ref = await eventually('it knows their fences', async () => {
    const now = await semaphoreRun(system, 'pair');
    const { holders } = await slotsOf(system, 'pair');
    return now.runId !== lost.runId && holders.length === 2 && holders.every(({ found }) => found) && now;
  });
  for (const id of ids) await letGo(system, id);
  for (const id of ids) await inStatus(system, id, 'complete');
  return [{ name: 'semaphore-finds-a-fence', ref, shows: ['core_patch', 'openRunsOf', 'grant', 'release'] }];
}
