import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, vi } from 'vitest';
import { startLimitedServer } from './limited-server.ts';
import { standIn } from './stand-ins.ts';
import { startStubbed } from './stubbed-scheduler.ts';

/** A history may have so many events before the server suggests to continue as new; no case but those needs as many. */
const LONG_HISTORY = 120;

/**
 * One server and one worker for all workflows of a test file, which may all be under way at the same time.
 *
 * @param neighbour the workflow that all of them speak to: it is there, and only hears them
 */
export function onStubs(neighbour: string, activities: Parameters<typeof startStubbed>[1]) {
  // Many cases at a time share two processors.
  vi.setConfig({ testTimeout: 90_000, maxConcurrency: 40 });
  let server: Awaited<ReturnType<typeof startLimitedServer>>;
  let worker: Awaited<ReturnType<typeof startStubbed>>;
  beforeAll(async () => {
    server = await startLimitedServer({ 'limit.historyCount.suggestContinueAsNew': LONG_HISTORY });
    await standIn(server.client, neighbour);
    worker = await startStubbed(server.address, activities, { daemon: false });
  });
  afterAll(async () => {
    await worker?.stop();
    await server?.stop();
  });
  return {
    get client(): Client {
      return server.client;
    },
  };
}
