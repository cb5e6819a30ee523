import { setTimeout as sleep } from 'node:timers/promises';
import { AnotherScheduler } from '../../activities/another-scheduler.ts';
import { processName } from '../../activities/in-force.ts';
import type { TemporalSettings } from '../../config/temporal.ts';
import { MAIN_QUEUE, SCHEDULER_ID } from '../../domain/ids.ts';
import type { DevServer } from '../../embedded/dev-server.ts';
import { ensureTemporal } from '../../embedded/ensure-temporal.ts';
import { keepUp } from '../../embedded/keep-up.ts';
import { serverPiece } from '../../embedded/piece.ts';
import { findGoose } from '../../embedded/tool-cache.mjs';
import { endLeftoversAtStart } from '../../workers/leftovers.ts';
import { closeRuntime, installRuntime, type Log, openLog } from '../../workers/logging.ts';
import { watchTemporal } from '../../workers/temporal-watch.ts';
import { startWorkers, type Workers } from '../../workers/workers.ts';
import { type Context, refuseDryRun } from './context.ts';
import { say } from './print.ts';
import { stopAsked } from './stopping.ts';

const TRY_AGAIN_MS = 5_000;
const ENDED = 'the workers ended';

/**
 * `run --daemon` (role `daemon`) and `worker`: serves until it is asked to stop, and stops its agents first.
 * A server that cannot be reached is waited for. Returns the exit code.
 */
export async function serve(context: Context, role: 'daemon' | 'worker'): Promise<number> {
  const { loaded } = context;
  refuseDryRun(context, role === 'daemon' ? 'run --daemon' : 'worker');
  const { config, environment } = loaded;
  const log = openLog(config);
  for (const problem of loaded.warnings) log.tell({ what: 'problem', about: 'configuration', problem });
  const stop = stopAsked();
  await endLeftoversAtStart(config, context.temporal, (problem) =>
    log.tell({ what: 'problem', about: 'host', problem }),
  );
  const goose = await findGoose({ env: environment, gooseBin: config.gooseBin, onProgress: say });

  installRuntime(log, config.logLevel);
  const up = await whenReachable(context, role, goose.path, log, stop).catch(async (error) => {
    await closeRuntime();
    throw error;
  });
  if (up === undefined) {
    await closeRuntime();
    return 0;
  }
  const { workers } = up;
  const { address } = up.settings;
  const stopWatching = watchTemporal(workers.client, (problem) =>
    log.tell({ what: 'temporal', address, problem }),
  );
  const own = keepServer(context, up.ours);
  if (role === 'daemon') {
    await workers.client.workflow.signalWithStart('scheduler', {
      workflowId: SCHEDULER_ID,
      taskQueue: MAIN_QUEUE,
      signal: 'daemon-started',
    });
  }
  log.tell({
    ...{ what: 'serving', role, by: processName() },
    ...{ temporal: address, tinytask: config.mcpEndpoint, goose: goose.path },
  });
  process.send?.({ ready: true });

  const why = await Promise.race([stop, ended(workers)]);
  log.tell({ what: 'stopping', why });
  stopWatching();
  await workers.stop();
  await own.stop();
  log.tell({ what: 'stopped' });
  if (process.connected) process.disconnect();
  return why === ENDED ? 1 : 0;
}

function ended({ finished }: Workers): Promise<string> {
  return finished.then(
    () => ENDED,
    (error: Error) => `a worker failed: ${error.message}`,
  );
}

/** A server that this daemon brought up is started again when it dies, on its database and address. */
function keepServer({ loaded }: Context, first: DevServer | null): { stop(): Promise<void> } {
  if (first === null) return { stop: async () => undefined };
  let server = first;
  const again = async () => {
    const found = await ensureTemporal({ loaded, onProgress: say });
    if (found.ours !== null) server = found.ours;
    return serverPiece(server);
  };
  const release = keepUp({ name: 'The Temporal server', first: serverPiece(first), again, say });
  return {
    stop() {
      release();
      return server.stop();
    },
  };
}

async function whenReachable(
  { loaded, temporal }: Context,
  role: 'daemon' | 'worker',
  gooseBin: string,
  log: Log,
  stop: Promise<string>,
): Promise<{ workers: Workers; ours: DevServer | null; settings: TemporalSettings } | undefined> {
  let stopped = false;
  const noted = stop.then(() => {
    stopped = true;
  });
  while (!stopped) {
    try {
      // A worker for more hosts never brings up a server of its own.
      const found =
        role === 'worker'
          ? { settings: temporal, ours: null }
          : await ensureTemporal({ loaded, onProgress: say });
      const workers = await startWorkers({
        ...{ role, loaded, gooseBin },
        temporal: found.settings,
        tell: log.tell,
      });
      return { workers, ...found };
    } catch (error) {
      if (error instanceof AnotherScheduler) throw error;
      const problem = error instanceof Error ? error.message : String(error);
      log.tell({ what: 'temporal', address: temporal.address, problem });
      await Promise.race([sleep(TRY_AGAIN_MS), noted]);
    }
  }
  return undefined;
}
