import { CommanderError } from 'commander';
import { ConfigError } from '../../../config/config.ts';
import { ToolNotFoundError } from '../../../embedded/tools/tool-cache.mjs';
import { AnotherScheduler, AnothersTinyTask } from '../../../temporal/another-scheduler.ts';
import { say } from '../show/print.ts';
import { UsageError } from './context.ts';

const NO_USE_TO_TRY_AGAIN = [UsageError, AnotherScheduler, AnothersTinyTask, ToolNotFoundError];

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
  say(messageOf(error));
  return NO_USE_TO_TRY_AGAIN.some((kind) => error instanceof kind) ? 2 : 1;
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Temporal's errors say what failed; why is in their cause.
  const { details } = (error.cause ?? {}) as { details?: unknown };
  return typeof details === 'string' && details !== '' ? `${error.message}: ${details}` : error.message;
}
