import { afterAll, beforeAll, expect, test } from 'vitest';
import { semaphoreOf } from '../../domain/semaphore-id.ts';
import type { Pool } from '../../domain/slots/pool.ts';
import { runningSemaphores } from '../../temporal/semaphores.ts';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { nextWholePass } from '../support/passes.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { inPhase, inStatus, newTask } from '../support/task-runs.ts';
import { allSay, ask } from '../support/told.ts';

const SOLO = semaphoreOf({ name: 'solo' });

let system: System;
beforeAll(async () => {
  system = await startSystem();
  system.env.TINYSCHEDULER_AGENT_LIMITS = 'solo:1,other:1';
  for (const agent of ['solo', 'other']) await system.recipe(agent, UNTIL_LET_GO, DEVELOPER);
  await system.start('daemon', { LOOP_INTERVAL_SEC: '1', KILL_GRACE_SEC: '1' });
});
afterAll(() => system.stop());

test('without a control file each agent has a semaphore of its own, which needs no name to be paused', async () => {
  const first = await newTask(system, { assignedTo: 'solo' });
  const elsewhere = await newTask(system, { assignedTo: 'other', queue: 'dev' });
  await atWork(system, first.id, ['solo']);
  await atWork(system, elsewhere.id, ['other']);
  const second = await newTask(system, { assignedTo: 'solo' });
  await inPhase(system, second.id, 'waiting');
  await allSay(system, second.id, {
    state: 'waiting-for-slot',
    says: /all slots of solo are taken \(1 of 1\)/,
  });
  await eventually('the server lists them', async () => {
    const there = [...(await runningSemaphores(system.client)).keys()];
    return there.sort().join() === 'agent-other,agent-solo';
  });

  const semaphore = system.client.workflow.getHandle(SOLO);
  const solo = async () => (await semaphore.query<Pool>('status')).agents[0];
  await semaphore.signal('pause');
  await eventually('it is paused', async () => (await solo())?.paused);
  await letGo(system, first.id);
  await letGo(system, second.id);
  await inStatus(system, first.id, 'complete');
  await nextWholePass(system);
  await allSay(system, second.id, { state: 'waiting-for-slot', says: /solo is paused/ });
  expect((await ask(system, ['resume', '--agent', 'solo'])).code).toBe(0);
  await inStatus(system, second.id, 'complete');

  await semaphore.signal('set-limit', 2);
  await eventually('it has two slots', async () => (await solo())?.limitByHand === 2);
  const more = [await newTask(system, { assignedTo: 'solo' }), await newTask(system, { assignedTo: 'solo' })];
  for (const { id } of more) await atWork(system, id, ['solo']);
  for (const { id } of [...more, elsewhere]) await letGo(system, id);
  for (const { id } of [...more, elsewhere]) await inStatus(system, id, 'complete');

  await semaphore.signal('pause', 'other');
  await eventually('it is told', async () => {
    const { problems } = JSON.parse((await ask(system, ['status', '--json'])).stdout) as {
      problems: string[];
    };
    return problems.some((problem) =>
      /agent solo was sent pause with "other".*its agents: solo/.test(problem),
    );
  });
  expect((await solo())?.paused).toBe(false);
});
