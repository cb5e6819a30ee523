import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { scheduleMemoIn } from '../../contract/memos.ts';
import { eventually } from '../support/eventually.ts';
import { startLimitedServer } from '../support/limited-server.ts';
import { definitionOf, scheduleAt, startScheduleWorker } from '../support/schedules.ts';

// A schedule's workflow with a real server, which ticks. Its occurrences are stubs.
vi.setConfig({ testTimeout: 60_000 });

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startScheduleWorker>>;
beforeAll(async () => {
  server = await startLimitedServer({});
  worker = await startScheduleWorker(server.address, server.client);
});
afterAll(async () => {
  await worker?.stop();
  await server?.stop();
});

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test.concurrent('it ticks, does not while it is paused, and goes on after that', async () => {
  const nightly = scheduleAt(server.client, 'nightly');
  expect(await nightly.define(definitionOf('nightly'))).toMatchObject({
    ...{ defined: true, version: 1, inForce: true },
    nextMs: { length: 10 },
  });
  const done = async () =>
    (await nightly.status()).history.filter(({ ended }) => ended?.end === 'done').length;
  await eventually('two ticks', async () => (await done()) >= 2);
  expect(await nightly.pause('for a while')).toEqual({ wasPaused: false });
  await rest(1_000);
  const before = (await nightly.status()).memo.now.count;
  await rest(3_500);
  expect((await nightly.status()).memo.now.count).toBe(before);
  expect(await nightly.runNow()).toMatchObject({ started: false, because: 'paused' });
  expect(await nightly.runNow({ evenIfPaused: true })).toMatchObject({ started: true });
  expect(await nightly.resume()).toEqual({ wasPaused: true });
  await eventually('it ticks again', async () => (await nightly.status()).memo.now.count >= before + 3);
  const { memo } = await nightly.handle.describe();
  expect(scheduleMemoIn(memo)).toMatchObject({ schedule: { version: 1 }, now: { badInARow: 0 } });
});
