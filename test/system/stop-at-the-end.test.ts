import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startSystem } from '../support/system.ts';

test('a daemon that stops in the moment when goose has ended still writes back', {
  timeout: 180_000,
}, async () => {
  const system = await startSystem();
  try {
    await system.agents([{ agentName: 'vaela', agentType: 'dev', limit: 2 }]);
    // Long enough that both run at a time on a busy machine too.
    await system.recipe('vaela', 'MODEL: wait 4s\nMODEL: say done');
    for (let round = 0; round < 4; round += 1) {
      const workers = await system.start('daemon');
      const tasks = [1, 2].map(() => system.tinytask.create({ title: 't', createdBy: 'test', queue: 'dev' }));
      const ids = (await Promise.all(tasks)).map(({ id }) => id);
      await eventually('goose runs', async () => (await system.gooses()).length === 2);
      while ((await system.gooses()).length > 0);
      await workers.stop();
      const states = await Promise.all(ids.map(async (id) => (await system.tinytask.get(id))?.status));
      expect(states, `round ${round}`).not.toContain('working');
    }
  } finally {
    await system.stop();
  }
});
