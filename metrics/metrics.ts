import { setTimeout as sleep } from 'node:timers/promises';
import type { Tell } from '../activities/events.ts';
import { loadAgents } from '../config/agent-control.ts';
import type { LoadedConfig } from '../config/config.ts';
import { programVersion } from '../config/package-root.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { removeMetricsPlace, writeMetricsPlace } from '../embedded/presence/metrics-place.ts';
import { textOf } from './exposition.ts';
import { LookSource } from './look-source.ts';
import { EventCounts } from './of-events.ts';
import { processFigures, TemporalSeen } from './process-figures.ts';
import { sdkAddress, sdkText } from './sdk-text.ts';
import { type Serving, serveText } from './server.ts';

export interface Metrics {
  /** Counts what happens. Never throws. */
  hear: Tell;
  /** Where Temporal's SDK is to tell its own; undefined: nowhere. */
  sdk: string | undefined;
  /** From now on a daemon can look. */
  lookAt(temporal: TemporalSettings): void;
  /** Returns when nobody listens any more. */
  close(): Promise<void>;
}

export interface MetricsOptions {
  loaded: LoadedConfig;
  role: 'daemon' | 'worker';
  onServed: (url: string) => void;
  /** What a person should know, as a sentence. */
  onProblem: (problem: string) => void;
  /** Between two tries to listen. */
  againMs?: number;
}

const NONE: Metrics = {
  hear: () => undefined,
  sdk: undefined,
  lookAt: () => undefined,
  close: async () => undefined,
};
const AGAIN_MS = 5_000;

/**
 * Serves the metrics of this process as soon as it can. Whatever goes wrong with them, the process goes on: that is told, and
 * tried again. Never throws.
 */
export async function startMetrics(options: MetricsOptions): Promise<Metrics> {
  if (options.loaded.config.metricsPort === 0) return NONE;
  try {
    return await start(options);
  } catch (error) {
    options.onProblem(`The metrics are not served: ${(error as Error).message}`);
    return NONE;
  }
}

async function start(options: MetricsOptions): Promise<Metrics> {
  const { loaded, role, onProblem } = options;
  const { config } = loaded;
  const counts = new EventCounts();
  const temporalSeen = new TemporalSeen();
  const about = { role, version: programVersion(), config };
  const sdk = await sdkAddress().catch(() => undefined);
  let source: LookSource | undefined;
  const agents = await loadAgents(config, { keep: false }).catch(() => undefined);
  counts.knowPools((agents?.agents ?? []).map(({ queue }) => queue));
  const text = async () => {
    const [looked, ofSdk] = await Promise.all([source?.look(), sdkText(sdk)]);
    const figures = processFigures(about, looked, temporalSeen.isUp(looked));
    const ofLook = typeof looked === 'object' && 'text' in looked ? looked.text : '';
    return joined([await textOf(figures), await counts.text(), ofLook, ofSdk]);
  };
  const stopping = new AbortController();
  const served = keepServing({ ...options, text, signal: stopping.signal }).catch((error: Error) =>
    onProblem(`The metrics are not served: ${error.message}`),
  );
  return {
    hear(event) {
      try {
        temporalSeen.hear(event);
        counts.count(event, Date.now());
      } catch {
        // A figure less; what was told goes on.
      }
    },
    sdk,
    lookAt(temporal) {
      if (role === 'daemon') source ??= new LookSource({ config, temporal });
    },
    async close() {
      stopping.abort();
      await served;
      await source?.close().catch(() => undefined);
    },
  };
}

/** Each with its line ends, and none empty. */
function joined(texts: readonly string[]): string {
  const parts = texts.map((text) => text.trimEnd()).filter((text) => text !== '');
  return `${parts.join('\n')}\n`;
}

interface Kept extends MetricsOptions {
  text: () => Promise<string>;
  signal: AbortSignal;
}

/** A port that was set is waited for; in the place of one that nobody has set a free one is taken. */
async function keepServing(kept: Kept): Promise<void> {
  const { loaded, role, text, signal, onServed, onProblem, againMs = AGAIN_MS } = kept;
  const { config, sources } = loaded;
  const { metricsHost: host, metricsPort, apiNames: names = [], stateDir } = config;
  const ports = sources.metricsPort === 'default' ? [metricsPort, 0] : [metricsPort];
  let told: string | undefined;
  while (!signal.aborted) {
    const found = await firstOf(ports, (port) => serveText({ host, port, names, text }));
    if ('port' in found) {
      const { port } = found;
      if (port !== metricsPort) onProblem(`Port ${metricsPort} is taken; the metrics use ${port}.`);
      onServed(`http://${host.includes(':') ? `[${host}]` : host}:${port}/metrics`);
      await writeMetricsPlace(stateDir, { role, host, port }).catch(() => undefined);
      await aborted(signal);
      await removeMetricsPlace(stateDir).catch(() => undefined);
      await found.close();
      return;
    }
    if (found.code !== told) onProblem(sayNotServed({ host, port: metricsPort, code: found.code }));
    told = found.code;
    await sleep(againMs, undefined, { signal }).catch(() => undefined);
  }
}

async function firstOf(
  ports: readonly number[],
  serve: (port: number) => Promise<Serving>,
): Promise<Serving | { code: string }> {
  let code = '';
  for (const port of ports) {
    try {
      return await serve(port);
    } catch (error) {
      code = (error as NodeJS.ErrnoException).code ?? String(error);
      if (code !== 'EADDRINUSE') break;
    }
  }
  return { code };
}

function sayNotServed({ host, port, code }: { host: string; port: number; code: string }): string {
  if (code === 'EADDRINUSE')
    return (
      `The metrics are not served: ${host} port ${port} is taken. They are as soon as it is free; ` +
      'or set TINYSCHEDULER_METRICS_PORT to another one (0: none) and start again.'
    );
  return `The metrics are not served: ${host} port ${port} cannot be listened on (${code}). It is tried again.`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
