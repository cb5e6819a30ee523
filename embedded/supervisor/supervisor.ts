import { within } from '../../os/within.ts';
import type { Presence } from '../presence/presence.ts';
import { BringUp, type BringUpOptions, type BroughtUp } from './bring-up.ts';
import { ceaseToSupervise } from './one-supervisor.ts';
import { Pieces } from './pieces.ts';

export interface SupervisorOptions extends BringUpOptions {
  /** This process's own, in the state directory of `loaded`. */
  presence: Presence;
}

export interface Supervisor {
  /**
   * Brings up what is not there yet, and keeps it up. Resolves when the daemon's workers poll. Throws what to do if
   * something cannot be had, and StoppedError when it is stopped meanwhile; `stop` is to be called in either case.
   */
  bringUp(): Promise<BroughtUp>;
  /**
   * Agents first, then the servers that nobody else of ours uses; whatever happens, within 10 s, or within 5 s more than
   * the configured time between TERM and KILL of a goose.
   */
  stop(): Promise<void>;
  /**
   * KILL to everything that `stop` would end; whether it is gone within 2 s. Gooses are ended by their guardian, which
   * outlives the daemon for that.
   */
  kill(): Promise<boolean>;
}

/** Ten seconds are promised; a busy machine takes some of them to notice what has ended. */
const STOP_WITHIN_MS = 9_000;
/** To write tasks back, and to end the servers. */
const AFTER_GRACE_MS = 4_000;
const LEAST_LEAVE_MS = 500;
const KILL_WITHIN_MS = 2_000;

/** The supervisor of `npm start`. This process has to be the one of its state directory: see becomeSupervisor. */
export function createSupervisor({ presence, ...options }: SupervisorOptions): Supervisor {
  const { config } = options.loaded;
  const pieces = new Pieces();
  const bringUp = new BringUp(options, pieces);
  let bringingUp: Promise<unknown> = Promise.resolve();
  return {
    bringUp() {
      const result = bringUp.run();
      bringingUp = result.catch(() => undefined);
      return result;
    },
    async stop() {
      const untilMs = performance.now() + Math.max(STOP_WITHIN_MS, config.killGraceMs + AFTER_GRACE_MS);
      await pieces.stop(untilMs);
      await within(2_000, bringingUp);
      await pieces.stop(untilMs);
      await bringUp.close();
      await ceaseToSupervise(config.stateDir);
      await within(Math.max(LEAST_LEAVE_MS, untilMs - performance.now()), presence.leave());
    },
    async kill() {
      const all = pieces.kill().then(() => presence.leave(0));
      return (await within(KILL_WITHIN_MS, all)) !== 'late';
    },
  };
}
