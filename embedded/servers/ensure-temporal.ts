import type { LoadedConfig } from '../../config/config.ts';
import { type TemporalSettings, temporalSettings } from '../../config/temporal.ts';
import { ensureSearchAttributes } from '../../temporal/search-attributes.ts';
import { readEmbeddedState } from '../presence/state-file.ts';
import { findTemporalCli } from '../tools/tool-cache.mjs';
import { adoptDevServer, type DevServer, startDevServer } from './dev-server.ts';
import { servesAnother } from './other-scheduler.ts';
import { listens, servesPage, temporalProblem } from './reachable.ts';

/** Where a dev server is looked for, and where ours goes. 0: do not look, take a free port. */
export interface TemporalPorts {
  temporal: number;
  ui: number;
}

export const TEMPORAL_PORTS: TemporalPorts = { temporal: 7233, ui: 8233 };

export interface EnsureTemporalOptions {
  loaded: LoadedConfig;
  onProgress: (line: string) => void;
  ports?: TemporalPorts | undefined;
  /** Whoever asks is being stopped: then this throws StoppedError. */
  signal?: AbortSignal;
}

export interface EnsuredTemporal {
  settings: TemporalSettings;
  uiUrl: string | null;
  /** That of this state directory, whoever of ours brought it up; null: somebody else's. */
  ours: DevServer | null;
  /** Where it came from, as a clause: `brought up`, `configured by TEMPORAL_ADDRESS`. */
  how: string;
  /** The one that was found running serves another TinyScheduler and was therefore left alone. */
  metAnother?: boolean;
}

/**
 * A Temporal server that answers: the configured one, else that of this state directory, else one on port 7233 (unless
 * another TinyScheduler lives there), else a dev server of our own. The caller is present in the state directory (see
 * presence.ts); whoever leaves it last ends the server. Throws when the configured one does not answer, ToolNotFoundError when there
 * is no Temporal CLI to be had, and an Error with the end of the log when the server does not come up.
 */
export async function ensureTemporal(options: EnsureTemporalOptions): Promise<EnsuredTemporal> {
  const there = (await configured(options)) ?? (await ofThisStateDir(options));
  if (there) return there;
  const running = await find(options);
  if (running !== 'another' && running !== undefined) return running;
  return { ...(await own(options)), metAnother: running === 'another' };
}

/** The settings of a server on this machine, which needs no key and has only the namespace `default`. */
export function localSettings(address: string): TemporalSettings {
  return { address, namespace: 'default', connectionOptions: { address }, explicitlyConfigured: false };
}

async function configured({
  loaded,
  onProgress,
}: EnsureTemporalOptions): Promise<EnsuredTemporal | undefined> {
  const settings = temporalSettings(loaded.environment);
  if (!settings.explicitlyConfigured) return undefined;
  const problem = await temporalProblem(settings, 10_000);
  if (problem !== undefined) {
    throw new Error(
      `The Temporal server ${settings.address} (namespace ${JSON.stringify(settings.namespace)}), which the TEMPORAL_* ` +
        `settings name, does not answer: ${problem}. Start it, correct the settings, or remove them to have a server ` +
        'brought up here.',
    );
  }
  await ensureSearchAttributes(settings).catch((error: Error) => onProgress(error.message));
  return { settings, uiUrl: null, ours: null, how: 'as configured' };
}

async function ofThisStateDir({
  loaded,
  onProgress,
  signal,
}: EnsureTemporalOptions): Promise<EnsuredTemporal | undefined> {
  const { stateDir } = loaded.config;
  if (readEmbeddedState(stateDir).temporal === undefined) return undefined;
  const server = await adoptDevServer({ stateDir, onProgress, signal });
  if (!server) return undefined;
  const { address, uiUrl } = server;
  return { settings: localSettings(address), uiUrl, ours: server, how: 'it was running' };
}

async function find({
  loaded,
  onProgress,
  ports: { temporal: port, ui } = TEMPORAL_PORTS,
}: EnsureTemporalOptions): Promise<EnsuredTemporal | 'another' | undefined> {
  if (port === 0 || !(await listens(port))) return undefined;
  const settings = localSettings(`127.0.0.1:${port}`);
  if ((await temporalProblem(settings)) !== undefined) return undefined;
  if (await servesAnother(settings, loaded.config)) {
    onProgress(`The Temporal server on port ${port} serves another TinyScheduler; this one gets its own.`);
    return 'another';
  }
  await ensureSearchAttributes(settings).catch((error: Error) => onProgress(error.message));
  const page = `http://127.0.0.1:${ui}`;
  const uiUrl = (await servesPage(page)) ? page : null;
  return { settings, uiUrl, ours: null, how: 'found running, so it is used' };
}

async function own(options: EnsureTemporalOptions): Promise<EnsuredTemporal> {
  const { loaded, onProgress, ports = TEMPORAL_PORTS } = options;
  const cli = await findTemporalCli({ env: loaded.environment, onProgress });
  const server = await startDevServer({
    cli: cli.path,
    stateDir: loaded.config.stateDir,
    logDir: loaded.config.logDir,
    env: loaded.environment,
    port: ports.temporal,
    uiPort: ports.ui,
    onProgress,
    signal: options.signal,
  });
  const { address, uiUrl, adopted } = server;
  return {
    settings: localSettings(address),
    uiUrl,
    ours: server,
    how: adopted ? 'it was running' : 'brought up',
  };
}
