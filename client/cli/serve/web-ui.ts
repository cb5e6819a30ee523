import { readEmbeddedState } from '../../../embedded/presence/state-file.ts';
import type { Context } from '../call/context.ts';

/**
 * Where the Web UI of the Temporal server of a context is, and the namespace to look at. Undefined: it is not known, as of a server that
 * the TEMPORAL_* settings name.
 */
export function webUiOf({
  loaded,
  temporal,
}: Pick<Context, 'temporal'> & { loaded: Pick<Context['loaded'], 'config'> }):
  | { url: string; namespace: string }
  | undefined {
  const { temporal: server, supervisor } = readEmbeddedState(loaded.config.stateDir);
  const known = [server, supervisor?.uses?.temporal].find((each) => each?.address === temporal.address);
  return known?.uiUrl ? { url: known.uiUrl, namespace: temporal.namespace } : undefined;
}
