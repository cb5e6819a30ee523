import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { ConfigError } from './config.ts';

/** How to reach Temporal. */
export interface TemporalSettings {
  address: string;
  namespace: string;
  /** For `Connection.connect` and `NativeConnection.connect` alike; holds secrets. */
  connectionOptions: ConnectionOptions;
  /** Whether somebody named a server; if not, the embedded one may take its place. */
  explicitlyConfigured: boolean;
}

type ConnectionOptions = Pick<NativeConnectionOptions, 'tls' | 'apiKey' | 'metadata'> & {
  address: string;
};

const DEFAULT_ADDRESS = 'localhost:7233';

/**
 * Temporal's own `TEMPORAL_*` variables and TOML profiles, read from `LoadedConfig.environment`.
 * Throws ConfigError when a file that they name cannot be read, or holds what Temporal does not know.
 */
export function temporalSettings(environment: Record<string, string | undefined>): TemporalSettings {
  const overrideEnvVars = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
  try {
    const { namespace, connectionOptions } = plainly(overrideEnvVars) ?? asTemporalDoes(overrideEnvVars);
    const { address, tls, apiKey, metadata } = connectionOptions;
    return {
      address: address ?? DEFAULT_ADDRESS,
      namespace: namespace ?? 'default',
      connectionOptions: {
        address: address ?? DEFAULT_ADDRESS,
        ...(tls !== undefined && { tls }),
        ...(apiKey !== undefined && { apiKey }),
        ...(metadata !== undefined && { metadata }),
      },
      explicitlyConfigured: address !== undefined,
    };
  } catch (error) {
    throw new ConfigError([
      `The settings for Temporal (TEMPORAL_*) cannot be used: ${(error as Error).message}. ` +
        'Check TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE and the TEMPORAL_TLS_* paths.',
    ]);
  }
}

interface Named {
  namespace?: string | undefined;
  connectionOptions: { address?: string | undefined } & Omit<Partial<ConnectionOptions>, 'address'>;
}

/** Loaded only where it is needed: it brings much of Temporal's SDK along, and most commands need nothing of that. */
function asTemporalDoes(overrideEnvVars: Record<string, string>): Named {
  const load = createRequire(import.meta.url);
  const { loadClientConnectConfig } = load('@temporalio/envconfig') as typeof import('@temporalio/envconfig');
  return loadClientConnectConfig({ overrideEnvVars });
}

/** The same where nothing is set but an address and a namespace; undefined: something else is, or may be. */
function plainly(environment: Record<string, string>): Named | undefined {
  const {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    HOME: home,
    XDG_CONFIG_HOME,
  } = environment;
  const others = Object.keys(environment).filter(
    (name) => name.startsWith('TEMPORAL_') && name !== 'TEMPORAL_ADDRESS' && name !== 'TEMPORAL_NAMESPACE',
  );
  // Where a system keeps its users' settings; a file in another one's place only costs the time of loading.
  const folders = [
    XDG_CONFIG_HOME ?? [],
    home && join(home, '.config'),
    home && join(home, 'Library/Application Support'),
  ];
  const files = folders.flat().map((folder) => join(folder ?? '', 'temporalio/temporal.toml'));
  if (others.length > 0 || home === undefined || files.some((file) => existsSync(file))) return undefined;
  return { namespace, connectionOptions: { address } };
}

/**
 * The environment in which a program that reads Temporal's own variables reaches this server. Where no server was named,
 * none of the variables that are there goes along: a namespace or key is then meant for another one.
 */
export function temporalEnvironment(
  environment: Record<string, string | undefined>,
  { address, namespace, explicitlyConfigured }: TemporalSettings,
): Record<string, string | undefined> {
  if (explicitlyConfigured) return environment;
  const others = Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return { ...Object.fromEntries(others), TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}
