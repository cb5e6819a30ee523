import type { LoadedConfig } from '../config/config.ts';
import { type TemporalSettings, temporalSettings } from '../config/temporal.ts';
import { isStateHidden, readEmbeddedState } from '../embedded/presence/state-file.ts';

/** Where the servers of a base path are. */
export interface Place {
  loaded: LoadedConfig;
  temporal: TemporalSettings;
  /** What `npm start` brought up may be written down where this user cannot read. */
  isHidden: boolean;
}

/** What `npm start` brought up for this base path is used where nothing else is configured. */
export function placeOf(loaded: LoadedConfig, temporal = temporalSettings(loaded.environment)): Place {
  const { config } = loaded;
  const embedded = readEmbeddedState(config.stateDir);
  if (!config.mcpEndpointExplicit && embedded.tinytask !== undefined)
    config.mcpEndpoint = embedded.tinytask.endpoint;
  if (embedded.supervisor?.uses?.starter) config.starter = true;
  const isNamed = config.mcpEndpointExplicit && temporal.explicitlyConfigured;
  const isHidden = !isNamed && isStateHidden(config.stateDir);
  if (temporal.explicitlyConfigured || embedded.temporal === undefined) return { loaded, temporal, isHidden };
  const { address } = embedded.temporal;
  // As the daemon reaches it: a namespace or key that is set without an address is meant for another server.
  const local = {
    ...{ address, namespace: 'default', connectionOptions: { address } },
    explicitlyConfigured: false,
  };
  return { loaded, temporal: local, isHidden };
}
