import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type Context, openContext } from '../../../client/cli/call/context.ts';
import { openScheduler } from '../../../client/cli/call/scheduler.ts';
import { learnApiToken } from '../../../config/api-token.ts';
import { writeApiPlace } from '../../../embedded/presence/api-place.ts';
import { freePort } from '../../../os/free-port.ts';
import { identify } from '../../../os/process-identity.mjs';

let dir: string;
let context: Context;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'open-'));
  vi.stubEnv('TINYSCHEDULER_STATE_DIR', dir);
  context = openContext({}, {}, () => undefined);
  vi.unstubAllEnvs();
});
afterEach(() => {
  learnApiToken({});
  rmSync(join(dir, 'api.json'), { force: true });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Whether the command connects at once, before it knows what is asked. */
async function connectsAtOnce(): Promise<boolean> {
  let connected = false;
  await openScheduler(context, async () => {
    connected = true;
    return {};
  });
  return connected;
}

async function served(about: { tokenRequired?: boolean; pid?: number } = {}): Promise<void> {
  const url = `http://127.0.0.1:${await freePort(0)}`;
  const { startTime } = identify(process.pid) ?? { startTime: '' };
  const place = { pid: process.pid, startTime, url, version: '', configuration: '', tokenRequired: false };
  await writeApiPlace(dir, { ...place, ...about });
}

test('a command connects by itself where no API is served, or its process is gone, or nobody may know', async () => {
  expect(await connectsAtOnce()).toBe(true);
  await served({ pid: 1 });
  expect(await connectsAtOnce()).toBe(true);
  for (const text of ['', '{', '[]', 'null', '{"pid":1}']) {
    writeFileSync(join(dir, 'api.json'), text);
    expect([text, await connectsAtOnce()]).toEqual([text, true]);
  }
});

test('it uses the API that is served; one that demands a token, with a token only', async () => {
  await served();
  expect(await connectsAtOnce()).toBe(false);
  await served({ tokenRequired: true });
  expect(await connectsAtOnce()).toBe(true);
  learnApiToken({ TINYSCHEDULER_API_TOKEN: 'tsk_1' });
  expect(await connectsAtOnce()).toBe(false);
});
