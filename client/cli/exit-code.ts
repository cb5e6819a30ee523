import { CommanderError } from 'commander';
import { AnotherScheduler } from '../../activities/another-scheduler.ts';
import { ConfigError } from '../../config/config.ts';
import { ToolNotFoundError } from '../../embedded/tool-cache.mjs';
import { UsageError } from './context.ts';
import { say } from './print.ts';

const NO_USE_TO_TRY_AGAIN = [UsageError, AnotherScheduler, ToolNotFoundError];

/**
 * Says what was wrong and returns the exit code for it: 1, it did not work; 2, wrong usage, or a configuration or a
 * machine that cannot be used, where trying again is no use. Asking for help is no error: 0.
 */
export function exitCodeOf(error: unknown): number {
  // commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    for (const problem of error.problems) say(problem);
    return 2;
  }
  say(error instanceof Error ? error.message : String(error));
  return NO_USE_TO_TRY_AGAIN.some((kind) => error instanceof kind) ? 2 : 1;
}
