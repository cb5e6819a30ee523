import { setTimeout as sleep } from 'node:timers/promises';
import { MAIN_QUEUE, SCHEDULER_ID } from '../../domain/ids.ts';
import type { DevServer } from '../../embedded/dev-server.ts';
import { ensureTemporal } from '../../embedded/ensure-temporal.ts';
import { keepUp } from '../../embedded/keep-up.ts';
import { serverPiece } from '../../embedded/piece.ts';
import { findGoose } from '../../embedded/tool-cache.mjs';
import { endLeftoversAtStart } from '../../workers/leftovers.ts';
import { closeRuntime, createLogger, installRuntime, type Logger } from '../../workers/logging.ts';
import { startWorkers, type Workers } from '../../workers/workers.ts';
import type { Context } from './context.ts';
import { say } from './print.ts';
import { stopAsked } from './stopping.ts';

const TRY_AGAIN_MS = 5_000;

/**
 * `run --daemon` (role `daemon`) and `worker`: serves until it is asked to stop, and stops its agents first.
 * A server that cannot be reached is waited for. Returns the exit code.
 */
export async function serve(context: Context, role: 'daemon' | 'worker'): Promise<number> {
  const { loaded } = context;
  const { config, environment } = loaded;
  const logger = createLogger(config.logLevel);
  for (const warning of loaded.warnings) logger.warn(warning);
  const stop = stopAsked();
  await endLeftoversAtStart(config, context.temporal, (problem) => logger.warn({ problem }, 'leftovers'));
  const goose = await findGoose({ env: environment, gooseBin: config.gooseBin, onProgress: say });

  installRuntime(logger, config.logLevel);
  const up = await whenReachable(context, role, goose.path, logger, stop);
  if (up === undefined) {
    await closeRuntime();
    return 0;
  }
  const { workers } = up;
  const own = keepServer(context, up.ours);
  if (role === 'daemon') {
    await workers.client.workflow.signalWithStart('scheduler', {
      workflowId: SCHEDULER_ID,
      taskQueue: MAIN_QUEUE,
      signal: 'daemon-started',
    });
  }
  logger.info({ role, tinytask: config.mcpEndpoint, goose: goose.path }, 'serving');
  process.send?.({ ready: true });

  const why = await Promise.race([stop, workers.finished.then(() => 'the workers ended')]);
  logger.info({ why }, 'stopping: agents first');
  await workers.stop();
  await own.stop();
  if (process.connected) process.disconnect();
  return why === 'the workers ended' ? 1 : 0;
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
  logger: Logger,
  stop: Promise<string>,
): Promise<{ workers: Workers; ours: DevServer | null } | undefined> {
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
        onProblem: (problem) => logger.warn({ problem }, 'goose runs on this host'),
      });
      return { workers, ours: found.ours };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.error({ reason, address: temporal.address }, 'Temporal cannot be used; trying again every 5 s');
      await Promise.race([sleep(TRY_AGAIN_MS), noted]);
    }
  }
  return undefined;
}
