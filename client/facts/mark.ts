import { createHash } from 'node:crypto';
import type { LoadedConfig } from '../../config/config.ts';
import { configurationMark } from '../../config/configuration-mark.ts';
import type { TemporalSettings } from '../../config/temporal.ts';

/** The header of a request that carries it. */
export const MARK_HEADER = 'tinyscheduler-mark';

/**
 * The same text for two processes of which one answers as the other would: the same program, as the same user (who may read
 * the same files), configured alike, with the same servers. A digest, since keys are among it.
 *
 * @param build of thisBuild: as it was when the process began
 */
export function answersMark(
  { loaded, temporal }: { loaded: LoadedConfig; temporal: TemporalSettings },
  build: string,
): string {
  const { mcpEndpoint, mcpEndpointExplicit, starter } = loaded.config;
  const { address, namespace, connectionOptions, explicitlyConfigured } = temporal;
  const all = [
    ...[build, process.getuid?.(), configurationMark(loaded, temporal)],
    ...[mcpEndpoint, mcpEndpointExplicit, starter],
    ...[address, namespace, connectionOptions, explicitlyConfigured],
  ];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}
