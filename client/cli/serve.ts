import { setTimeout as sleep } from 'node:timers/promises';
import { MAIN_QUEUE, SCHEDULER_ID } from '../../domain/ids.ts';
import { type DevServer, StoppedError } from '../../embedded/dev-server.ts';
import { ensureTemporal, type TemporalPorts } from '../../embedded/ensure-temporal.ts';
import { portOf } from '../../embedded/ensure-tinytask.ts';
import { keepUp } from '../../embedded/keep-up.ts';
import { endDescendants } from '../../embedded/own-children.ts';
import { serverPiece } from '../../embedded/piece.ts';
import { enter } from '../../embedded/presence.ts';
import { findGoose } from '../../embedded/tool-cache.ts';
import { within } from '../../embedded/within.ts';
import { endLeftoversAtStart } from '../../workers/leftovers.ts';
import { createLogger, installRuntime, type Logger } from '../../workers/logging.ts';
import { startWorkers, type Workers } from '../../workers/workers.ts';
import type { Context } from './context.ts';
import { say } from './print.ts';
import { stopAsked } from './stopping.ts';

const TRY_AGAIN_MS = 5_000;
/** Workers that are almost up take this long, and are then stopped in order. */
const COME_UP_MS = 2_000;

type Role = 'daemon' | 'worker';
/** `ports`: where a Temporal server is looked for, and where ours goes. */
type Served = Context & { ports: TemporalPorts | undefined };

/**
 * `run --daemon` (role `daemon`) and `worker`: serves until it is asked to stop, and stops its agents first.
 * A server that cannot be reached is waited for. Returns the exit code.
 */
export async function serve(context: Context, role: Role, ports?: TemporalPorts): Promise<number> {
  const { loaded } = context;
  const { config } = loaded;
  const logger = createLogger(config.logLevel);
  for (const warning of loaded.warnings) logger.warn(warning);
  const stop = stopAsked();
  const presence = await enter(config.stateDir, role, (problem) => logger.warn(problem));
  try {
    const coming = comeUp({ ...context, ports }, role, logger, stop);
    const up = await Promise.race([coming, stop]);
    if (typeof up === 'string') {
      logger.info({ why: up }, 'stopping while starting');
      await endDuringStart(coming);
      await presence.leave();
      await endDescendants();
      // What could not be ended, such as a download, would keep this process.
      process.exit(0);
    }
    return await serveUntil(context, role, logger, stop, up);
  } finally {
    await presence.leave();
    if (process.connected) process.disconnect();
  }
}

/** Workers that are almost up are stopped in order; of what is fetched, the next way is tried when one is ended. */
async function endDuringStart(coming: Promise<Up>): Promise<void> {
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

/** What a daemon or worker has when it polls. */
interface Up {
  workers: Workers;
  ours: DevServer | null;
  gooseBin: string;
}

async function comeUp(context: Served, role: Role, logger: Logger, stop: Promise<string>): Promise<Up> {
  const { config, environment } = context.loaded;
  await endLeftoversAtStart(config, context.temporal, (problem) => logger.warn({ problem }, 'leftovers'));
  const goose = await findGoose({ env: environment, gooseBin: config.gooseBin, onProgress: say });
  installRuntime(logger, config.logLevel);
  return await whenReachable(context, role, goose.path, logger, stop);
}

async function serveUntil(
  context: Context,
  role: Role,
  logger: Logger,
  stop: Promise<string>,
  { workers, ours, gooseBin }: Up,
): Promise<number> {
  const { release, moved } = keepServer(context, ours);
  if (role === 'daemon') {
    await workers.client.workflow.signalWithStart('scheduler', {
      workflowId: SCHEDULER_ID,
      taskQueue: MAIN_QUEUE,
      signal: 'daemon-started',
    });
  }
  logger.info({ role, tinytask: context.loaded.config.mcpEndpoint, goose: gooseBin }, 'serving');
  process.send?.({ ready: true });

  const failed = Promise.race([moved, workers.finished.then(() => 'the workers ended')]);
  const why = await Promise.race([stop, failed.then((reason) => ({ reason }))]);
  logger.info({ why: typeof why === 'string' ? why : why.reason }, 'stopping: agents first');
  await workers.stop();
  release();
  return typeof why === 'string' ? 0 : 1;
}

/**
 * A server of this state directory is started again when it dies, on its database and address. `moved` settles if it had
 * to take another address, which workers that run cannot follow.
 */
function keepServer(
  { loaded }: Context,
  server: DevServer | null,
): { release: () => void; moved: Promise<string> } {
  if (server === null) return { release: () => undefined, moved: new Promise(() => undefined) };
  const ports = { temporal: portOf(`http://${server.address}`), ui: portOf(server.uiUrl) };
  let tellMoved: (why: string) => void;
  const moved = new Promise<string>((resolve) => {
    tellMoved = resolve;
  });
  const again = async () => {
    const { ours, settings } = await ensureTemporal({ loaded, onProgress: say, ports });
    if (settings.address !== server.address) tellMoved(`the Temporal server is at ${settings.address} now`);
    return serverPiece(ours ?? server);
  };
  const release = keepUp({ name: 'The Temporal server', first: serverPiece(server), again, say });
  return { release, moved };
}

async function whenReachable(
  { loaded, temporal, ports }: Served,
  role: Role,
  gooseBin: string,
  logger: Logger,
  stop: Promise<string>,
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
        onProblem: (problem) => logger.warn({ problem }, 'goose runs on this host'),
      });
      return { workers, ours: found.ours, gooseBin };
    } catch (error) {
      if (stopping.signal.aborted) throw new StoppedError('stopped while starting');
      const reason = error instanceof Error ? error.message : String(error);
      logger.error({ reason, address: temporal.address }, 'Temporal cannot be used; trying again every 5 s');
      await Promise.race([sleep(TRY_AGAIN_MS), stopped]);
    }
  }
}
