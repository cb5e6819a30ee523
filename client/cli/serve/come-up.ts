import { setTimeout as sleep } from 'node:timers/promises';
import type { TemporalSettings } from '../../../config/temporal.ts';
import { hasCode } from '../../../contract/errors.ts';
import { endDescendants } from '../../../embedded/presence/own-children.ts';
import { type DevServer, StoppedError } from '../../../embedded/servers/dev-server.ts';
import { ensureTemporal, type TemporalPorts } from '../../../embedded/servers/ensure-temporal.ts';
import { findGoose } from '../../../embedded/tools/tool-cache.mjs';
import { within } from '../../../os/within.ts';
import { endLeftoversAtStart } from '../../../workers/leftovers.ts';
import { installRuntime, type Log } from '../../../workers/logging.ts';
import { startWorkers, type Workers } from '../../../workers/workers.ts';
import { notifyFacts } from '../../notify/facts.ts';
import type { Context } from '../call/context.ts';
import { say } from '../show/print.ts';

const TRY_AGAIN_MS = 5_000;
/** Workers that are almost up take this long, and are then stopped in order. */
const COME_UP_MS = 2_000;

export type ServingRole = 'daemon' | 'worker';
/** `ports`: where a Temporal server is looked for, and where ours goes. */
/** `sdkMetricsAt`: as `metricsAt` of installRuntime. */
export type Serving = Context & { ports: TemporalPorts | undefined; sdkMetricsAt: string | undefined };

/** What a daemon or worker has when it polls. */
export interface Up {
  workers: Workers;
  /** The server that was found. */
  temporal: TemporalSettings;
  /** The server of this state directory; null: somebody else's. */
  ours: DevServer | null;
  gooseBin: string;
}

/**
 * Ends what killed workers have left, finds goose, and tries to start the workers until the server can be reached.
 * @throws `another-scheduler` @throws `anothers-tinytask` @throws StoppedError when `stop` settles first
 */
export async function comeUp(
  context: Serving,
  role: ServingRole,
  log: Log,
  stop: Promise<string>,
): Promise<Up> {
  const { config, environment } = context.loaded;
  await endLeftoversAtStart(config, context.temporal, (problem) =>
    log.tell({ what: 'problem', about: 'host', problem }),
  );
  const goose = await findGoose({ env: environment, gooseBin: config.gooseBin, onProgress: say });
  installRuntime(log, config.logLevel, context.sdkMetricsAt);
  return await whenReachable(context, { role, gooseBin: goose.path, log, stop });
}

async function whenReachable(
  { loaded, temporal, ports }: Serving,
  { role, gooseBin, log, stop }: { role: ServingRole; gooseBin: string; log: Log; stop: Promise<string> },
): Promise<Up> {
  const stopping = new AbortController();
  const stopped = stop.then(() => stopping.abort());
  for (;;) {
    try {
      // A worker for more hosts never brings up a server of its own.
      const found =
        role === 'worker'
          ? { settings: temporal, ours: null }
          : await ensureTemporal({ loaded, onProgress: say, ports, signal: stopping.signal });
      const workers = await startWorkers({
        ...{ role, loaded, gooseBin },
        temporal: found.settings,
        ...(loaded.config.notify && { notify: notifyFacts(loaded) }),
        tell: log.tell,
      });
      return { workers, ours: found.ours, gooseBin, temporal: found.settings };
    } catch (error) {
      if (hasCode(error, 'another-scheduler', 'anothers-tinytask')) throw error;
      if (stopping.signal.aborted) throw new StoppedError('stopped while starting');
      const problem = error instanceof Error ? error.message : String(error);
      log.tell({ what: 'temporal', address: temporal.address, problem });
      await Promise.race([sleep(TRY_AGAIN_MS), stopped]);
    }
  }
}

/** Workers that are almost up are stopped in order; of what is fetched, the next way is tried when one is ended. */
export async function endDuringStart(coming: Promise<Up>): Promise<void> {
  const untilMs = performance.now() + COME_UP_MS;
  let up: Up | undefined | 'late' = 'late';
  while (up === 'late' && performance.now() < untilMs) {
    await endDescendants();
    up = await within(
      100,
      coming.catch(() => undefined),
    );
  }
  if (up !== 'late') await up?.workers.stop();
}
