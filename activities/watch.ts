import { heartbeat, sleep } from '@temporalio/activity';
import type { Config } from '../config/config.ts';
import { candidates, hasNew, idleInHand } from '../domain/candidates.ts';
import { type OpenRunsByAgent, unpackRuns } from '../domain/pass.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { fingerprintOf } from './survey.ts';

export interface WatchInput {
  /** Of the survey before: what it saw is not news. */
  fingerprint: string;
  runs: OpenRunsByAgent;
  /** When the loop interval is over, in milliseconds since the epoch. */
  untilMs: number;
}

export interface WatchActivities {
  /** Watches TinyTask's list until something could start that could not before, or the time is over. */
  watch(input: WatchInput): Promise<'changed' | 'over'>;
}

const SHORTEST_PAUSE_MS = 1_000;
/** A poll may cost TinyTask one twentieth of the time. */
const COST = 20;
const HEARTBEAT_MS = 2_000;

export function watchActivities(deps: { tinytask: TinyTask; config: Config }): WatchActivities {
  return {
    async watch({ fingerprint, runs, untilMs }) {
      const open = unpackRuns(runs);
      let seen: ReadonlySet<string> | undefined;
      for (;;) {
        const polledAtMs = Date.now();
        const tasks = await deps.tinytask.listOpen().catch(() => undefined);
        if (tasks !== undefined) {
          const now = candidates(tasks, open);
          if (seen === undefined && fingerprintOf(now) !== fingerprint) return 'changed';
          for (const text of idleInHand(tasks, open)) now.add(text);
          if (seen !== undefined && hasNew(seen, now)) return 'changed';
          seen = now;
        }
        const costMs = Date.now() - polledAtMs;
        const pauseMs = Math.min(Math.max(SHORTEST_PAUSE_MS, costMs * COST), deps.config.loopIntervalMs);
        if (!(await rest(Math.min(pauseMs, untilMs - Date.now())))) return 'over';
        if (Date.now() >= untilMs) return 'over';
      }
    },
  };
}

/** Sleeps with a heartbeat; throws when the watch was cancelled. */
async function rest(ms: number): Promise<boolean> {
  const endsAtMs = Date.now() + ms;
  for (let left = ms; left > 0; left = endsAtMs - Date.now()) {
    heartbeat();
    await sleep(Math.min(left, HEARTBEAT_MS));
  }
  return ms > 0;
}
