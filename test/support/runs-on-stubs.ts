import { afterAll } from 'vitest';
import { SCHEDULER_ID } from '../../contract/ids.ts';
import type { AttemptResult, RunInput, RunSettings } from '../../contract/run.ts';
import { onStubs } from './on-stubs.ts';
import { PlayedRun, playing } from './played-runs.ts';

type Change = Omit<Partial<RunInput>, 'settings'> & { settings?: Partial<RunSettings> };

/** Runs of a test file, each of a task of its own. */
export function runsOnStubs() {
  const runs = new Map<number, PlayedRun>();
  const stubs = onStubs(SCHEDULER_ID, playing(runs));
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  // What is set up last is ended first: the worker waits for who waits for this.
  afterAll(() => end());

  return {
    /** With what is different from other runs. */
    async newRun({ settings, ...change }: Change = {}): Promise<PlayedRun> {
      const run = new PlayedRun(stubs.client, runs.size + 1);
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
