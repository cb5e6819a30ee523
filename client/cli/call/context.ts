import type { LoadedConfig } from '../../../config/config.ts';
import { loadConfig } from '../../../config/load.ts';
import type { TemporalSettings } from '../../../config/temporal.ts';
import { stateFilePath } from '../../../embedded/presence/state-file.ts';
import { sayUnreadablePlace } from '../../../words/denied.ts';
import { placeOf } from '../../place.ts';
import { say } from '../show/print.ts';

/** Wrong use of the command line: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What can be said before and after each command. */
export interface GlobalOptions {
  envFile?: string;
  basePath?: string;
  logLevel?: string;
}

export const saidElsewhere = (): void => undefined;

export interface Context {
  loaded: LoadedConfig;
  temporal: TemporalSettings;
}

/**
 * Configuration and addresses of a command. What `npm start` brought up for this base path is used where
 * nothing else is configured. `warn` is told each warning of the configuration, so that no command keeps them to itself;
 * a command that says them in its answer or its log passes `saidElsewhere`.
 */
export function openContext(
  global: GlobalOptions,
  flags: Record<string, unknown> = {},
  warn: (warning: string) => void = say,
): Context {
  const { envFile, ...rest } = global;
  const loaded = loadConfig({
    flags: { ...rest, ...flags },
    cwd: process.cwd(),
    ...(envFile === undefined ? {} : { envFile }),
  });
  for (const warning of loaded.warnings) warn(warning);
  const { temporal, isHidden } = placeOf(loaded);
  if (isHidden) warn(sayUnreadablePlace(stateFilePath(loaded.config.stateDir)));
  return { loaded, temporal };
}

/** A daemon or worker that may start nothing is of no use, and one that starts something in spite of that does harm. */
export function refuseDryRun({ loaded: { config, sources } }: Context, command: string): void {
  if (!config.dryRun) return;
  throw new UsageError(
    `${command}: TINYSCHEDULER_DRY_RUN is true (from the ${sources.dryRun}), and only one pass can be dry: ` +
      '`run --once --dry-run` says what would start. Remove the setting to start tasks.',
  );
}
