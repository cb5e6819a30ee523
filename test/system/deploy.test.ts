import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastRunOf } from '../../temporal/runs.ts';
import { allowed } from '../support/allowed.ts';
import { mainForTests } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { SeenDaemons } from '../support/seen-daemons.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';

/** From the end of one worker's goose to the start of the other's: long before anybody could time out. */
const AT_ONCE_MS = 8_000;

let system: System;
let daemons: SeenDaemons;

beforeEach(async () => {
  system = await startSystem();
  daemons = new SeenDaemons(system);
  system.env.TINYSCHEDULER_KILL_GRACE_SEC = '2';
  await system.agents([{ agentName: 'ada', agentType: 'dev', limit: 4 }]);
  await system.recipe('ada', 'MODEL: wait 6s\nMODEL: say done');
});

afterEach(async () => {
  await daemons.end();
  await system.stop();
});

test('a worker that is asked to stop hands its tasks to the other one at once, and no attempt is used', async () => {
  const [leaving, staying] = [await daemons.start(), await daemons.start()];
  const ids = await tasks(4);
  await eventually('all run', async () => daemons.seen.living().length === 4);
  // All may have gone to one of them, so one that has some leaves.
  const [first, second] = daemons.runsOf(leaving).length > 0 ? [leaving, staying] : [staying, leaving];
  const stopped = daemons.runsOf(first);

  first.kill('SIGTERM');
  const [code] = await once(first, 'exit');
  expect(code).toBe(0);
  expect(daemons.runsOf(first)).toEqual([]);
  await eventually(
    'all tasks are complete',
    async () => {
      const all = await system.tinytask.list({});
      return all.every(({ status }) => status === 'complete');
    },
    60_000,
  );

  expect(daemons.seen.most.size, 'no task had two runs at a time').toBe(0);
  for (const { task, lastSeenMs } of stopped) {
    const again = daemons.seen.all.filter((run) => run.task === task && run.worker === second.pid);
    expect([task, again.length]).toEqual([task, 1]);
    expect((again[0]?.firstSeenMs ?? Number.NaN) - lastSeenMs).toBeLessThan(allowed(AT_ONCE_MS));
  }
  for (const id of ids) {
    const past = (await lastRunOf(system.client, id))?.memo?.past;
    expect([id, past?.used, past?.lost]).toEqual([id, 0, 0]);
  }
});

test('drain waits for the agents instead', async () => {
  // However long the commands take.
  await system.recipe('ada', 'MODEL: shell until [ -e open ]; do sleep 0.1; done', DEVELOPER);
  const only = await daemons.start();
  const [id] = await tasks(1);
  await eventually('it runs', async () => daemons.seen.living().length === 1);

  expect(await command('drain', '--timeout', '1')).toBe(1);
  expect(daemons.seen.living().length).toBe(1);
  await writeFile(join(system.dir, 'open'), '');
  expect(await command('drain')).toBe(0);
  expect(daemons.seen.living()).toEqual([]);
  expect((await system.tinytask.get(id ?? 0))?.status).toBe('complete');
  expect(daemons.seen.all.length, 'it was not stopped in between').toBe(1);

  only.kill('SIGTERM');
  expect((await once(only, 'exit'))[0]).toBe(0);
});

async function tasks(count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let made = 0; made < count; made += 1)
    ids.push((await system.tinytask.create({ title: 'a task', createdBy: 'test', assignedTo: 'ada' })).id);
  return ids;
}

/** The exit code. */
async function command(...args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, [mainForTests(), ...args], {
    env: system.env,
    cwd: system.dir,
    stdio: 'ignore',
  });
  const [code] = await once(child, 'exit');
  return code as number | null;
}
