import { endDescendants } from '../../../embedded/presence/own-children.ts';
import { enter } from '../../../embedded/presence/presence.ts';
import { readEmbeddedState } from '../../../embedded/presence/state-file.ts';
import type { DevServer } from '../../../embedded/servers/dev-server.ts';
import { ensureTemporal, type TemporalPorts } from '../../../embedded/servers/ensure-temporal.ts';
import { portOf } from '../../../embedded/servers/ensure-tinytask.ts';
import { serverPiece } from '../../../embedded/servers/piece.ts';
import { keepUp } from '../../../embedded/supervisor/keep-up.ts';
import { startMetrics } from '../../../metrics/metrics.ts';
import { processName } from '../../../os/process-name.ts';
import { keepLogsTidy } from '../../../workers/keep-logs-tidy.ts';
import { closeRuntime, type Log, openLog } from '../../../workers/logging.ts';
import { keepNotifier } from '../../../workers/notifier-watch.ts';
import { keepScheduler } from '../../../workers/scheduler-watch.ts';
import { watchTemporal } from '../../../workers/temporal-watch.ts';
import type { Workers } from '../../../workers/workers.ts';
import { type Context, refuseDryRun } from '../call/context.ts';
import { comeUp, endDuringStart, type ServingRole, type Up } from './come-up.ts';
import { type KeptApi, keepApi } from './keep-api.ts';
import { stopAsked } from './stopping.ts';

/**
 * `run --daemon` (role `daemon`) and `worker`: serves until it is asked to stop, and stops its agents first.
 * A server that cannot be reached is waited for. Returns the exit code.
 */
export async function serve(context: Context, role: ServingRole, ports?: TemporalPorts): Promise<number> {
  const { config, warnings } = context.loaded;
  refuseDryRun(context, role === 'daemon' ? 'run --daemon' : 'worker');
  const log = openLog(config);
  for (const problem of warnings) log.tell({ what: 'problem', about: 'configuration', problem });
  const stop = stopAsked();
  const presence = await enter(config.stateDir, role, (problem) =>
    log.tell({ what: 'problem', about: 'host', problem }),
  );
  const api = role === 'daemon' && !isSupervised(config.stateDir) ? keepLoggedApi(context, log) : undefined;
  const metrics = await startMetrics({
    ...{ loaded: context.loaded, role },
    onServed: (url) => log.say({ level: 'INFO', text: `Metrics for Prometheus are served at ${url}` }),
    onProblem: (problem) => log.tell({ what: 'problem', about: 'host', problem }),
  });
  log.alsoTo(metrics.hear);
  try {
    const coming = comeUp({ ...context, ports, sdkMetricsAt: metrics.sdk }, role, log, stop);
    const up = await Promise.race([coming, stop]);
    if (typeof up === 'string') {
      log.tell({ what: 'stopping', why: up });
      await Promise.all([endDuringStart(coming), api?.stop(), metrics.close()]);
      await presence.leave();
      await endDescendants();
      // What could not be ended, such as a download, would keep this process.
      process.exit(0);
    }
    metrics.lookAt(up.temporal);
    return await serveUntil({ ...up, loaded: context.loaded, role, log, stop });
  } catch (error) {
    await closeRuntime();
    throw error;
  } finally {
    await Promise.all([api?.stop(), metrics.close()]);
    await presence.leave();
  }
}

/** That of `start`, which keeps the API up itself, also while it starts its daemon again. */
function isSupervised(stateDir: string): boolean {
  return readEmbeddedState(stateDir).supervisor?.pid === process.ppid;
}

function keepLoggedApi({ loaded }: Context, log: Log): KeptApi {
  return keepApi({
    loaded,
    onServed: (url) => log.say({ level: 'INFO', text: `The API is served at ${url}` }),
    onProblem: (problem) => log.tell({ what: 'problem', about: 'host', problem }),
  });
}

interface Served extends Up {
  loaded: Context['loaded'];
  role: ServingRole;
  log: Log;
  stop: Promise<string>;
}

async function serveUntil(served: Served): Promise<number> {
  const { loaded, role, log, stop, workers, ours, gooseBin, temporal } = served;
  const { address } = temporal;
  const { client } = workers;
  const { enabled, mcpEndpoint } = loaded.config;
  const onProblem = (problem: string) => log.tell({ what: 'problem', about: 'host', problem });
  const { release, moved } = keepServer(loaded, ours, onProblem);
  const watching = [
    watchTemporal(client, (problem) => log.tell({ what: 'temporal', address, problem })),
    keepLogsTidy(client, loaded.config, onProblem),
  ];
  try {
    if (role === 'daemon') watching.push(await keepScheduler({ client, enabled, tell: log.tell }));
    if (role === 'daemon' && loaded.config.notify) watching.push(keepNotifier(client, onProblem));
    log.tell({
      ...{ what: 'serving', role, by: processName() },
      ...{ temporal: address, tinytask: mcpEndpoint, goose: gooseBin },
    });
    process.send?.({ ready: true });
    const failed = Promise.race([moved, ended(workers)]);
    const why = await Promise.race([stop, failed.then((reason) => ({ reason }))]);
    log.tell({ what: 'stopping', why: typeof why === 'string' ? why : why.reason });
    return typeof why === 'string' ? 0 : 1;
  } finally {
    for (const stopWatching of watching) stopWatching();
    await workers.stop();
    release();
    log.tell({ what: 'stopped' });
  }
}

function ended({ finished }: Workers): Promise<string> {
  return finished.then(
    () => 'the workers ended',
    (error: Error) => `a worker failed: ${error.message}`,
  );
}

/**
 * A server of this state directory is started again when it dies, on its database and address. `moved` settles if it had
 * to take another address, which workers that run cannot follow.
 */
function keepServer(
  loaded: Context['loaded'],
  server: DevServer | null,
  tell: (line: string) => void,
): { release: () => void; moved: Promise<string> } {
  if (server === null) return { release: () => undefined, moved: new Promise(() => undefined) };
  const ports = { temporal: portOf(`http://${server.address}`), ui: portOf(server.uiUrl) };
  let tellMoved: (why: string) => void;
  const moved = new Promise<string>((resolve) => {
    tellMoved = resolve;
  });
  const again = async () => {
    const { ours, settings } = await ensureTemporal({ loaded, onProgress: tell, ports });
    if (settings.address !== server.address) tellMoved(`the Temporal server is at ${settings.address} now`);
    return serverPiece(ours ?? server);
  };
  const release = keepUp({ name: 'The Temporal server', first: serverPiece(server), again, say: tell });
  return { release, moved };
}
