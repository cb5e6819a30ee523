import { taskWorkflowId } from '../../../contract/ids.ts';
import { poolId } from '../../../domain/semaphore-id.ts';
import { eventually } from '../../support/eventually.ts';
import { letGo } from '../../support/gates.ts';
import { DEVELOPER, type System } from '../../support/system.ts';
import { agentIn, gooseLives, inPhase, inStatus, lineOf, newTask, slotsOf } from '../../support/task-runs.ts';
import { daemonWith, endBy, type Kept, semaphoreRun, untilLetGo } from './scene.ts';

const TWO = { agentName: 'two', limit: 1 };
const OTHERS = [
  { agentName: 'one', agentType: 'duo', limit: 1 },
  { agentName: 'there', agentType: 'other', limit: 1 },
];

/** A pool of two agents: slots, order, loss of the semaphore, and an agent that goes to another pool. */
export async function pools(system: System): Promise<Kept[]> {
  await system.agents([...OTHERS, { ...TWO, agentType: 'duo' }]);
  for (const agent of ['one', 'two', 'there'])
    await system.recipe(agent, untilLetGo('MODEL: say Done.'), DEVELOPER);
  const daemon = await daemonWith(system, {
    LOOP_INTERVAL_SEC: '1',
    KILL_GRACE_SEC: '1',
    HEARTBEAT_SEC: '5',
    COOLDOWN_MAX_SEC: '1',
  });
  const kept = [...(await filled(system)), ...(await moved(system)), ...(await answered(system))];
  await endBy('SIGTERM', daemon);
  return kept;
}

async function filled(system: System): Promise<Kept[]> {
  const held = [await task(system), await task(system)];
  for (const id of held) await gooseLives(system, id);
  const next = await task(system);
  await inPhase(system, next, 'waiting');
  const ofTwo = await taskHeldBy(system, 'two');
  const ref = await semaphoreRun(system, 'duo');
  await letGo(system, ofTwo);
  await gooseLives(system, next);
  const [early, raised] = [await task(system), await task(system)];
  await eventually('both are in line', async () => (await lineOf(system, 'duo')).length === 2);
  await system.tinytask.update(raised, { priority: 9 });
  await eventually('their order is another', async () => (await lineOf(system, 'duo'))[0] === raised);

  await system.client.workflow.getHandle(ref.workflowId).terminate('by hand');
  const rebuilt = await eventually('it is rebuilt', async () => {
    const now = await semaphoreRun(system, 'duo');
    const { holders, waiters } = await slotsOf(system, 'duo');
    return now.runId !== ref.runId && holders.length === 2 && waiters.length === 2 && now;
  });
  // The other agent's run goes on over the second look.
  await letGo(system, next);
  await gooseLives(system, raised);
  const all = [...held, next, early, raised];
  for (const id of all) await letGo(system, id);
  for (const id of all) await inStatus(system, id, 'complete');
  return [
    {
      name: 'semaphore-fills-the-slot-that-is-free-first+takes-an-order',
      ref,
      shows: ['grant', 'release', 'order'],
    },
    {
      name: 'semaphore-rebuilds-itself-for-two-agents',
      ref: rebuilt,
      shows: ['openRunsOf', 'lookAtRuns', 'grant'],
    },
  ];
}

/** Its run stays with the pool that gave it the slot; the other pool finds it, and counts it too. */
async function moved(system: System): Promise<Kept[]> {
  const from = system.client.workflow.getHandle(poolId('duo'));
  // Histories of their own.
  await from.terminate('by hand');
  const { id: running } = await newTask(system, { assignedTo: 'two' });
  await gooseLives(system, running);
  await from.signal('pause', 'one');
  await eventually('one is paused', async () => (await agentIn(system, 'duo', 'one')).paused);
  await from.signal('resume', 'one');
  const ref = await semaphoreRun(system, 'duo');
  const to = await semaphoreRun(system, 'other');
  await system.agents([...OTHERS, { ...TWO, agentType: 'other' }]);
  await eventually('its run is found', async () => {
    const { holders } = await slotsOf(system, 'other');
    return holders.some(({ workflowId }) => workflowId === taskWorkflowId(running));
  });
  const { id: there } = await newTask(system, { assignedTo: 'two' });
  for (const id of [running, there]) await letGo(system, id);
  for (const id of [running, there]) await inStatus(system, id, 'complete');
  return [
    { name: 'semaphore-pauses-one-agent+lets-an-agent-go', ref, shows: ['pause', 'resume', 'configure'] },
    { name: 'semaphore-takes-an-agent-in', ref: to, shows: ['configure', 'openRunsOf', 'grant'] },
  ];
}

async function answered(system: System): Promise<Kept[]> {
  const semaphore = system.client.workflow.getHandle(poolId('other'));
  await semaphore.terminate('by hand');
  await eventually(
    'another one is there',
    async () => (await semaphore.describe()).status.name === 'RUNNING',
  );
  const back = await system.withoutModel();
  const { id } = await newTask(system, { assignedTo: 'there' });
  await eventually('it cools down', async () => {
    return (await agentIn(system, 'other', 'there')).health.state === 'cooling-down';
  });
  await back();
  await eventually(
    'it is well',
    async () => (await agentIn(system, 'other', 'there')).health.state === 'well',
  );
  await letGo(system, id);
  await inStatus(system, id, 'complete');
  const ref = await semaphoreRun(system, 'other');
  return [{ name: 'semaphore-hears-that-a-model-answers', ref, shows: ['model-answered'] }];
}

async function task(system: System): Promise<number> {
  return (await newTask(system, { queue: 'duo' })).id;
}

async function taskHeldBy(system: System, agent: string): Promise<number> {
  const { holders } = await slotsOf(system, 'duo');
  const holder = holders.find((each) => each.agent === agent);
  if (holder === undefined) throw new Error(`${agent} has no task`);
  return Number(holder.workflowId.slice('task-'.length));
}
