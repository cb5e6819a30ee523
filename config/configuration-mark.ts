import { createHash } from 'node:crypto';
import type { LoadedConfig, SettingKey } from './config.ts';
import type { TemporalSettings } from './temporal.ts';

/** By which an answer does not change: how it is told, how it is asked for, and what runs elsewhere. */
const NOT_OF_ANSWERS: readonly SettingKey[] = [
  ...(['logLevel', 'gooseBin', 'hostGroup', 'dryRun', 'taskCacheDir', 'lockFile'] as const),
  ...(['metricsPort', 'metricsHost'] as const),
  ...(['apiPort', 'apiHost', 'apiTokenRequired', 'apiNames', 'apiOrigins', 'apiPerMinute'] as const),
  ...(['notify', 'notifyToken', 'notifyAfterMs', 'notifyEvents'] as const),
];

/**
 * The same text for two processes that were configured alike, so that one may answer in the place of the other. Where the
 * servers are that `npm start` has brought up is not in it, since all who are configured alike find the same ones.
 */
export function configurationMark(
  { settings }: Pick<LoadedConfig, 'settings'>,
  { address, namespace, explicitlyConfigured }: TemporalSettings,
): string {
  const asked = Object.entries(settings)
    .filter(([key]) => !NOT_OF_ANSWERS.includes(key as SettingKey))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const server = explicitlyConfigured ? [address, namespace] : null;
  return createHash('sha256')
    .update(JSON.stringify([asked, server]))
    .digest('hex');
}
