import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Hold } from '../../domain/slots/breaker.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/system.ts';
import { inStatus, newTask, runResult, slotsOf } from '../support/task-runs.ts';
import { ask } from '../support/told.ts';

const COOL_DOWN_SEC = 8;

let system: System;
beforeAll(async () => {
  system = await startSystem();
  const names = ['ada', 'bob', 'cy', 'dan'];
  await system.agents(names.map((agentName) => ({ agentName, agentType: 'dev', limit: 1 })));
  for (const name of names) await system.recipe(name, 'MODEL: say Done.');
  Object.assign(system.env, {
    TINYSCHEDULER_COOLDOWN_SEC: String(COOL_DOWN_SEC),
    TINYSCHEDULER_COOLDOWN_MAX_SEC: String(COOL_DOWN_SEC),
  });
  await system.start('daemon', { LOOP_INTERVAL_SEC: '1', KILL_GRACE_SEC: '1' });
});
afterAll(() => system.stop());

function hold(): Promise<Hold | undefined> {
  return slotsOf(system, 'dev').then(({ breaker }) => breaker?.hold);
}

test('a model that is down holds its pool with one reason; one task tries at a time, and all goes on by itself', async () => {
  const back = await system.withoutModel();
  const taken = await Promise.all(
    ['ada', 'bob', 'cy'].map((assignedTo) => newTask(system, { assignedTo, queue: 'dev' })),
  );
  const { sinceMs } = await eventually('the pool is held', hold);
  const fourth = await newTask(system, { queue: 'dev' });
  const last = await newTask(system, { queue: 'dev' });

  await eventually('the last one waits', async () => {
    const { stdout } = await ask(system, ['explain', String(last.id)]);
    return stdout.includes('queue "dev" is held: the same trouble took 3 of its agents');
  });
  const { stdout: told } = await ask(system, ['status', '--json']);
  const { waiting } = JSON.parse(told) as { waiting: { task_id: number; reason: string }[] };
  expect(waiting.find(({ task_id }) => task_id === last.id)?.reason).toBe('pool-held');
  const { stdout: pools } = await ask(system, ['pools', '--json']);
  expect(JSON.parse(pools)).toMatchObject({
    pools: [{ hold: { taken: 3, reason: expect.stringContaining('model') } }],
  });
  const { stdout: agents } = await ask(system, ['agents']);
  expect(agents.match(/its queue is held/g)).toHaveLength(4);

  // dan was not taken, and is given nothing: it would be the fourth.
  const { agents: known } = await slotsOf(system, 'dev');
  expect(known.find(({ name }) => name === 'dan')?.health.state).toBe('well');

  const { stdout: resumed } = await ask(system, ['resume', '--queue', 'dev']);
  expect(resumed).toMatch(/starts nothing yet: queue "dev" is held: .*; one task tries /s);
  const failed = await eventually('one has tried in vain', async () => {
    const now = await hold();
    return now !== undefined && now.times > 1 && now;
  });
  expect(failed.sinceMs).toBe(sinceMs);

  await back();
  for (const { id } of [...taken, fourth, last]) {
    await inStatus(system, id, 'complete');
    expect(await runResult(system, id)).toMatchObject({ end: 'complete', past: { used: 0 } });
  }
  expect(await hold()).toBeUndefined();
  const { stdout: status } = await ask(system, ['status']);
  expect(status).not.toContain('held');
});
