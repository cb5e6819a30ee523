import { afterAll, beforeAll, expect, test } from 'vitest';
import { personName } from '../../os/person-name.ts';
import { type System, startSystem } from '../support/system.ts';
import { gooseLives, inPhase, newTask } from '../support/task-runs.ts';
import { ask } from '../support/told.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
  system.env.TINYSCHEDULER_KILL_GRACE_SEC = '2';
  await system.agents([{ agentName: 'ada', agentType: 'dev', limit: 1 }]);
  await system.recipe('ada', 'MODEL: wait 90s\nMODEL: say done');
});
afterAll(() => system.stop());

const here = (...args: string[]) => ask(system, args);

test('cancel stops goose, and the task is idle and parked until retry; one that waits is parked too', async () => {
  await system.start('daemon');
  const running = await newTask(system, { assignedTo: 'ada' });
  await gooseLives(system, running.id);
  const inLine = await newTask(system, { assignedTo: 'ada' });
  await inPhase(system, inLine.id, 'waiting');

  expect(await here('cancel', String(inLine.id))).toEqual({
    code: 0,
    stdout: `Task ${inLine.id} is cancelled. It no longer waits for a slot of ada; it is idle, and parked. \`retry ${inLine.id}\` runs it again.\n`,
    stderr: '',
  });
  expect(await here('cancel', String(running.id))).toEqual({
    code: 0,
    stdout: `Task ${running.id} is cancelled. Its goose on ada was stopped; it is idle, and parked. \`retry ${running.id}\` runs it again.\n`,
    stderr: '',
  });
  expect(await system.gooses()).toEqual([]);
  for (const { id } of [running, inLine]) {
    expect((await system.tinytask.get(id))?.status).toBe('idle');
    await inPhase(system, id, 'parked');
    expect((await here('explain', String(id))).stdout).toContain(
      `It is parked: it runs again after \`retry\` (cancelled by hand by ${personName()}).`,
    );
  }
  expect(await here('cancel', String(running.id))).toMatchObject({
    code: 0,
    stdout: `Task ${running.id} is parked already; \`retry ${running.id}\` runs it again.\n`,
  });

  expect((await here('retry', String(running.id))).code).toBe(0);
  await gooseLives(system, running.id);
});
