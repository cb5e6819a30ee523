import { afterAll, beforeAll, vi } from 'vitest';
import { SCHEDULER_ID } from '../../contract/ids.ts';
import type { AttemptResult, RunInput, RunSettings } from '../../contract/run.ts';
import { startLimitedServer } from './limited-server.ts';
import { PlayedRun, playing } from './played-runs.ts';
import { standIn } from './stand-ins.ts';
import { startStubbed } from './stubbed-scheduler.ts';

/** A history may have so many events before the server suggests to continue as new; no case but those needs as many. */
const LONG_HISTORY = 120;

type Change = Omit<Partial<RunInput>, 'settings'> & { settings?: Partial<RunSettings> };

/** One server and one worker for all runs of a test file, which may all be under way at the same time. */
export function runsOnStubs() {
  // Many cases at a time share two processors.
  vi.setConfig({ testTimeout: 90_000, maxConcurrency: 40 });
  const runs = new Map<number, PlayedRun>();
  let server: Awaited<ReturnType<typeof startLimitedServer>>;
  let worker: Awaited<ReturnType<typeof startStubbed>>;
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });

  beforeAll(async () => {
    server = await startLimitedServer({ 'limit.historyCount.suggestContinueAsNew': LONG_HISTORY });
    await standIn(server.client, SCHEDULER_ID);
    worker = await startStubbed(server.address, playing(runs), { daemon: false });
  });
  afterAll(async () => {
    end();
    await worker?.stop();
    await server?.stop();
  });

  return {
    /** A run of a task of its own, with what is different from other runs. */
    async newRun({ settings, ...change }: Change = {}): Promise<PlayedRun> {
      const run = new PlayedRun(server.client, runs.size + 1);
      runs.set(run.taskId, run);
      await run.start(change, settings);
      return run;
    },
    /** A goose host that is never heard of again. */
    async untilTheEnd(): Promise<AttemptResult> {
      await ended;
      throw new Error('its worker is gone');
    },
  };
}
