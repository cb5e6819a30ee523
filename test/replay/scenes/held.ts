import { eventually } from '../../support/eventually.ts';
import type { System } from '../../support/system.ts';
import { inStatus, newTask, slotsOf } from '../../support/task-runs.ts';
import { daemonWith, endBy, type Kept, semaphoreRun } from './scene.ts';

const AGENTS = ['ada', 'bob', 'cy', 'dan'];

/** A model that is down holds a pool, until one task is answered. */
export async function held(system: System): Promise<Kept[]> {
  await system.agents(AGENTS.map((agentName) => ({ agentName, agentType: 'held', limit: 1 })));
  for (const agent of AGENTS) await system.recipe(agent, 'MODEL: say Done.');
  const daemon = await daemonWith(system, {
    ...{ LOOP_INTERVAL_SEC: '1', KILL_GRACE_SEC: '1', COOLDOWN_SEC: '1', COOLDOWN_MAX_SEC: '1' },
  });
  const back = await system.withoutModel();
  const ids: number[] = [];
  for (const assignedTo of ['ada', 'bob', 'cy', undefined])
    ids.push((await newTask(system, { queue: 'held', ...(assignedTo && { assignedTo }) })).id);
  await eventually('one has tried in vain', async () => {
    const { breaker } = await slotsOf(system, 'held');
    return (breaker?.hold?.times ?? 0) > 1;
  });
  await back();
  for (const id of ids) await inStatus(system, id, 'complete');
  const ref = await semaphoreRun(system, 'held');
  await endBy('SIGTERM', daemon);
  return [{ name: 'semaphore-holds-its-pool', ref, shows: ['core_patch', 'release', 'grant'] }];
}
