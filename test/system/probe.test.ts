import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { agentIn, inPhase, inStatus, newTask, runResult } from '../support/task-runs.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.agents([{ agentName: 'pair', agentType: 'pair', limit: 2 }]);
  await system.recipe('pair', UNTIL_LET_GO, DEVELOPER);
  await system.start('daemon', { LOOP_INTERVAL_SEC: '1', COOLDOWN_MAX_SEC: '1', KILL_GRACE_SEC: '1' });
});
afterAll(() => system.stop());

test('an agent whose model is back has all its slots as soon as its probe is answered, long before that ends', async () => {
  const back = await system.withoutModel();
  const ids = [(await newTask(system, { queue: 'pair' })).id, (await newTask(system, { queue: 'pair' })).id];
  await eventually(
    'it cools down',
    async () => (await agentIn(system, 'pair')).health.state === 'cooling-down',
  );
  await eventually('nobody works', async () => (await system.gooses()).length === 0);
  await back();
  // Neither of them ends before both are at work.
  for (const id of ids) await atWork(system, id, ['pair']);
  expect(await agentIn(system, 'pair')).toMatchObject({ health: { state: 'well' }, probe: null });
  for (const id of ids) await inPhase(system, id, 'running');
  for (const id of ids) await letGo(system, id);
  for (const id of ids) {
    await inStatus(system, id, 'complete');
    expect(await runResult(system, id)).toMatchObject({ end: 'complete', past: { used: 0 } });
  }
});
