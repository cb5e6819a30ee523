import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { guardiansOf } from '../support/guardians.ts';
import { SeenDaemons, signalIfThere } from '../support/seen-daemons.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
let daemons: SeenDaemons;
let stopping: NodeJS.Timeout | undefined;

beforeEach(async () => {
  system = await startSystem();
  daemons = new SeenDaemons(system);
  system.env.TINYSCHEDULER_KILL_GRACE_SEC = '1';
  await system.agents([{ agentName: 'ada', agentType: 'dev', limit: 4 }]);
  await system.recipe('ada', 'MODEL: wait 60s\nMODEL: say done');
});

afterEach(async () => {
  clearInterval(stopping);
  await daemons.end();
  await system.stop();
});

test('where every guardian is out of action, the worker that is left ends what a killed one has left', async () => {
  const [one, other] = [await daemons.start(), await daemons.start()];
  for (let made = 0; made < 4; made += 1)
    await system.tinytask.create({ title: 'a task', createdBy: 'test', assignedTo: 'ada' });
  await eventually('all run', async () => daemons.seen.living().length === 4);
  // All may have gone to one of them.
  const [killed, left] = daemons.runsOf(one).length > 0 ? [one, other] : [other, one];

  // Those that are started in their place too: nothing is left but the worker itself.
  const stopGuardians = () => {
    for (const pid of guardiansOf(left.pid)) signalIfThere(pid, 'SIGSTOP');
  };
  stopGuardians();
  stopping = setInterval(stopGuardians, 10);
  for (const pid of [...guardiansOf(killed.pid), killed.pid]) process.kill(pid, 'SIGKILL');
  const startMs = performance.now();
  await eventually('all are gone', async () => daemons.runsOf(killed).length === 0, 10_000);
  console.info(`gone after ${Math.round(performance.now() - startMs)} ms`);
  expect(left.exitCode).toBeNull();
});
