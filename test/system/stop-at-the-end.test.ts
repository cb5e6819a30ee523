import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { DEVELOPER, startSystem } from '../support/system.ts';

test('a daemon that stops in the moment when goose has ended still writes back', {
  timeout: 180_000,
}, async () => {
  const system = await startSystem();
  try {
    await system.agents([{ agentName: 'vaela', agentType: 'dev', limit: 2 }]);
    await system.recipe('vaela', UNTIL_LET_GO, DEVELOPER);
    for (let round = 0; round < 4; round += 1) {
      const workers = await system.start('daemon');
      const tasks = [1, 2].map(() => system.tinytask.create({ title: 't', createdBy: 'test', queue: 'dev' }));
      const ids = (await Promise.all(tasks)).map(({ id }) => id);
      for (const id of ids) await atWork(system, id, ['vaela']);
      await eventually('goose runs', async () => (await system.gooses()).length === 2);
      for (const id of ids) await letGo(system, id);
      // The daemon and the model are in this process: they get one turn between two looks.
      while ((await system.gooses()).length > 0) await setImmediate();
      await workers.stop();
      const states = await Promise.all(ids.map(async (id) => (await system.tinytask.get(id))?.status));
      expect(states, `round ${round}`).not.toContain('working');
    }
  } finally {
    await system.stop();
  }
});
