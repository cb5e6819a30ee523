import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import { sayExplanation } from '../../words/explanation.ts';
import { eventually } from '../support/eventually.ts';
import { mountSmallDisk, noMountsBecause, type SmallDisk } from '../support/small-disk.ts';
import { type System, startSystem } from '../support/system.ts';

const why = noMountsBecause();
if (why !== undefined) console.log(`disk: skipped, since ${why}`);

describe.skipIf(why !== undefined)('a disk under state/ that cannot be written', () => {
  let system: System;
  let disk: SmallDisk;
  let scheduler: SchedulerClient;

  beforeAll(async () => {
    system = await startSystem();
    const path = mkdtempSync(join(tmpdir(), 'small-disk-'));
    disk = mountSmallDisk(path);
    await system.agents([{ agentName: 'ada', agentType: 'dev', limit: 2 }]);
    await system.recipe('ada', 'MODEL: wait 5s\nMODEL: say done');
    scheduler = await system.scheduler();
    await system.start('daemon', { STATE_DIR: path, LOOP_INTERVAL_SEC: '2', HEARTBEAT_SEC: '2' });
  });
  afterAll(async () => {
    await system.stop().finally(() => disk.unmount());
    rmSync(disk.path, { recursive: true, force: true });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const { id, status } of await system.tinytask.list({}))
      console.log(
        `task ${id} is ${status}: ${JSON.stringify([await system.comments(id), await scheduler.explain(id)])}`,
      );
  });

  test('full: what runs ends by itself or says why it cannot, what is new says why, and all goes on afterwards', async () => {
    const running = await newTask();
    await eventually('it runs', async () => (await system.gooses()).includes(running));
    disk.fill();
    const late = await newTask();
    await eventually(
      'the new one says why it does not run',
      async () => says(late, /ENOSPC|no space/i),
      30_000,
    );
    await eventually(
      'the running one is complete, or says why not',
      async () => (await isComplete(running)) || (await says(running, /ENOSPC|no space/i)),
      30_000,
    );
    expect(await usedAttempts(late)).toBe(0);
    disk.free();
    await eventually(
      'both are complete',
      async () => (await isComplete(running)) && (await isComplete(late)),
      60_000,
    );
  });

  test('read-only: a task says why it does not run, and runs when that is mended', async () => {
    await eventually(
      'nothing runs, so nothing is open for writing',
      async () => (await system.gooses()).length === 0,
    );
    await eventually('it is read-only', async () => {
      disk.readOnly(true);
      return true;
    });
    const task = await newTask();
    await eventually('it says why', async () => says(task, /EROFS|read-only/i), 30_000);
    expect(await system.gooses()).toEqual([]);
    expect(await usedAttempts(task)).toBe(0);
    disk.readOnly(false);
    await eventually('it is complete', async () => isComplete(task), 60_000);
  });

  async function newTask(): Promise<number> {
    return (await system.tinytask.create({ title: 'a task', createdBy: 'test', assignedTo: 'ada' })).id;
  }

  async function isComplete(task: number): Promise<boolean> {
    return (await system.tinytask.get(task))?.status === 'complete';
  }

  /** In a comment, or when asked why it does not run. */
  async function says(task: number, what: RegExp): Promise<boolean> {
    const said = [...(await system.comments(task)), ...sayExplanation(await scheduler.explain(task))];
    return said.some((sentence) => what.test(sentence));
  }

  async function usedAttempts(task: number): Promise<number> {
    return (await system.comments(task)).filter((comment) => /failed \(\d+ of/.test(comment)).length;
  }
});
